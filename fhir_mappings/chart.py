"""The whole chart after the first look: which entries hit, where each stands, and what is not the patient's."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from msgspec import Raw

from clinical_rules.facts import DataProblem
from fhir_mappings.brought import brought
from fhir_mappings.code_table import CodeTable
from fhir_mappings.concepts import UNREADABLE
from fhir_mappings.jsontools import obj, text
from fhir_mappings.linked import LINKED, name_of
from fhir_mappings.loading import SUPPORTING, load
from fhir_mappings.look import Looked, look_at, matched_entries, raw_entries, raw_entry, raw_parts
from fhir_mappings.look_shapes import Look
from fhir_mappings.matching import Matcher, matcher_for
from fhir_mappings.matching_lists import NONE, SPEAKS
from fhir_mappings.newest import newest_of_each
from fhir_mappings.ownership import Owner, foreign_problems
from fhir_mappings.place import Place
from fhir_mappings.prefetch import Prefetch, Selected
from fhir_mappings.release import OTHER_RELEASE, drugs_of_another_release
from fhir_mappings.resources import type_and_id

_FROM_CONTEXT = {
    "context.conditions": frozenset({"Condition"}),
    "context.draftOrders": frozenset({"ServiceRequest", "MedicationRequest"}),
}
"""What is read of the hook's context, whatever its code."""

_NO_RESOURCES = frozenset({None, "Bundle", "RadiationDose"})
"""What cannot be searched: no type at all, a Bundle, and a type that FHIR never had."""

_Where = tuple[str, int, int]
"""Key, value under that key, position in it: a Place before anything is known of it."""


