"""docs/integration.md: its example is run as it stands, and it says what the specification wants documented."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from server_process import ServerProcess

from cds_service.code_table import observation_codes
from cds_service.services import SERVICES, prefetch_templates
from clinical_rules.knowledge import Knowledge

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "integration.md").read_text("utf-8")
EXAMPLE = ROOT / "tests" / "examples" / "rectum-local-recurrence-in-the-irradiated-pelvis" / "request.json"


def block(name: str) -> str:
    """The code of the page that begins with this name in a comment."""
    [found] = re.findall(rf"```[a-z]+\n(# {re.escape(name)}\b.*?)```", PAGE, re.DOTALL)
    return str(found)


def section(title: str) -> str:
    return PAGE.partition(f"## {title}\n")[2].partition("\n## ")[0]


@pytest.fixture
def registered(tmp_path: Path) -> Iterator[tuple[Path, ServerProcess]]:
    """A folder with what the page makes, and a server that was started as it says."""
    for name in ("make_keys.py", "clients.toml", "call.py"):
        (tmp_path / name).write_text(block(name))
    ran = subprocess.run([sys.executable, "make_keys.py"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    server = ServerProcess(
        AUTH="jwt", CLIENTS_FILE=str(tmp_path / "clients.toml"), DATABASE_URL=f"sqlite:///{tmp_path / 'store.sqlite3'}"
    )
    yield tmp_path, server
    server.stop()


def call(folder: Path, server: ServerProcess) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "call.py", str(EXAMPLE), f"http://127.0.0.1:{server.port}"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.conforms("J148", "L176")
def test_the_example_of_the_page_gets_an_answer(registered: tuple[Path, ServerProcess]) -> None:
    folder, server = registered
    ran = call(folder, server)
    assert ran.returncode == 0, ran.stderr
    [line] = ran.stdout.splitlines()
    assert "recurrence of rectal cancer" in line
    assert server.post("oncology-patient-view", EXAMPLE.read_bytes()) == 401


def test_another_key_than_the_registered_one_gets_none(registered: tuple[Path, ServerProcess]) -> None:
    folder, server = registered
    kept = (folder / "keys.json").read_bytes()
    subprocess.run([sys.executable, "make_keys.py"], cwd=folder, check=True)
    (folder / "keys.json").write_bytes(kept)
    ran = call(folder, server)
    assert ran.returncode != 0
    assert "401" in ran.stderr


def test_the_page_lists_every_service_and_prefetch_key(knowledge: Knowledge) -> None:
    for service in SERVICES:
        assert f"/cds-services/{service.id}`" in PAGE
    for key in prefetch_templates(observation_codes(knowledge)):
        assert f"| `{key}` |" in PAGE


@pytest.mark.conforms("L175")
def test_the_page_says_what_a_site_must_agree_on() -> None:
    agreed = section("Before it goes live")
    assert len(re.findall(r"^\d+\. ", agreed, re.MULTILINE)) >= 6
    for topic in ("hooks", "`patient`, `conditions` and `procedures`", "error", "keys", "silent", "switches"):
        assert topic in agreed


@pytest.mark.conforms("L167")
def test_the_page_answers_every_risk_that_the_specification_names() -> None:
    rows = re.findall(
        r"^\| ([^|]+) \| ([^|]+) \|$", section("Risks that CDS Hooks names, and what is done"), re.MULTILINE
    )
    answered = {risk.strip(): answer.strip() for risk, answer in rows[1:]}
    assert answered.keys() >= {
        "interception", "a false service", "a false client, tampering", "dangerous suggestions or links",
        "attacks from other web pages", "outdated data",
    }  # fmt: skip
    assert all(answered.values())
