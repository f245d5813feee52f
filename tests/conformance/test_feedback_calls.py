"""Feedback as CDS Hooks defines it, on the store of every installation: each member, repeats, and who may send."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from client_tokens import BASE, ec_key, key_set, public, token
from conformance.wire_check import problems
from sqlalchemy import select

from cds_service.errors import BadRequestError
from cds_service.feedback import read_feedback
from cds_service.services import SERVICES
from cds_service.store.database import Database
from cds_service.store.tables import feedback

VIEW = "oncology-patient-view"
ADDRESS = f"{VIEW}/feedback"
WHEN = "2026-01-10T09:30:00Z"
COMMENT = "Jane Doe wants no more of this"
REASON = {"system": "http://example.org/reasons", "code": "later"}


def accepted(**changes: Any) -> dict[str, Any]:
    return {"card": str(uuid4()), "outcome": "accepted", "acceptedSuggestions": [{"id": str(uuid4())}],
            "outcomeTimestamp": WHEN, **changes}  # fmt: skip


def overridden(**changes: Any) -> dict[str, Any]:
    return {"card": str(uuid4()), "outcome": "overridden", "outcomeTimestamp": WHEN, **changes}


@pytest.fixture
def store(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'store.sqlite3'}"


@pytest.fixture
def keeping(start: Callable[..., Any], store: str) -> Any:
    return start(DATABASE_URL=store, KEEP_COMMENTS="true")


def kept(store: str) -> list[Any]:
    with Database(store).read() as connection:
        return list(connection.execute(select(feedback).order_by(feedback.c.sequence)).mappings())


def send(running: Any, *entries: dict[str, Any], to: str = ADDRESS) -> int:
    return int(running.post(to, {"feedback": entries}).status_code)


@pytest.mark.conforms("I138", "I139", "M185")
@pytest.mark.parametrize("service_id", [service.id for service in SERVICES])
def test_every_service_takes_feedback_at_its_address(running: Any, service_id: str) -> None:
    answer = running.post(f"{service_id}/feedback", {"feedback": [accepted()]})
    assert (answer.status_code, answer.data) == (200, b"")


@pytest.mark.conforms("I140", "I141", "I142", "M185")
def test_every_form_of_an_entry_is_kept(keeping: Any, store: str) -> None:
    entries = (
        accepted(), overridden(), overridden(overrideReason={"reason": REASON}),
        overridden(overrideReason={"userComment": COMMENT}),
        overridden(overrideReason={"reason": {**REASON, "display": "Later"}, "userComment": COMMENT}),
    )  # fmt: skip
    assert send(keeping, *entries) == 200
    found = kept(store)
    assert [row["card"] for row in found] == [entry["card"] for entry in entries]
    assert [row["outcome"] for row in found] == ["accepted", *["overridden"] * 4]
    assert [row["reason_code"] for row in found] == [None, None, "later", None, "later"]
    assert [row["comment"] for row in found] == [None, None, None, COMMENT, COMMENT]


@pytest.mark.conforms("I142", "M185")
def test_an_entry_that_comes_again_is_kept_once_and_a_later_outcome_beside_it(keeping: Any, store: str) -> None:
    first = accepted()
    later = {**overridden(card=first["card"]), "outcomeTimestamp": "2026-01-11T09:30:00Z"}
    for entries in ((first,), (first, first), (later, first)):
        assert send(keeping, *entries) == 200
    assert [row["outcome"] for row in kept(store)] == ["accepted", "overridden"]


@pytest.mark.conforms("I143")
def test_a_card_without_feedback_changes_nothing(running: Any, make_body: Any) -> None:
    """Calls are answered the same whether feedback came or not, and none is asked for."""
    before = running.post(sent=make_body()).json
    send(running, accepted())
    assert running.post(sent=make_body()).json == before


@pytest.mark.conforms("I144", "M185")
def test_feedback_on_a_card_that_we_never_sent_is_taken_and_marked(keeping: Any, store: str) -> None:
    assert send(keeping, accepted()) == 200
    assert [row["known"] for row in kept(store)] == [False]


WRONG: list[tuple[str, Any]] = [
    ("card", None), ("card", 7), ("outcome", None), ("outcome", "ignored"), ("acceptedSuggestions", None),
    ("acceptedSuggestions", []), ("acceptedSuggestions", [{}]), ("outcomeTimestamp", None),
    ("outcomeTimestamp", "yesterday"), ("outcomeTimestamp", "2026-01-10T09:30:00"), ("overrideReason", {}),
    ("overrideReason", {"reason": {"code": "x"}}), ("overrideReason", {"userComment": "x" * 4097}),
]  # fmt: skip


@pytest.mark.conforms("I140", "I141", "I144", "M185", "cds-fb-1", "cds-fb-2", "cds-fb-3")
@pytest.mark.parametrize(("name", "value"), WRONG)
def test_an_entry_that_is_wrong_is_400_and_nothing_is_kept(keeping: Any, store: str, name: str, value: Any) -> None:
    """Our schema says the same of it."""
    wrong = copy.deepcopy(overridden() if name == "overrideReason" else accepted())
    wrong[name] = value
    if value is None:
        del wrong[name]
    answer = keeping.post(ADDRESS, {"feedback": [accepted(), wrong]})
    assert answer.status_code == 400
    assert answer.json["issue"][0]["details"]["text"].startswith(f"feedback[1].{name}")
    assert kept(store) == []
    assert problems("feedback", {"feedback": [wrong]})


@pytest.mark.conforms("I140")
def test_what_the_schema_of_feedback_allows_is_read() -> None:
    whole = accepted(extension={"org.example.x": {"a": 1}}, future=[1])
    bodies: list[Any] = [{"feedback": [whole, overridden()], "more": {}}, {"feedback": [whole] * 1000}]
    for body in bodies:
        assert problems("feedback", body) == []
        assert len(read_feedback(json.dumps(body).encode())) == len(body["feedback"])
    for body in ({}, {"feedback": []}, {"feedback": {}}, {"feedback": [None]}, {"feedback": [whole] * 1001}, []):
        assert problems("feedback", body)
        with pytest.raises(BadRequestError):
            read_feedback(json.dumps(body).encode())


@pytest.mark.conforms("I145", "J162")
def test_feedback_needs_a_token_for_its_own_address(start: Callable[..., Any], store: str, tmp_path: Path) -> None:
    (tmp_path / "keys.json").write_bytes(key_set(public(ec_key())))
    (tmp_path / "clients.toml").write_text(
        '[[client]]\nname = "hospital"\nissuer = "https://ehr.example.org"\njwks_file = "keys.json"\n'
    )
    trusting = start(AUTH="jwt", CLIENTS_FILE=str(tmp_path / "clients.toml"), PUBLIC_BASE_URL=BASE, DATABASE_URL=store)
    body = {"feedback": [accepted()]}

    def status(audience: str | None) -> int:
        headers = {"Authorization": f"Bearer {token(aud=f'{BASE}/cds-services/{audience}')}"} if audience else {}
        return int(trusting.post(ADDRESS, body, headers=headers).status_code)

    assert [status(None), status(VIEW), status("oncology-order-sign/feedback")] == [401] * 3
    assert kept(store) == []
    assert status(ADDRESS) == 200
    assert len(kept(store)) == 1


@pytest.mark.conforms("I145")
@pytest.mark.parametrize("keep", ["true", "false"])
def test_comments_never_reach_the_log_and_the_store_only_where_that_is_set(
    start: Callable[..., Any], store: str, keep: str
) -> None:
    running = start(DATABASE_URL=store, KEEP_COMMENTS=keep)
    assert send(running, overridden(overrideReason={"userComment": COMMENT})) == 200
    assert "Jane" not in running.stream.getvalue()
    assert [row["comment"] for row in kept(store)] == [COMMENT if keep == "true" else None]
