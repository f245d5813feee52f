"""Options and fixtures that many tests use."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from conformance.plugin import ConformanceWatch
from coverage_watch import CoverageWatch
from postgres_server import PostgresServer, private_server

from clinical_rules.knowledge import Knowledge, load_knowledge

ROOT = Path(__file__).resolve().parents[1]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-examples", action="store_true", help="write the answers in tests/examples anew")


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(ConformanceWatch(), "conformance")
    config.pluginmanager.register(CoverageWatch(), "coverage-table")


@pytest.fixture(scope="session")
def knowledge() -> Knowledge:
    return load_knowledge()


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The public example files beside the checkout; tests that need them say that they skipped where they are not."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("the public example files are not beside the checkout (../shared/data)")
    return folder


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL server of the tests' own."""
    with private_server() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty store on each of the two databases."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'store.sqlite3'}"
    server: PostgresServer = request.getfixturevalue("postgres")
    return server.new_database()
