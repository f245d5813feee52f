"""What of a call's prefetch is not whole, key by key."""

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum

from cds_service.same_patient import patients_in
from fhir_mappings.availability import availability
from fhir_mappings.brought import brought
from fhir_mappings.look import Looked, kinds_in, matched_entries

_WANTED = {"conditions": "Condition", "procedures": "Procedure"}


class Gap(StrEnum):
    """What a key lacks."""

    ABSENT = "absent"  # left out, null, an OperationOutcome, or no FHIR
    PARTIAL = "partial"  # a next link, or an error among its entries
    SHORT = "short"  # fewer entries than its total


def gaps(prefetch: Mapping[str, bytes], keys: Iterable[str]) -> dict[str, Gap]:
    """The keys that are not whole; those found whole are missing here."""
    sent = brought(prefetch)
    found = {key: _gap(key, sent.looks(key)) for key in keys}
    return {key: gap for key, gap in found.items() if gap is not None}


def _gap(key: str, values: Sequence[Looked]) -> Gap | None:
    if key == "patient" and not patients_in(values):
        return Gap.ABSENT
    match availability(values):
        case "failed":
            return Gap.ABSENT
        case "incomplete":
            return Gap.PARTIAL
        case "found" if is_of_another_type(key, values):
            return Gap.ABSENT
    return Gap.SHORT if is_short(values) else None


def is_of_another_type(key: str, values: Iterable[Looked]) -> bool:
    """Whether a key that was answered with resources, and is indispensable, holds none of the type that it asks for.

    Someone took one key for another: that is no answer, and least of all one that there is nothing. An entry that
    does not say what it is may be what was asked for if its type is named anywhere.
    """
    wanted = _WANTED.get(key)
    return wanted is not None and not any(_may_hold(wanted, value) for value in values)


def _may_hold(wanted: str, value: Looked) -> bool:
    if any(look is not None and look.resource_type == wanted for look in value.looks):
        return True
    kinds = {kind for kind, _ in kinds_in(value)}
    return wanted in kinds or (None in kinds and f'"{wanted}"'.encode() in value.cut())


def is_short(values: Iterable[Looked]) -> bool:
    """Whether a Bundle holds fewer entries than its total says were found."""
    return any(value.total is not None and value.total > matched_entries(value) for value in values)
