"""Feedback as a client sends it, on both databases: kept durably, once, by its caller, or refused whole."""

import json
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from client_tokens import BASE, ISSUER, ec_key, key_set, public, token
from sqlalchemy import select
from sqlalchemy.engine import RowMapping

from cds_service.app import STORE
from cds_service.services import SERVICES
from cds_service.store.database import Database
from cds_service.store.received import Received, rows_of
from cds_service.store.rows import write
from cds_service.store.tables import answer, card, feedback
from cds_service.trust.caller import Caller

Start = Callable[..., Any]
VIEW = "oncology-patient-view"
ADDRESS = f"{VIEW}/feedback"
EXAMPLE = Path(__file__).parents[1] / "examples" / "spine-metastasis-worse-after-its-radiotherapy" / "request.json"
WHEN = "2026-01-10T09:30:00Z"
OTHER = "https://other.example.org"
COMMENT = "Jane Doe wants no more of this"


def entry(card: str | None = None, **changes: Any) -> dict[str, Any]:
    taken = {"outcome": "accepted", "acceptedSuggestions": [{"id": str(uuid4())}]}
    return {"card": card or str(uuid4()), "outcomeTimestamp": WHEN, **taken, **changes}


def sent(*entries: dict[str, Any]) -> bytes:
    return json.dumps({"feedback": entries}).encode()


def overridden(card: str | None = None, **changes: Any) -> dict[str, Any]:
    reason = {"reason": {"system": "http://example.org/reasons", "code": "later"}, "userComment": COMMENT}
    taken = {"outcome": "overridden", "overrideReason": reason, **changes}
    return {name: value for name, value in entry(card, **taken).items() if name != "acceptedSuggestions"}


def rows(url: str) -> list[RowMapping]:
    with Database(url).read() as connection:
        return list(connection.execute(select(feedback).order_by(feedback.c.sequence)).mappings())


@pytest.fixture
def service(start: Start, database_url: str) -> Any:
    return start(DATABASE_URL=database_url)


@pytest.fixture
def trusting(start: Start, database_url: str, tmp_path: Path) -> Any:
    """A service that knows two clients."""
    (tmp_path / "keys.json").write_bytes(key_set(public(ec_key())))
    client = '[[client]]\nname = "{}"\nissuer = "{}"\njwks_file = "keys.json"\n'
    (tmp_path / "clients.toml").write_text(client.format("general", ISSUER) + client.format("other", OTHER))
    return start(
        DATABASE_URL=database_url, AUTH="jwt", CLIENTS_FILE=str(tmp_path / "clients.toml"), PUBLIC_BASE_URL=BASE
    )


def as_client(address: str, issuer: str = ISSUER) -> dict[str, Any]:
    return {"headers": {"Authorization": f"Bearer {token(iss=issuer, aud=f'{BASE}/cds-services/{address}')}"}}


def test_feedback_is_answered_200_with_no_body_and_is_on_disk_then(service: Any, database_url: str) -> None:
    card = str(uuid4())
    answer = service.post(ADDRESS, sent(entry(card, acceptedSuggestions=[{"id": "b"}, {"id": "a"}])))
    assert (answer.status_code, answer.data, answer.content_type) == (200, b"", None)
    [kept] = rows(database_url)
    assert (kept["card"], kept["outcome"], kept["outcome_at"]) == (card, "accepted", WHEN)
    assert (kept["suggestions"], kept["service"], kept["known"]) == (["a", "b"], VIEW, False)


@pytest.mark.parametrize("service_id", [service.id for service in SERVICES])
def test_every_service_takes_feedback(running: Any, service_id: str) -> None:
    assert running.post(f"{service_id}/feedback", sent(entry())).status_code == 200


def test_feedback_sent_again_in_any_order_or_spelling_is_kept_once(service: Any, database_url: str) -> None:
    first, second = entry(acceptedSuggestions=[{"id": "a"}, {"id": "b"}]), overridden()
    again = {**first, "card": first["card"].upper(), "acceptedSuggestions": [{"id": "b"}, {"id": "a"}, {"id": "a"}]}
    for body in (sent(first, second), sent(second, first), sent(again, first, first)):
        assert service.post(ADDRESS, body).status_code == 200
    assert {row["card"] for row in rows(database_url)} == {first["card"], second["card"]}
    assert len(rows(database_url)) == 2


@pytest.mark.parametrize(
    "changes",
    [
        {"outcome": "overridden"}, {"outcomeTimestamp": "2026-01-10T09:30:01Z"}, {"acceptedSuggestions": [{"id": "c"}]},
        {"card": str(uuid4())},
    ],
)  # fmt: skip
def test_another_outcome_time_card_or_suggestion_is_another_event(
    service: Any, database_url: str, changes: dict[str, Any]
) -> None:
    first = entry()
    assert service.post(ADDRESS, sent(first, {**first, **changes})).status_code == 200
    assert len(rows(database_url)) == 2


