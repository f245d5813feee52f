"""Feedback as it comes: what is read, and what is refused in which words."""

import json
from typing import Any

import pytest

from cds_service.errors import BadRequestError
from cds_service.feedback import AT_MOST, COMMENT_LENGTH, read_feedback
from cds_service.store.received import Received

CARD, SUGGESTION = "9368d37b-283f-44a0-93ea-547cebab93ed", "f15eb0ba-5c5b-4d1c-9c5d-ac2a0d9d3c5e"
WHEN = "2026-01-10T09:30:00Z"
CODE = {"system": "http://example.org/reasons", "code": "later"}


def entry(**changes: Any) -> dict[str, Any]:
    """A good entry; None takes a member out."""
    found = {
        "card": CARD,
        "outcome": "accepted",
        "acceptedSuggestions": [{"id": SUGGESTION}],
        "outcomeTimestamp": WHEN,
        **changes,
    }
    return {name: value for name, value in found.items() if value is not None}


def read(*entries: object) -> tuple[Received, ...]:
    return read_feedback(json.dumps({"feedback": entries}).encode())


def refused(value: object) -> str:
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    with pytest.raises(BadRequestError) as error:
        read_feedback(raw)
    return str(error.value)


def test_an_accepted_card_is_read_with_the_suggestions_taken() -> None:
    assert read(entry()) == (Received(CARD, "accepted", WHEN, (SUGGESTION,)),)


def test_an_overridden_card_is_read_with_its_reason_and_comment() -> None:
    reason = {"reason": {**CODE, "display": "Later"}, "userComment": "seen by the board"}
    [found] = read(entry(outcome="overridden", acceptedSuggestions=None, overrideReason=reason))
    assert (found.reason_system, found.reason_code, found.comment) == (*CODE.values(), "seen by the board")


def test_members_that_nobody_knows_are_ignored() -> None:
    assert read({**entry(), "extension": {"a": 1}, "ratedBy": None}) == read(entry())


@pytest.mark.parametrize("reason", [{"reason": CODE}, {"userComment": "no"}, {"reason": CODE, "userComment": ""}])
def test_a_reason_or_a_comment_is_enough(reason: dict[str, Any]) -> None:
    assert len(read(entry(outcome="overridden", acceptedSuggestions=None, overrideReason=reason))) == 1


@pytest.mark.parametrize("spelling", [CARD.upper(), f"urn:uuid:{CARD}", f"URN:UUID:{CARD.upper()}"])
def test_a_uuid_in_another_spelling_is_the_same_card(spelling: str) -> None:
    assert read(entry(card=spelling)) == read(entry())


def test_a_set_of_suggestions_has_no_order_and_no_doubles() -> None:
    others = [{"id": "b"}, {"id": "a"}, {"id": "b"}]
    assert read(entry(acceptedSuggestions=others))[0].suggestions == ("a", "b")


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("2026-01-10T10:30:00+01:00", WHEN), ("2026-01-10t09:30:00z", WHEN), ("2026-01-10T09:30:00.000Z", WHEN),
        ("2026-01-10T09:30:00.1200Z", "2026-01-10T09:30:00.12Z"), ("2016-12-31T23:59:60Z", "2017-01-01T00:00:00Z"),
        ("2026-01-10T09:30:00.123456789Z", "2026-01-10T09:30:00.123456789Z"),
    ],
)  # fmt: skip
def test_one_moment_is_one_text(sent: str, kept: str) -> None:
    assert read(entry(outcomeTimestamp=sent))[0].outcome_at == kept


@pytest.mark.parametrize(
    "sent",
    [
        None, 5, "", "yesterday", "2026-01-10", "2026-01-10T09:30:00", "2026-02-30T09:30:00Z", "2026-01-10T25:30:00Z",
        "2026-01-10T09:30:61Z", "2026-01-10T09:30:00+24:00", "9999-12-31T23:59:60Z", "2026-01-10 09:30:00Z",
        "٢٠٢٦-01-10T09:30:00Z",
    ],
)  # fmt: skip
def test_a_moment_that_is_none_is_refused_by_name(sent: object) -> None:
    assert refused({"feedback": [entry(outcomeTimestamp=sent)]}).startswith("feedback[0].outcomeTimestamp must be")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"card": None}, "card"), ({"card": 7}, "card"), ({"card": " "}, "card"), ({"card": "a" * 257}, "card"),
        ({"card": ["x"]}, "card"),
        ({"outcome": None}, "outcome"), ({"outcome": "ignored"}, "outcome"), ({"outcome": ["accepted"]}, "outcome"),
        ({"outcome": "Accepted"}, "outcome"),
        ({"acceptedSuggestions": None}, "acceptedSuggestions"), ({"acceptedSuggestions": []}, "acceptedSuggestions"),
        ({"acceptedSuggestions": "x"}, "acceptedSuggestions"),
        ({"acceptedSuggestions": ["x"]}, "acceptedSuggestions[0]"),
        ({"acceptedSuggestions": [{}]}, "acceptedSuggestions[0].id"),
        ({"acceptedSuggestions": [{"id": "a"}, {"id": ""}]}, "acceptedSuggestions[1].id"),
        ({"outcome": "overridden", "overrideReason": {}}, "overrideReason"),
        ({"outcome": "overridden", "overrideReason": "no"}, "overrideReason"),
        ({"outcome": "overridden", "overrideReason": {"userComment": ""}}, "overrideReason"),
        ({"outcome": "overridden", "overrideReason": {"userComment": 5}}, "overrideReason.userComment"),
        ({"outcome": "overridden", "overrideReason": {"userComment": "a" * (COMMENT_LENGTH + 1)}},
         "overrideReason.userComment"),
        ({"outcome": "overridden", "overrideReason": {"reason": "no"}}, "overrideReason.reason"),
        ({"outcome": "overridden", "overrideReason": {"reason": {"system": "x"}}}, "overrideReason.reason.code"),
        ({"outcome": "overridden", "overrideReason": {"reason": {"code": "x"}}}, "overrideReason.reason.system"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_and_never_shown(changes: dict[str, Any], field: str) -> None:
    told = refused({"feedback": [entry(), entry(**changes)]})
    assert told.startswith(f"feedback[1].{field} must ")
    assert "ignored" not in told


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"[]", b"null", b'"x"', b"{}", b'{"feedback": null}', b'{"feedback": []}', b'{"feedback": {}}',
        b'{"feedback": [null]}', b'{"feedback": ["x"]}', b'{"feedback": [], "feedback": []}', b"\xff", b'{"a": NaN}',
        b'{"feedback": [{"card": "a\\u0000b"}]}', b'{"feedback": [{"card": "\\ud800"}]}', b"[" * 100_000,
    ],
)  # fmt: skip
def test_a_body_that_is_no_feedback_is_refused(body: bytes) -> None:
    assert refused(body)


@pytest.mark.parametrize(("number", "is_read"), [(AT_MOST - 1, True), (AT_MOST, True), (AT_MOST + 1, False)])
def test_one_call_holds_a_thousand_entries_at_most(number: int, is_read: bool) -> None:
    entries = [entry() for _ in range(number)]
    if is_read:
        assert len(read(*entries)) == number
    else:
        assert refused({"feedback": entries}).startswith("feedback must be an array of 1 to 1000")


def test_a_comment_of_four_thousand_characters_is_read() -> None:
    reason = {"userComment": "ä" * COMMENT_LENGTH}
    [found] = read(entry(outcome="overridden", acceptedSuggestions=None, overrideReason=reason))
    assert found.comment == "ä" * COMMENT_LENGTH
