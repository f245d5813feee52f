"""Feedback as it is kept: one row for each outcome, under a key that is the same however often it is sent."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, Literal

from cds_service.store.answers import caller_columns
from cds_service.trust.caller import Caller


@dataclass(frozen=True, slots=True)
class Received:
    """What a clinician did with one card. `outcome_at` is UTC with as many digits as were sent."""

    card: str
    outcome: Literal["accepted", "overridden"]
    outcome_at: str
    suggestions: tuple[str, ...] = ()
    reason_system: str | None = None
    reason_code: str | None = None
    comment: str | None = None


def rows_of(
    received: Sequence[Received], service_id: str, caller: Caller | None, *, at: datetime, comments: bool
) -> list[dict[str, Any]]:
    """Rows of the table `feedback`; the free text only where it is to be kept."""
    columns = caller_columns(caller)
    return [
        {
            **columns,
            "key": _key(each, service_id, columns["issuer"]),
            "received_at": at,
            "service": service_id,
            "card": each.card,
            "known": False,  # until it is joined, in the same transaction
            "outcome": each.outcome,
            "outcome_at": each.outcome_at,
            "suggestions": list(each.suggestions),
            "reason_system": each.reason_system,
            "reason_code": each.reason_code,
            "commented": each.comment is not None,
            "comment": each.comment if comments else None,
        }
        for each in received
    ]


def _key(received: Received, service_id: str, issuer: str) -> str:
    parts = (issuer, service_id, received.card, received.outcome, received.outcome_at, *received.suggestions)
    # the length of each part goes first: no two lists of parts are written alike
    return sha256(b"".join(b"%d:%s" % (len(part), part) for part in map(str.encode, parts))).hexdigest()
