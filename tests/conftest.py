"""Options and fixtures that many tests use."""

from pathlib import Path

import pytest

from clinical_rules.knowledge import Knowledge, load_knowledge

ROOT = Path(__file__).resolve().parents[1]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-examples", action="store_true", help="write the answers in tests/examples anew")


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
