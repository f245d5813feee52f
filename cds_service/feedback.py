"""Feedback on cards, checked against CDS Hooks 2.0: https://cds-hooks.hl7.org/2.0/#feedback.

Members that we do not know are ignored. An error names the field, never its value.
"""

from datetime import UTC, datetime, timedelta
from re import ASCII, IGNORECASE
from re import compile as pattern
from typing import Literal

from cds_service.errors import BadRequestError
from cds_service.store.received import Received
from fhir_mappings.body_limits import check_body
from fhir_mappings.errors import StrictJSONError
from fhir_mappings.jsontools import Json
from fhir_mappings.strict_json import loads

AT_MOST = 1000
"""Entries of one call."""
LEAP_SECOND = 60
ID_LENGTH, CODE_LENGTH, COMMENT_LENGTH = 256, 512, 4096

_OUTCOMES: dict[object, Literal["accepted", "overridden"]] = {"accepted": "accepted", "overridden": "overridden"}
_UUID = pattern(r"(?:urn:uuid:)?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})", IGNORECASE | ASCII)
_MOMENT = pattern(
    r"(\d{4}-\d\d-\d\d)[Tt](\d\d:\d\d):(\d\d)(?:\.(\d{1,18}))?([Zz]|[+-]\d\d:\d\d)", ASCII
)  # RFC 3339, section 5.6


def read_feedback(raw: bytes) -> tuple[Received, ...]:
    """The feedback in these bytes; BadRequestError names the first field that is wrong."""
    try:
        check_body(raw)
        body = loads(raw)
    except StrictJSONError as error:
        raise BadRequestError(f"The body is refused: {error}.") from None
    if not isinstance(body, dict):
        raise BadRequestError("The body must be a JSON object.")
    entries = body.get("feedback")
    if not isinstance(entries, list) or not 0 < len(entries) <= AT_MOST:
        raise BadRequestError(f"feedback must be an array of 1 to {AT_MOST} objects.")
    return tuple(_entry(_object(entry, f"feedback[{at}]"), f"feedback[{at}]") for at, entry in enumerate(entries))


def _entry(entry: Json, where: str) -> Received:
    outcome = _OUTCOMES.get(entry.get("outcome")) if isinstance(entry.get("outcome"), str) else None
    if outcome is None:
        raise BadRequestError(f"{where}.outcome must be accepted or overridden.")
    system, code, comment = _reason(entry.get("overrideReason"), f"{where}.overrideReason")
    return Received(
        card=_id(entry.get("card"), f"{where}.card"),
        outcome=outcome,
        outcome_at=_moment(entry.get("outcomeTimestamp"), f"{where}.outcomeTimestamp"),
        suggestions=_suggestions(entry.get("acceptedSuggestions"), outcome, f"{where}.acceptedSuggestions"),
        reason_system=system,
        reason_code=code,
        comment=comment,
    )


def _object(value: object, where: str) -> Json:
    if not isinstance(value, dict):
        raise BadRequestError(f"{where} must be an object.")
    return value


def _text(value: object, where: str, at_most: int) -> str:
    if not isinstance(value, str) or not value.strip() or len(value) > at_most:
        raise BadRequestError(f"{where} must be a string of 1 to {at_most} characters.")
    return value


def _id(value: object, where: str) -> str:
    """An id as we sent it: a UUID in any spelling is one in ours; another id is none of ours, and may stand."""
    text = _text(value, where, ID_LENGTH)
    uuid = _UUID.fullmatch(text)
    return uuid[1].lower() if uuid else text


def _suggestions(value: object, outcome: str, where: str) -> tuple[str, ...]:
    """The set of suggestions taken, in one order."""
    if value is None and outcome == "overridden":
        return ()
    if not isinstance(value, list) or not (value or outcome == "overridden") or len(value) > AT_MOST:
        raise BadRequestError(f"{where} must be an array of 1 to {AT_MOST} objects with an id.")
    return tuple(
        sorted({_id(_object(each, f"{where}[{at}]").get("id"), f"{where}[{at}].id") for at, each in enumerate(value)})
    )


def _reason(value: object, where: str) -> tuple[str | None, str | None, str | None]:
    """System, code and comment of an overrideReason; at least a code or a comment is in one."""
    if value is None:
        return None, None, None
    reason = _object(value, where)
    coding, comment = reason.get("reason"), reason.get("userComment")
    said = None if comment in (None, "") else _text(comment, f"{where}.userComment", COMMENT_LENGTH)
    if coding is None and said is None:
        raise BadRequestError(f"{where} must have a reason, a userComment or both.")
    if coding is None:
        return None, None, said
    members = _object(coding, f"{where}.reason")
    system, code = (_text(members.get(name), f"{where}.reason.{name}", CODE_LENGTH) for name in ("system", "code"))
    return system, code, said


def _moment(value: object, where: str) -> str:
    """The moment in UTC, all digits of the second kept but zeros at the end: one moment, one text."""
    found = _MOMENT.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise BadRequestError(f"{where} must be a moment with a time zone, such as 2026-01-10T09:30:00Z.")
    day, minute, second, fraction, zone = found.groups()
    try:
        whole = datetime.fromisoformat(f"{day}T{minute}:00{zone.upper()}").astimezone(UTC) + timedelta(
            seconds=int(second)
        )
    except (ValueError, OverflowError):
        whole = None
    if whole is None or int(second) > LEAP_SECOND:
        raise BadRequestError(f"{where} must be a moment there is, such as 2026-01-10T09:30:00Z.")
    digits = (fraction or "").rstrip("0")
    return f"{whole.replace(tzinfo=None).isoformat()}{'.' if digits else ''}{digits}Z"
