"""The whole chart after the first look: which entries hit, where each stands, and what is not the patient's."""

from collections import defaultdict
from collections.abc import Iterable

from clinical_rules.facts import DataProblem
from fhir_mappings.code_table import CodeTable
from fhir_mappings.jsontools import obj, text
from fhir_mappings.linked import name_of
from fhir_mappings.loading import load
from fhir_mappings.look import Look, Looked, look_at, matched_entries, raw_entries
from fhir_mappings.matching import Matcher, matcher_for
from fhir_mappings.matching_lists import NONE, SPEAKS
from fhir_mappings.newest import newest_of_each
from fhir_mappings.ownership import Owner, foreign_problems
from fhir_mappings.place import Place
from fhir_mappings.prefetch import Prefetch, Selected
from fhir_mappings.resources import type_and_id

_FROM_CONTEXT = {
    "context.conditions": frozenset({"Condition"}),
    "context.draftOrders": frozenset({"ServiceRequest", "MedicationRequest"}),
}
"""What is read of the hook's context, whatever its code."""


class Chart:
    """The first look at everything a call brought."""

    def __init__(self, prefetch: Prefetch, codes: CodeTable) -> None:
        brought = {**prefetch.raw, **{f"context.{name}": raw for name, raw in prefetch.context_raw.items()}}
        self._all = {key: look_at(brought[key]) for key in sorted(brought)}
        self.values = {key: self._all[key] for key in prefetch.raw}
        self.hits: list[Place] = []
        self.problems: list[DataProblem] = []
        self._raw: dict[tuple[str, int], list[tuple[bytes, str | None]]] = {}
        self._names: dict[str, list[Place]] | None = None
        self._loaded: dict[tuple[str, int, int], Selected | DataProblem] = {}
        self._owner = Owner(prefetch.patient_id, [value for values in self._all.values() for value in values])
        self._medications = False
        matcher = matcher_for(codes)
        self._recent = matcher.lists["Observation"].recent
        for key, values in self._all.items():
            for index, value in enumerate(values):
                self._sift(key, index, value, matcher)
                self._report(key, value)
        if self._medications:
            self._follow_medications(matcher)

    def _sift(self, key: str, index: int, value: Looked, matcher: Matcher) -> None:
        """Sorts the entries of one value: hits, not the patient's, cannot be typed, no matter."""
        owns, own, weigh = self._owner.owns_reference, self._owner.own, matcher.weigh
        wanted = _FROM_CONTEXT.get(key, frozenset())
        foreign: list[tuple[Look, bool]] = []
        for position, look in enumerate(value.looks):
            if look is None:
                continue
            subject = look.subject or look.patient
            if subject is not None and subject.reference not in own and not owns(subject.reference):
                foreign.append((look, weigh(look) > NONE))
            elif look.resource_type in wanted:
                self.hits.append(Place(key, index, position, context=True))
            elif weight := weigh(look):
                self.hits.append(Place(key, index, position, speaks=weight == SPEAKS))
            elif look.resource_type == "Medication":
                self._medications = True
        self.hits += [Place(key, index, position, broken=True) for position in value.broken]
        if foreign:
            self.problems += foreign_problems(key, foreign)

    def _follow_medications(self, matcher: Matcher) -> None:
        """Orders that name their drug by reference to a Medication that came along."""
        medications = {name_of(look) for *_, look in self._looks() if matcher.is_drug(look)}
        if not medications:
            return
        for key, index, position, look in self._looks():
            reference = look.medication_reference and look.medication_reference.reference
            if reference and type_and_id(reference) in medications and self._owner.owns(look):
                self.hits.append(Place(key, index, position, speaks=False))

    def supporting(self) -> list[Place]:
        """The hits that only add to others; of laboratory values only the newest few of each code."""
        places = [place for place in self.hits if not place.speaks]
        return newest_of_each([(place, self._look(place)) for place in places], self._recent)

    def _look(self, place: Place) -> Look | None:
        return self._all[place.key][place.value].looks[place.position]

    def _report(self, key: str, value: Looked) -> None:
        """A Bundle that holds less than it says was found."""
        if value.total is not None and value.total > (found := matched_entries(value)):
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
        where = (place.key, place.value, place.position)
        if where not in self._loaded:
            raw, full_url = self.raw(place)
            self._loaded[where] = load(raw, place.key, full_url)
        return self._loaded[where]

    def find(self, names: Iterable[str]) -> list[Place]:
        """The patient's own entries that are called by one of these names: a fullUrl, or `Type/id`."""
        if self._names is None:
            self._names = defaultdict(list)
            for name, place in self._named():
                self._names[name].append(place)
        return [place for name in names for place in self._names.get(name, ())]

    def owns(self, entry: Selected) -> bool:
        """Whether an entry that could not be typed may be the patient's."""
        subject = obj(entry.resource.get("subject")) or obj(entry.resource.get("patient"))
        return self._owner.owns_reference(text(subject.get("reference")))

    def _named(self) -> Iterable[tuple[str, Place]]:
        for key, index, position, look in self._looks():
            name = name_of(look)
            if name is not None and self._owner.owns(look):
                place = Place(key, index, position)
                yield name, place
                full_url = self.raw(place)[1]
                if full_url:
                    yield full_url, place

    def _looks(self) -> Iterable[tuple[str, int, int, Look]]:
        for key, values in self._all.items():
            for index, value in enumerate(values):
                for position, look in enumerate(value.looks):
                    if look is not None:
                        yield key, index, position, look
