"""Whether a prefetch key was answered: found something, found nothing, failed, or came incomplete."""

from collections.abc import Sequence

import msgspec

from clinical_rules.facts import Availability
from fhir_mappings.look import Looked, raw_entries

_TELLING = frozenset({None, "OperationOutcome"})
_SEVERE = frozenset({"error", "fatal"})


class _Issue(msgspec.Struct, gc=False):
    severity: str | None = None


class _Outcome(msgspec.Struct, gc=False):
    issue: list[_Issue] | None = None


_OUTCOME = msgspec.json.Decoder(_Outcome)


def availability(values: Sequence[Looked]) -> Availability:
    """What became of a key, by its value: null, text, an OperationOutcome or no resource at all count as failed.

    Of several Bundles (pages) the worst counts.
    """
    if len(values) == 1:
        return _of_one(values[0])
    found = [_of_one(value) for value in values]
    if not found:
        return "failed"
    worst: tuple[Availability, ...] = ("failed", "incomplete", "found", "nothing-found")
    return next(state for state in worst if state in found)


def _of_one(value: Looked) -> Availability:
    kinds = {look.resource_type if look else None for look in value.looks}
    if value.is_bundle and not value.next_link and not value.refused and _TELLING.isdisjoint(kinds):  # as most are
        return "found" if kinds else "nothing-found"
    if value.refused or (not value.is_bundle and not value.broken and kinds <= _TELLING):
        return "failed"
    failures = "OperationOutcome" in kinds and _severe(value)
    untyped = None in kinds and any(look is not None and look.resource_type is None for look in value.looks)
    resources = bool(kinds - _TELLING or value.broken or untyped)
    if value.next_link or failures:
        return "failed" if failures and not resources else "incomplete"
    return "found" if resources else "nothing-found"


def _severe(value: Looked) -> bool:
    """Whether an OperationOutcome among the entries tells of an error; one that cannot be read does."""
    parts = zip(value.looks, raw_entries(value), strict=True)
    return any(_is_severe(raw) for look, (raw, _) in parts if look and look.resource_type == "OperationOutcome")


def _is_severe(raw: bytes) -> bool:
    try:
        issues = _OUTCOME.decode(raw).issue or ()
    except msgspec.DecodeError:
        return True
    return not issues or any(issue.severity in _SEVERE or issue.severity is None for issue in issues)