class Chart:
    """The first look at everything a call brought."""

    def __init__(self, prefetch: Prefetch, codes: CodeTable) -> None:
        sent = brought(prefetch.raw)
        self.values = {key: sent.looks(key) for key in sorted(sent)}
        of_hook = {f"context.{name}": look_at(raw) for name, raw in sorted(prefetch.context_raw.items())}
        self._all = {**of_hook, **self.values}
        self.hits: list[Place] = []
        self.problems: list[DataProblem] = []
        self._parts: dict[tuple[str, int], list[Raw]] = {}
        self._ids: dict[str, list[_Where]] | None = None
        self._urls: dict[str, list[_Where]] | None = None
        self._loaded: dict[_Where, Selected | DataProblem] = {}
        self._owner = Owner(prefetch.patient_id, [value for values in self._all.values() for value in values])
        self._medications = False
        matcher = matcher_for(codes)
        self._recent = matcher.recent
        for key, values in self._all.items():
            for index, value in enumerate(values):
                if value.looks:
                    self._sift(key, index, value, matcher)
                self._report(key, value)
        if self._medications:
            self._follow_medications(matcher)

    def _sift(self, key: str, index: int, value: Looked, matcher: Matcher) -> None:
        """Sorts the entries of one value: hits, not the patient's, cannot be typed, no matter."""
        owns, own, wanted = self._owner.owns_reference, self._owner.own, _FROM_CONTEXT.get(key, ())
        foreign: list[tuple[Look, bool]] = []
        of_results, odd = matcher.results, 0
        before, weigh = None, matcher.weigher(None)
        for position, look in enumerate(value.looks):
            if look is None:
                continue
            kind, meta, subject = look.resource_type, look.meta, look.subject or look.patient
            if kind != before:  # mostly the entries of a value are of one type
                before, weigh = kind, matcher.weigher(kind)
            # most entries of any chart are results, told by nothing but their code
            weight = of_results[bytes(look.code)] if kind == "Observation" else weigh(look)
            if look.extension or (meta is not None and meta.profile):
                weight = matcher.with_marks(look, weight)
            if subject is not None and subject.reference not in own and not owns(subject.reference):
                foreign.append((look, weight > NONE))
            elif weight or kind in wanted:
                self.hits.append(_place(key, index, position, weight, kind in wanted))
            elif kind != "Observation":
                self._medications |= kind == "Medication"
                odd += kind in _NO_RESOURCES
        self.hits += [Place(key, index, position, broken=True) for position in value.broken]
        if foreign:
            self.problems += foreign_problems(key, foreign)
        if odd and value.is_bundle:
            detail = "entries are no resources that FHIR R4 knows, or Bundles within a Bundle; they were not read"
            self.problems.append(
                DataProblem("unreadable", key, detail, {"entries": odd}, matters=key not in SUPPORTING)
            )

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
        """A value that is neither Bundle nor resource; a Bundle that holds less than it says was found."""
        if value.refused:
            self.problems.append(DataProblem("unreadable", key, "it is neither a Bundle nor a FHIR resource"))
        if value.total is not None and value.total > (found := matched_entries(value)):
            detail = "the Bundle holds fewer entries than its total says were found"
            read = {"total": value.total, "entries": found}
            self.problems.append(DataProblem("incomplete-result", key, detail, read))
        if key == "medications" and (entries := drugs_of_another_release(value.looks)):
            self.problems.append(DataProblem("unreadable", key, OTHER_RELEASE, {"entries": entries}, matters=False))

    def raw(self, place: Place) -> tuple[bytes, str | None]:
        """The bytes and fullUrl of an entry."""
        where = (place.key, place.value)
        value = self._all[place.key][place.value]
        if where not in self._parts:
            self._parts[where] = raw_parts(value)
        return raw_entry(value, self._parts[where][place.position])

    def load(self, place: Place) -> Selected | DataProblem:
        """An entry read strictly, once."""
        where = (place.key, place.value, place.position)
        if where not in self._loaded:
            raw, full_url = self.raw(place)
            self._loaded[where] = load(raw, place.key, full_url)
        return self._loaded[where]

    def find(self, names: Iterable[str]) -> list[Place]:
        """The patient's own entries that are called by one of these names: a fullUrl, or `Type/id`."""
        found: list[_Where] = []
        for name in names:
            found += self._named(name)
            if ":" in name:
                found += self._by_url().get(name, ())
        places = [Place(*where) for where in found]
        return [place for place in places if (look := self._look(place)) is not None and self._owner.owns(look)]

    def _named(self, name: str) -> list[_Where]:
        """The entries of a `Type/id`; they are kept by id, for the names of all would be dear to make."""
        if self._ids is None:
            self._ids = defaultdict(list)
            for key, index, position, look in self._looks():
                if look.id is not None:
                    self._ids[look.id].append((key, index, position))
        found = self._ids.get(name.rpartition("/")[2], ())
        return [where for where in found if name_of(self._look(Place(*where))) == name]

    def _by_url(self) -> Mapping[str, list[_Where]]:
        if self._urls is None:
            self._urls = defaultdict(list)
            for key, values in self._all.items():
                for index, value in enumerate(values):
                    for position, (_, full_url) in enumerate(raw_entries(value)):
                        look = value.looks[position]
                        if full_url and look is not None and look.resource_type in LINKED:
                            self._urls[full_url].append((key, index, position))
        return self._urls

    def owns(self, entry: Selected) -> bool:
        """Whether an entry that could not be typed may be the patient's."""
        subject = obj(entry.resource.get("subject")) or obj(entry.resource.get("patient"))
        return self._owner.owns_reference(text(subject.get("reference")))

    def _looks(self) -> Iterable[tuple[str, int, int, Look]]:
        for key, values in self._all.items():
            for index, value in enumerate(values):
                for position, look in enumerate(value.looks):
                    if look is not None:
                        yield key, index, position, look


def _place(key: str, index: int, position: int, weight: int, context: bool) -> Place:
    if context:
        return Place(key, index, position, context=True)
    return Place(key, index, position, broken=weight == UNREADABLE, speaks=weight >= SPEAKS)
