"""rert-cds feedback report: what was shown, accepted and overridden, rule by rule, and what is never printed."""

import csv
import io
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Table

from cds_service.cli import main
from cds_service.store.database import Database
from cds_service.store.rows import write
from cds_service.store.tables import answer, card, card_finding, feedback

NOW = datetime(2026, 1, 10, tzinfo=UTC)
COMMENT = "seen by the tumour board"


def shown(uuid: str, *rules: str, silent: bool = False, issuer: str = "a") -> list[tuple[Table, list[dict[str, Any]]]]:
    """A card with findings of these rules, on an answer of its own."""
    texts = ("judged_on", "client", "tenant", "hook_instance", "patient", "configuration", "knowledge_version")
    common = {"issuer": issuer, "tenant": "", "service": "s", "silent": silent, "fingerprint": "x", "call": uuid}
    said = {**dict.fromkeys(texts, ""), **common, "answered_at": NOW, "inputs": [], "availability": {}, "cards": 1}
    return [
        (answer, [{**said, "duration_ms": 1.0}]),
        (card, [{**common, "uuid": uuid, "position": 0, "topic": "recurrence", "indicator": "info"}]),
        (
            card_finding,
            [{"card": uuid, "position": n, "rule": rule, "status": "found"} for n, rule in enumerate(rules)],
        ),
    ]


def told(
    uuid: str, outcome: str, at: str = "10", code: str | None = None, *, comment: str | None = None, issuer: str = "a"
) -> list[tuple[Table, list[dict[str, Any]]]]:
    """Feedback on a card, at a second of one minute."""
    row = {
        "key": f"{uuid}{outcome}{at}{issuer}", "received_at": NOW, "issuer": issuer, "client": "", "tenant": "",
        "service": "s", "card": uuid, "known": False, "outcome": outcome, "outcome_at": f"2026-01-10T09:30:{at}Z",
        "suggestions": [], "reason_system": "r" if code else None, "reason_code": code,
        "commented": comment is not None, "comment": comment,
    }  # fmt: skip
    return [(feedback, [row])]


@pytest.fixture
def store(database_url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("RERT_CDS_DATABASE_URL", database_url)
    entries = [
        shown("1", "rule.a", "rule.b", "rule.a"), shown("2", "rule.a"), shown("3", "rule.a"), shown("4", "rule.c"),
        shown("5", "rule.a", silent=True),
        told("1", "accepted", "10"),
        told("2", "accepted", "10.5"), told("2", "overridden", "10.55", "=later"), told("2", "accepted", "10"),
        told("3", "overridden", code="later", comment=COMMENT), told("4", "overridden", comment="x"),
        told("3", "accepted", "59", issuer="b"), told("5", "accepted"), told("nobody's", "accepted"),
    ]  # fmt: skip
    with Database(database_url).connect() as connection, connection.begin():
        write(connection, entries)
    return database_url


def report(capsys: pytest.CaptureFixture[str], *options: str) -> str:
    assert main(["feedback", "report", *options]) == 0
    return capsys.readouterr().out


def test_each_card_counts_once_for_each_rule_by_its_last_outcome(
    store: str, capsys: pytest.CaptureFixture[str]
) -> None:
    found = json.loads(report(capsys, "--json"))
    assert found["rules"] == [
        {"rule": "rule.a", "shown": 3, "accepted": 1, "overridden": 2, "reasons": {"=later": 1, "later": 1}},
        {"rule": "rule.b", "shown": 1, "accepted": 1, "overridden": 0, "reasons": {}},
        {"rule": "rule.c", "shown": 1, "accepted": 0, "overridden": 1, "reasons": {"comment only": 1}},
    ]
    assert (found["answers"], found["cardsShown"], found["cardsInSilence"]) == (5, 4, 1)
    assert (found["feedback"], found["feedbackOnUnknownCards"]) == (9, 3)
    assert found["since"] == "2026-01-10T00:00:00Z"


def test_the_table_shows_reasons_by_code(store: str, capsys: pytest.CaptureFixture[str]) -> None:
    lines = report(capsys).splitlines()
    assert lines[0] == "since 2026-01-10: 5 answers, 4 cards shown, 1 in silence"
    assert lines[4].split() == ["rule.a", "3", "1", "2", "=later", "1;", "later", "1"]


def test_csv_holds_no_formula(store: str, capsys: pytest.CaptureFixture[str]) -> None:
    head, first, *_ = csv.reader(io.StringIO(report(capsys, "--csv")))
    assert head == ["rule", "shown", "accepted", "overridden", "reasons"]
    assert first == ["rule.a", "3", "1", "2", "'=later 1; later 1"]


@pytest.mark.parametrize("form", [[], ["--json"], ["--csv"]])
def test_comments_are_printed_only_where_asked_for(
    store: str, capsys: pytest.CaptureFixture[str], form: list[str]
) -> None:
    assert COMMENT not in report(capsys, *form)
    assert (COMMENT in report(capsys, *form, "--comments")) is (form != ["--csv"])


def test_without_a_store_it_says_so_and_makes_none(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("RERT_CDS_DATABASE_URL", f"sqlite:///{tmp_path / 'none.sqlite3'}")
    assert main(["feedback", "report"]) == 1
    assert "there is no store yet" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_another_file_is_refused_in_one_line(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "other").write_bytes(b"something else entirely" * 100)
    monkeypatch.setenv("RERT_CDS_DATABASE_URL", f"sqlite:///{tmp_path / 'other'}")
    assert main(["feedback", "report"]) == 1
    assert capsys.readouterr().err.count("\n") == 1