def test_feedback_sent_by_many_at_once_is_kept_once(service: Any, database_url: str) -> None:
    body, told = sent(entry(), entry()), []
    threads = [threading.Thread(target=lambda: told.append(service.post(ADDRESS, body).status_code)) for _ in range(32)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert told == [200] * 32
    assert len(rows(database_url)) == 2


def test_of_a_call_with_one_wrong_entry_nothing_is_kept(service: Any, database_url: str) -> None:
    answer = service.post(ADDRESS, sent(entry(), entry(), entry(outcome="ignored")))
    assert answer.status_code == 400
    assert answer.json["issue"][0]["details"]["text"].startswith("feedback[2].outcome must be")
    assert rows(database_url) == []


def test_wrong_calls_are_refused_as_those_of_a_service_are(start: Start) -> None:
    service = start(MAX_BODY_BYTES="2048")
    assert service.post("no-such-service/feedback", sent(entry())).status_code == 404
    assert service.post(ADDRESS, sent(*[entry()] * 40)).status_code == 413
    assert service.post(ADDRESS, sent(entry()), content_type="text/plain").status_code == 415
    assert service.client.get(f"/cds-services/{ADDRESS}").status_code == 405
    assert service.client.options(f"/cds-services/{ADDRESS}").status_code == 200
    assert service.post(ADDRESS, b"{").json["resourceType"] == "OperationOutcome"


def test_feedback_needs_a_token_for_its_own_address(trusting: Any, database_url: str) -> None:
    body = sent(entry())
    assert trusting.post(ADDRESS, body).status_code == 401
    assert trusting.post(ADDRESS, body, **as_client(VIEW)).status_code == 401
    assert rows(database_url) == []
    assert trusting.post(ADDRESS, body, **as_client(ADDRESS)).status_code == 200
    assert [(row["issuer"], row["client"]) for row in rows(database_url)] == [(ISSUER, "general")]


def test_feedback_is_joined_with_a_card_of_the_same_client_and_service_only(trusting: Any, database_url: str) -> None:
    shown = trusting.post(VIEW, EXAMPLE.read_bytes(), **as_client(VIEW)).json["cards"][0]["uuid"]
    elsewhere = "oncology-order-sign/feedback"
    for address, issuer in ((ADDRESS, OTHER), (ADDRESS, ISSUER), (elsewhere, ISSUER)):
        assert trusting.post(address, sent(entry(shown)), **as_client(address, issuer)).status_code == 200
    assert [(row["client"], row["known"]) for row in rows(database_url)] == [
        ("other", False), ("general", True), ("general", False),
    ]  # fmt: skip


def test_feedback_on_a_card_that_was_not_shown_is_unknown(start: Start, database_url: str) -> None:
    silent = start(DATABASE_URL=database_url, MODE="silent")
    assert silent.post(VIEW, EXAMPLE.read_bytes()).json == {"cards": []}
    silent.app.extensions[STORE].close()
    with Database(database_url).read() as connection:
        computed = connection.execute(select(card.c.uuid)).scalars().first()
    assert silent.post(ADDRESS, sent(entry(computed))).status_code == 200
    assert [row["known"] for row in rows(database_url)] == [False]


@pytest.mark.parametrize(("setting", "kept"), [("false", None), ("true", COMMENT)])
def test_comments_are_kept_only_where_that_is_set_and_are_never_logged(
    start: Start, database_url: str, setting: str, kept: str | None
) -> None:
    service = start(DATABASE_URL=database_url, KEEP_COMMENTS=setting)
    assert service.post(ADDRESS, sent(overridden())).status_code == 200
    [row] = rows(database_url)
    assert (row["comment"], row["commented"], row["reason_code"]) == (kept, True, "later")
    assert "Jane" not in service.stream.getvalue()


def test_hostile_text_is_kept_as_it_is_and_breaks_nothing(service: Any, database_url: str) -> None:
    reason = {"reason": {"system": "'; DROP TABLE feedback; --", "code": '%s"}{:x}\u202e'}}
    assert service.post(ADDRESS, sent(overridden("${jndi:ldap://x}", overrideReason=reason))).status_code == 200
    [row] = rows(database_url)
    assert (row["card"], row["reason_system"]) == ("${jndi:ldap://x}", "'; DROP TABLE feedback; --")


def test_a_store_that_cannot_be_opened_is_503_for_feedback_and_advice_is_given(start: Start, tmp_path: Path) -> None:
    service = start(DATABASE_URL=f"sqlite:///{tmp_path / 'missing' / 'store.sqlite3'}")
    refused = service.post(ADDRESS, sent(entry()))
    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "1")
    assert refused.json["issue"][0]["code"] == "transient"
    assert service.post(VIEW, EXAMPLE.read_bytes()).json["cards"]
    assert {"store-down", "records-lost"} <= {line["event"] for line in service.log}
    assert service.client.get("/health/ready").json["store"] == "down"


def test_feedback_that_is_kept_before_its_card_is_joined_with_it_later(database_url: str) -> None:
    texts = ("judged_on", "client", "hook_instance", "patient", "configuration", "knowledge_version")
    common = {"issuer": ISSUER, "tenant": "", "service": VIEW, "silent": False, "fingerprint": "x", "call": "c"}
    on_record = {**dict.fromkeys(texts, ""), **common, "answered_at": datetime.now(UTC), "inputs": [], "cards": 1}
    received = Received("early", "accepted", WHEN, ("a",))
    early = rows_of([received], VIEW, Caller("general", ISSUER), at=datetime.now(UTC), comments=False)
    with Database(database_url).connect() as connection:
        for late in (
            [(feedback, early)],
            [(answer, [{**on_record, "availability": {}, "duration_ms": 1.0}]),
             (card, [{**common, "uuid": "early", "position": 0, "topic": "t", "indicator": "info"}])],
        ):  # fmt: skip
            assert [row["known"] for row in rows(database_url)] in ([], [False])
            with connection.begin():
                write(connection, [late])
    assert [row["known"] for row in rows(database_url)] == [True]
