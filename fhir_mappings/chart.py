"""The whole chart after the first look: which entries hit, where each stands, and what is not the patient's."""

from collections.abc import Iterable
from dataclasses import dataclass

from clinical_rules.facts import DataProblem
from fhir_mappings.code_table import CodeTable
from fhir_mappings.linked import name_of
from fhir_mappings.loading import load
from fhir_mappings.look import Look, Looked, look_at, raw_entries
from fhir_mappings.matching import Matcher, matcher_for
from fhir_mappings.ownership import Owner, foreign_problems, owner_of
from fhir_mappings.prefetch import Prefetch, Selected

_FROM_CONTEXT = {
    "context.conditions": frozenset({"Condition"}),
    "context.draftOrders": frozenset({"ServiceRequest", "MedicationRequest"}),
}
"""What is read of the hook's context, whatever its code."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where an entry stands: key, value under that key, position in it."""

    key: str
    value: int
    position: int
    broken: bool = False
    context: bool = False


class Chart:
    """The first look at everything a call brought."""

    def __init__(self, prefetch: Prefetch, codes: CodeTable) -> None:
        brought = {**prefetch.raw, **{f"context.{name}": raw for name, raw in prefetch.context_raw.items()}}
        self._all = {key: look_at(brought[key]) for key in sorted(brought)}
        self.values = {key: self._all[key] for key in prefetch.raw}
        self.hits: list[Place] = []
        self.problems: list[DataProblem] = []
        self._raw: dict[tuple[str, int], list[tuple[bytes, str | None]]] = {}
        self._names: dict[str, Place] | None = None
        self._loaded: dict[Place, Selected | DataProblem] = {}
        owner = owner_of(prefetch.patient_id, (value for values in self._all.values() for value in values))
        self._owner, matcher = owner, matcher_for(codes)
        for key, values in self._all.items():
            for index, value in enumerate(values):
                self._sift(key, index, value, matcher)
                self._report(key, value)

    def _sift(self, key: str, index: int, value: Looked, matcher: Matcher) -> None:
        """Sorts the entries of one value: hits, not the patient's, cannot be typed, no matter."""
        owns, matches, wanted = self._owner.owns, matcher.matches, _FROM_CONTEXT.get(key, frozenset())
        foreign: list[tuple[Look, bool]] = []
        for position, look in enumerate(value.looks):
            if look is None:
                continue
            if not owns(look):
                foreign.append((look, matches(look)))
            elif look.resource_type in wanted:
                self.hits.append(Place(key, index, position, context=True))
            elif matches(look):
                self.hits.append(Place(key, index, position))
        self.hits += [Place(key, index, position, broken=True) for position in value.broken]
        if foreign:
            self.problems += foreign_problems(key, foreign)

    def _report(self, key: str, value: Looked) -> None:
        """A Bundle that holds less than it says was found."""
        if value.total is not None and value.total > (found := _matches(value)):
            detail = "the Bundle holds fewer entries than its total says were found"
            read = {"total": value.total, "entries": found}
            self.problems.append(DataProblem("incomplete-result", key, detail, read))

    def raw(self, place: Place) -> tuple[bytes, str | None]:
        """The bytes and fullUrl of an entry."""
        where = (place.key, place.value)
        if where not in self._raw:
            self._raw[where] = raw_entries(self._all[place.key][place.value])
        return self._raw[where][place.position]

    def load(self, place: Place) -> Selected | DataProblem:
        """An entry read strictly, once."""
        if place not in self._loaded:
            raw, full_url = self.raw(place)
            self._loaded[place] = load(raw, place.key, full_url)
        return self._loaded[place]

    def find(self, names: Iterable[str]) -> Place | None:
        """The patient's own entry that is called by one of these names: a fullUrl, or `Type/id`."""
        if self._names is None:
            self._names = dict(self._named())
        return next((place for name in names if (place := self._names.get(name))), None)

    def _named(self) -> Iterable[tuple[str, Place]]:
        for key, values in self._all.items():
            for index, value in enumerate(values):
                for position, look in enumerate(value.looks):
                    name = name_of(look)
                    if look is None or name is None or not self._owner.owns(look):
                        continue
                    place = Place(key, index, position)
                    full_url = self.raw(place)[1]
                    yield name, place
                    if full_url:
                        yield full_url, place


def _matches(value: Looked) -> int:
    """Entries that the search matched: those it only included, and its own messages, do not count."""
    if b'"include"' not in value.raw and b'"outcome"' not in value.raw:
        return sum(look is None or look.resource_type != "OperationOutcome" for look in value.looks)
    return matched_entries(value)
