"""The record of answers, on both databases: what is on it, what never is, and for how long."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.engine import RowMapping

from cds_service.app import STORE, create_app
from cds_service.parts import make_parts
from cds_service.settings import Settings
from cds_service.store.database import Database
from cds_service.store.store import PURGE_EVERY_SECONDS, Store
from cds_service.store.tables import answer, card, card_finding, configuration, feedback, metadata

Start = Callable[..., Any]
VIEW = "oncology-patient-view"
EXAMPLES = Path(__file__).parents[1] / "examples"
SPINE = EXAMPLES / "spine-metastasis-worse-after-its-radiotherapy" / "request.json"
PATIENT = "canary-4711"


def rows(url: str, table: Any) -> list[RowMapping]:
    with Database(url).read() as connection:
        return list(connection.execute(select(table).order_by(*table.primary_key)).mappings())


def everything(url: str) -> str:
    """All that is in the store, as text."""
    return "\n".join(str(dict(row)) for table in metadata.sorted_tables for row in rows(url, table))


def about(patient: str, raw: bytes) -> bytes:
    """The call, about another patient; the ids of its records hold that of the patient too."""
    return raw.replace(b'"p1"', f'"{patient}"'.encode()).replace(b"Patient/p1", f"Patient/{patient}".encode())


def flushed(service: Any) -> Any:
    service.app.extensions[STORE].close()
    return service


@pytest.fixture
def service(start: Start, database_url: str) -> Any:
    return start(DATABASE_URL=database_url)


def test_an_answer_with_cards_is_on_record(service: Any, database_url: str) -> None:
    cards = service.post(VIEW, SPINE.read_bytes()).json["cards"]
    flushed(service)
    [row] = rows(database_url, answer)
    assert (row["service"], row["cards"], row["silent"]) == (VIEW, len(cards), False)
    assert row["hook_instance"] == json.loads(SPINE.read_bytes())["hookInstance"]
    assert row["availability"]["conditions"] == "found"
    assert "Condition/prostate" in row["inputs"]
    assert row["inputs"] == sorted(set(row["inputs"]))
    assert row["knowledge_version"] in cards[0]["source"]["label"]
    assert row["call"] == service.log[-1]["correlation_id"]
    assert (row["duration_ms"] > 0, len(row["fingerprint"]), row["answered_at"].tzinfo) == (True, 64, UTC)


def test_each_card_is_on_record_with_the_rules_of_its_findings(service: Any, database_url: str) -> None:
    cards = service.post(VIEW, SPINE.read_bytes()).json["cards"]
    flushed(service)
    kept = sorted(rows(database_url, card), key=lambda row: row["position"])
    assert [row["uuid"] for row in kept] == [each["uuid"] for each in cards]
    for each in cards:
        said = [(found["rule"], found["status"]) for found in each["extension"]["org.rert-cds.findings"]]
        on_record = [row for row in rows(database_url, card_finding) if row["card"] == each["uuid"]]
        assert [(row["rule"], row["status"]) for row in on_record] == said


def test_the_same_advice_has_the_same_fingerprint_and_other_advice_another(service: Any, database_url: str) -> None:
    other = EXAMPLES / "rectum-local-recurrence-in-the-irradiated-pelvis" / "request.json"
    for call in (SPINE, SPINE, other):
        assert service.post(VIEW, call.read_bytes()).json["cards"]
    flushed(service)
    first, again, third = (row["fingerprint"] for row in rows(database_url, answer))
    assert first == again != third


def test_a_quiet_answer_is_on_record_too_though_later(service: Any, database_url: str) -> None:
    assert service.post().json == {"cards": []}
    flushed(service)
    [row] = rows(database_url, answer)
    assert (row["cards"], rows(database_url, card)) == (0, [])


@pytest.mark.parametrize("sent", [None, SPINE.read_bytes()])
def test_every_answer_gets_on_record_by_itself(service: Any, database_url: str, sent: bytes | None) -> None:
    service.post(sent=sent)
    until = datetime.now(UTC) + timedelta(seconds=20)
    while not rows(database_url, answer) and datetime.now(UTC) < until:
        service.client.get("/health/live")
    assert len(rows(database_url, answer)) == 1


def test_refused_calls_are_not_answers(service: Any, database_url: str, make_body: Any) -> None:
    assert service.post(sent=make_body(prefetch={})).status_code == 412
    flushed(service)
    assert rows(database_url, answer) == []


def test_in_silent_mode_cards_are_on_record_and_marked(start: Start, database_url: str) -> None:
    silent = start(DATABASE_URL=database_url, MODE="silent")
    assert silent.post(VIEW, SPINE.read_bytes()).json == {"cards": []}
    flushed(silent)
    [row], kept = rows(database_url, answer), rows(database_url, card)
    assert (row["silent"], row["cards"], len(kept)) == (True, len(kept), row["cards"])
    assert kept[0]["silent"] is True
    assert rows(database_url, card_finding)


@pytest.mark.parametrize("listed", [VIEW, "oncology-order-sign"])
def test_a_service_listed_as_silent_computes_records_and_shows_nothing(
    start: Start, database_url: str, tmp_path: Path, listed: str
) -> None:
    (tmp_path / "switches.toml").write_text(f'silent = ["{listed}"]')
    service = start(DATABASE_URL=database_url, SWITCHES_FILE=str(tmp_path / "switches.toml"))
    assert (service.post(VIEW, SPINE.read_bytes()).json["cards"] == []) is (listed == VIEW)
    flushed(service)
    [row] = rows(database_url, answer)
    assert row["silent"] is (listed == VIEW)
    assert row["cards"] > 0


def test_nothing_in_the_store_tells_the_patient(service: Any, database_url: str) -> None:
    raw = about(PATIENT, SPINE.read_bytes()).replace(b'"prostate"', f'"prostate-{PATIENT}"'.encode())
    assert service.post(VIEW, raw.replace(b"Condition/prostate", f"Condition/prostate-{PATIENT}".encode())).json[
        "cards"
    ]
    flushed(service)
    kept = everything(database_url)
    assert PATIENT not in kept
    assert "Patient/" not in kept
    [row] = rows(database_url, answer)
    assert [reference for reference in row["inputs"] if reference.startswith("Condition/~")]
    assert PATIENT not in service.stream.getvalue()


def test_a_patient_has_one_hash_under_one_key_and_another_under_another(start: Start, database_url: str) -> None:
    for key in ("0123456789abcdef", "0123456789abcdef", "fedcba9876543210"):
        service = start(DATABASE_URL=database_url, PATIENT_KEY=key)
        service.post(VIEW, SPINE.read_bytes())
        flushed(service)
    first, again, other = (row["patient"] for row in rows(database_url, answer))
    assert first == again != other
    assert "0123456789abcdef" not in everything(database_url)


def test_without_a_key_one_is_made_and_kept_with_the_store(start: Start, database_url: str) -> None:
    for _ in range(2):
        service = start(DATABASE_URL=database_url)
        service.post(VIEW, SPINE.read_bytes())
        service.post(VIEW, about("p2", SPINE.read_bytes()))
        flushed(service)
    hashes = [row["patient"] for row in rows(database_url, answer)]
    assert hashes[:2] == hashes[2:]
    assert len(set(hashes)) == 2


def test_each_change_of_what_is_in_force_is_on_record_once(start: Start, database_url: str, tmp_path: Path) -> None:
    switches = tmp_path / "switches.toml"
    for content in ("", "", 'disabled_rules = ["salvage.*"]', 'disabled_rules = ["salvage.*"]', ""):
        switches.write_text(content)
        service = start(DATABASE_URL=database_url, SWITCHES_FILE=str(switches))
        service.post(VIEW, SPINE.read_bytes())
        flushed(service)
    changes = rows(database_url, configuration)
    assert [row["content"]["switches"]["disabled_rules"] for row in changes] == [[], ["salvage.*"], []]
    named = [row["configuration"] for row in rows(database_url, answer)]
    assert [named.count(digest) for digest in (changes[0]["digest"], changes[1]["digest"])] == [3, 2]


def test_a_switch_changed_while_it_runs_is_on_record(
    start: Start, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cds_service.switches.LOOK_AGAIN_SECONDS", 0.0)
    switches = tmp_path / "switches.toml"
    switches.write_text("")
    service = start(DATABASE_URL=database_url, SWITCHES_FILE=str(switches))
    service.post(VIEW, SPINE.read_bytes())
    switches.write_text('disabled_rules = ["salvage.*"]')
    service.post(VIEW, SPINE.read_bytes())
    flushed(service)
    changes = [row["digest"] for row in rows(database_url, configuration)]
    assert [row["configuration"] for row in rows(database_url, answer)] == changes
    assert len(set(changes)) == 2


def test_what_is_in_force_holds_no_secret(start: Start, database_url: str) -> None:
    flushed(start(DATABASE_URL=database_url, PATIENT_KEY="0123456789abcdef"))
    [row] = rows(database_url, configuration)
    assert row["content"]["settings"]["recovery_scheme"] == "none"
    assert set(row["content"]) == {"software", "knowledge", "settings", "switches"}
    assert "0123456789abcdef" not in str(row) + str(database_url)


def store_at(url: str, moment: datetime, **settings: str) -> tuple[Any, Store]:
    """An application whose records carry that moment."""
    environ = {f"RERT_CDS_{name}": value for name, value in {"DATABASE_URL": url, **settings}.items()}
    app = create_app(Settings.from_environ(environ))
    parts = make_parts(Settings.from_environ(environ))
    return app, Store(Database(url), parts, now=lambda: moment)


@pytest.mark.parametrize(("days", "left"), [(29, 1), (30, 1), (31, 0)])
def test_answers_stay_on_record_for_the_days_set_and_no_longer(
    start: Start, database_url: str, days: int, left: int
) -> None:
    service = start(DATABASE_URL=database_url)
    service.post(VIEW, SPINE.read_bytes())
    flushed(service)
    [row] = rows(database_url, answer)
    store_at(database_url, row["answered_at"] + timedelta(days=days), RETENTION_DAYS="30")[1].start()
    assert [len(rows(database_url, table)) > 0 for table in (answer, card, card_finding)] == [bool(left)] * 3


def test_comments_go_with_the_answers_and_the_rest_of_feedback_stays(start: Start, database_url: str) -> None:
    service = start(DATABASE_URL=database_url, KEEP_COMMENTS="true")
    entry = {
        "card": "c", "outcome": "overridden", "outcomeTimestamp": "2026-01-10T09:30:00Z",
        "overrideReason": {"userComment": "no"},
    }  # fmt: skip
    service.post(f"{VIEW}/feedback", {"feedback": [entry]})
    later = datetime.now(UTC) + timedelta(days=31)
    assert [row["comment"] for row in rows(database_url, feedback)] == ["no"]
    store_at(database_url, later, RETENTION_DAYS="30")[1].start()
    assert [(row["comment"], row["commented"]) for row in rows(database_url, feedback)] == [(None, True)]


def test_old_answers_go_while_it_runs_too(database_url: str) -> None:
    moment, clock = [datetime(2026, 1, 10, tzinfo=UTC)], [0.0]
    parts = make_parts(Settings.from_environ({"RERT_CDS_RETENTION_DAYS": "30"}))
    store = Store(Database(database_url), parts, now=lambda: moment[0], clock=lambda: clock[0])
    store.start()
    with Database(database_url).connect() as connection, connection.begin():
        connection.execute(answer.insert(), [old_answer(moment[0])])
    moment[0] += timedelta(days=31)
    assert store.is_up()
    assert len(rows(database_url, answer)) == 1
    clock[0] += PURGE_EVERY_SECONDS
    assert store.is_up()
    assert rows(database_url, answer) == []
    store.close()


def old_answer(moment: datetime) -> dict[str, Any]:
    texts = dict.fromkeys(
        ("call", "judged_on", "issuer", "client", "tenant", "service", "hook_instance", "patient", "configuration",
         "knowledge_version", "fingerprint"), "x",
    )  # fmt: skip
    return {
        **texts, "answered_at": moment, "inputs": [], "availability": {}, "cards": 0, "silent": False,
        "duration_ms": 1.0,
    }  # fmt: skip


def test_a_store_of_a_later_version_ends_the_start(start: Start, database_url: str) -> None:
    flushed(start(DATABASE_URL=database_url))
    with Database(database_url).connect() as connection, connection.begin():
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(Exception, match="The store is of version 9999, this program knows versions up to"):
        start(DATABASE_URL=database_url)
