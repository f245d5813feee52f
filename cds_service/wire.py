"""JSON out: decimals as written, never NaN; and the OperationOutcome of an error."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from math import isfinite

import msgspec
from flask import Response

JSON_TYPE = "application/json"
FHIR_TYPE = "application/fhir+json"
NO_CARDS = b'{"cards":[]}'
_KEPT_BY_NOBODY = [("Cache-Control", "no-store"), ("X-Content-Type-Options", "nosniff")]

_ENCODER = msgspec.json.Encoder(decimal_format="number")
_SIGNS = (b"null", b"NaN", b"Infinity")
"""How numbers that are not finite are written, and a few texts: where none is, no value need be looked at."""


def to_json(value: object) -> bytes:
    """The value as JSON; ValueError for a number that JSON does not have."""
    encoded = _ENCODER.encode(value)
    if any(sign in encoded for sign in _SIGNS) and not _finite(value):
        raise ValueError("a number that is not finite cannot be sent")
    return encoded


def _finite(value: object) -> bool:
    if isinstance(value, str | int) or value is None:
        return True
    if isinstance(value, float):
        return isfinite(value)
    if isinstance(value, Decimal):
        return value.is_finite()
    if isinstance(value, Mapping):
        return all(map(_finite, value.values()))
    return not isinstance(value, Sequence) or all(map(_finite, value))


def json_answer(body: bytes, *, media_type: str = JSON_TYPE, status: int = 200) -> Response:
    """An answer that no one in between may keep: it may be about a patient."""
    return Response(body, status=status, headers=_KEPT_BY_NOBODY, content_type=media_type)


def outcome(status: int, code: str, texts: Iterable[str], correlation_id: str) -> Response:
    """An error as an OperationOutcome: what is wrong in words, and the id under which our log has it."""
    issues = [
        {"severity": "error", "code": code, "details": {"text": text}, "diagnostics": correlation_id} for text in texts
    ]
    return json_answer(
        to_json({"resourceType": "OperationOutcome", "issue": issues}), media_type=FHIR_TYPE, status=status
    )
