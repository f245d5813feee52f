"""The watch over a whole run, in a small project of its own: only a full run is judged, and it fails when it must."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CONFTEST = """
import pytest
from conformance.plugin import ConformanceWatch

def pytest_configure(config):
    config.pluginmanager.register(ConformanceWatch(), "conformance")
"""
TABLE = '[sections]\nA = "x"\n[items]\nA01 = {level = "shall", about = "x", state = "met"}\n'
INI = """
[tool.pytest.ini_options]
testpaths = ["tests"]
pythonpath = ["tests", "tools"]
addopts = ["--import-mode=importlib"]
markers = ["conforms(id): x"]
"""
SHOWN = 'import pytest\n@pytest.mark.conforms("A01")\ndef test_shown():\n    pass\n'
SKIPPED = SHOWN.replace("pass", "pytest.skip()")


def run(folder: Path, source: str, *arguments: str) -> tuple[int, str]:
    """Exit status and output of pytest in a project with this one file of tests."""
    for name in ("tests/conformance/plugin.py", "tools/conformance_table.py"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, folder / name)
    files = {
        "pyproject.toml": INI,
        "tests/conftest.py": CONFTEST,
        "tests/conformance/items.toml": TABLE,
        "tests/test_a.py": source,
    }
    for name, content in files.items():
        (folder / name).write_text(content)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments]
    environ = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    ended = subprocess.run(command, cwd=folder, env=environ, capture_output=True, text=True, timeout=60, check=False)
    return ended.returncode, ended.stdout + ended.stderr


def test_a_full_run_in_which_a_row_is_shown_passes(tmp_path: Path) -> None:
    assert run(tmp_path, SHOWN)[0] == 0


def test_a_full_run_in_which_a_marked_test_is_skipped_fails_and_says_so(tmp_path: Path) -> None:
    status, said = run(tmp_path, SKIPPED)
    assert status == 1
    assert "A01: tests/test_a.py::test_shown skipped" in said


@pytest.mark.parametrize("selection", [("tests/test_a.py",), ("-k", "shown"), ("-m", "conforms")])
def test_a_selection_of_tests_is_not_judged(tmp_path: Path, selection: tuple[str, ...]) -> None:
    assert run(tmp_path, SKIPPED, *selection)[0] == 0


def test_a_mark_for_no_item_ends_the_run(tmp_path: Path) -> None:
    status, said = run(tmp_path, SHOWN.replace("A01", "Z99"))
    assert status == 4
    assert "marked for Z99, which items.toml does not have" in said
