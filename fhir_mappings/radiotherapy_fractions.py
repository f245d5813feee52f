"""How many fractions: stated with the dose, else for the record, else sessions (a guess), else total by single dose."""

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal

from fhir_mappings.radiotherapy_elements import inner, tail, value_of
from fhir_mappings.radiotherapy_notes import Notes
from fhir_mappings.units import count

FractionsFrom = Literal["stated", "sessions", "division"]


@dataclass(frozen=True, slots=True)
class StatedCounts:
    """The counts a record states: `inner` beside the dose, `top` for the whole record, and its sessions."""

    inner: int | None = None
    top: int | None = None
    sessions: int | None = None

    def with_inner(self, number: int | None) -> "StatedCounts":
        """The same with the count that stands beside one dose."""
        return replace(self, inner=number)


@dataclass(frozen=True, slots=True)
class Fractions:
    """A number of fractions and where it came from."""

    number: int | None = None
    source: FractionsFrom | None = None


def read_count(element: object, names: tuple[str, ...], notes: Notes) -> int | None:
    """The count of the first extension with one of these names; text is not read as a number."""
    found = None
    for part in inner(element, *names):
        number = count(value_of(part))
        if number is None:
            notes.unreadable(tail(part.get("url")), "a whole number")
        elif found is None:
            found = number
    return found


def settle_fractions(
    total_gy: Decimal | None, fraction_gy: Decimal | None, counts: StatedCounts, notes: Notes
) -> Fractions:
    """The fractions of a dose by the best source; zero fractions for a dose above zero is a contradiction."""
    stated = next((number for number in (counts.inner, counts.top) if number), None)
    if stated is not None:
        return Fractions(stated, "stated")
    if 0 in (counts.inner, counts.top) and total_gy is not None and total_gy > 0:
        notes.add("missing-fractions", "a dose above 0 Gy is stated with 0 fractions", {"fractions": 0})
        return Fractions()
    if counts.sessions:
        return Fractions(counts.sessions, "sessions")
    return _by_division(total_gy, fraction_gy)


def _by_division(total_gy: Decimal | None, fraction_gy: Decimal | None) -> Fractions:
    """Total by dose per fraction, where it divides exactly."""
    if total_gy is None or fraction_gy is None or total_gy <= 0 or fraction_gy <= 0 or total_gy % fraction_gy != 0:
        return Fractions()
    return Fractions(int(total_gy / fraction_gy), "division")
