"""The fixtures of the API tests, for the tests of conformance."""

from collections.abc import Callable
from typing import Any

import pytest
from api.conftest import Service, body


@pytest.fixture(scope="session")
def make_body() -> Callable[..., dict[str, Any]]:
    return body


@pytest.fixture(scope="session")
def start() -> Callable[..., Service]:
    return Service


@pytest.fixture(scope="session")
def running() -> Service:
    return Service()


@pytest.fixture
def service(running: Service) -> Service:
    running.stream.seek(0)
    running.stream.truncate()
    return running
