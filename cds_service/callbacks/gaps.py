"""What of a call's prefetch is not whole, key by key."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from re import compile as pattern

from cds_service.same_patient import patients_in
from fhir_mappings.availability import availability_of
from fhir_mappings.look import look_at, matched_entries

_WANTED = {"conditions": b'"Condition"', "procedures": b'"Procedure"'}
_TOTAL = pattern(rb'"total"\s*:\s*([0-9]{1,18})')


class Gap(StrEnum):
    """What a key lacks."""

    ABSENT = "absent"  # left out, null, an OperationOutcome, or no FHIR
    PARTIAL = "partial"  # a next link, or an error among its entries
    SHORT = "short"  # fewer entries than its total


def gaps(prefetch: Mapping[str, bytes], keys: Iterable[str]) -> dict[str, Gap]:
    """The keys that are not whole; those found whole are missing here."""
    found = {key: _gap(key, prefetch.get(key)) for key in keys}
    return {key: gap for key, gap in found.items() if gap is not None}


def _gap(key: str, raw: bytes | None) -> Gap | None:
    if raw is None or raw == b"null" or (key == "patient" and not patients_in(raw)):
        return Gap.ABSENT
    match availability_of(raw):
        case "failed":
            return Gap.ABSENT
        case "incomplete":
            return Gap.PARTIAL
        case "found" if is_of_another_type(key, raw):
            return Gap.ABSENT
    return Gap.SHORT if is_short(raw) else None


def is_of_another_type(key: str, raw: bytes) -> bool:
    """Whether a key that was answered with resources, and is indispensable, holds none of the type that it asks for.

    Someone took one key for another: that is no answer, and least of all one that there is nothing.
    """
    return key in _WANTED and _WANTED[key] not in raw


def is_short(raw: bytes) -> bool:
    """Whether a Bundle holds fewer entries than its total says were found."""
    named = max(map(int, _TOTAL.findall(raw)), default=0)
    # each entry has one; includes and outcomes do not count, so only without them this settles it
    if named == 0 or (named <= raw.count(b'"resource"') and b'"include"' not in raw and b"Outcome" not in raw):
        return False
    return any(value.total is not None and value.total > matched_entries(value) for value in look_at(raw))
