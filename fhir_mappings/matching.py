"""Which resources can matter to a rule: by code alone, a superset, cheap enough for every entry of a chart.

A resource *speaks* if a card can rest on it (a cancer, radiotherapy, the course of the disease); it *supports* if
it only adds to what others say (a blood count). A chart in which nothing speaks is not looked at again.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache, partial

from fhir_mappings.code_table import CodeTable
from fhir_mappings.concepts import AnyWeighed, Concept, Weighed
from fhir_mappings.look_shapes import Look
from fhir_mappings.matching_lists import KINDS, NONE, SPEAKS, SUPPORTS, Lists, lists_for, marked
from fhir_mappings.roles import DRUG, drug_in

CODED = ("Condition", "Procedure", "Observation", "DiagnosticReport")
CATEGORISED = ("Procedure", "DiagnosticReport")
"""Resource types of which the code, and the category too, may tell that they matter."""

_REFUSED = "105480006"  # SNOMED CT, refused by patient
_RETURNED = frozenset({"recurrence", "relapse"})


class Matcher:
    """Weighs the entries of one call, too much rather than too little."""

    def __init__(self, lists: Mapping[str, Lists], drugs: Mapping[str, str]) -> None:
        self._lists, self._drugs = lists, drugs
        self._marked: dict[str | None, bool] = {}
        self._conditions, self._procedures, self.observations, self._reports = (
            Weighed(partial(_weigh, lists[kind])) for kind in CODED
        )
        self._of_procedures, self._of_reports = (AnyWeighed(partial(_weigh, lists[kind])) for kind in CATEGORISED)
        self._status, self._refusals, self._substances = Weighed(_returned), Weighed(_refused), Weighed(self._drug)

    @property
    def recent(self) -> frozenset[str]:
        """The codes of results of which only the newest are asked for."""
        return self._lists["Observation"].recent

    def is_drug(self, look: Look) -> bool:
        """Whether a Medication is one that a rule knows."""
        return look.resource_type == "Medication" and self._substances[bytes(look.code)] == SUPPORTS

    def weigh(self, look: Look) -> int:
        """NONE, SUPPORTS, SPEAKS or UNREADABLE, by what tells most of each type; other types weigh nothing."""
        weigher = _WEIGHERS.get(look.resource_type)
        return NONE if weigher is None else weigher(self, look)

    def _observation(self, look: Look) -> int:
        return self.observations[bytes(look.code)]

    def _condition(self, look: Look) -> int:
        weight, status = self._conditions[bytes(look.code)], self._status[bytes(look.clinical_status)]
        return weight if weight > status else status

    def _procedure(self, look: Look) -> int:
        by_code, by_category = self._procedures[bytes(look.code)], self._of_procedures[bytes(look.category)]
        return max(by_code, by_category, self._refusals[bytes(look.status_reason)] if look.status_reason else NONE)

    def _report(self, look: Look) -> int:
        return max(self._reports[bytes(look.code)], self._of_reports[bytes(look.category)])

    def _medication(self, look: Look) -> int:
        weight, reference = self._substances[bytes(look.medication_codeable_concept)], look.medication_reference
        if weight or reference is None:
            return weight
        inside = any(self._substances[bytes(part.code)] == SUPPORTS for part in look.contained or ())
        return SUPPORTS if inside or self._names_drug(reference.display) else NONE

    def with_marks(self, look: Look, weight: int) -> int:
        """The weight, and SPEAKS at least if an extension of the entry or a profile that it claims is of oncology."""
        if look.resource_type not in _WEIGHERS:
            return weight
        urls = [each.url for each in look.extension or ()] + ((look.meta and look.meta.profile) or [])
        return max(weight, SPEAKS) if any(map(self._is_marked, urls)) else weight

    def _is_marked(self, url: str | None) -> bool:
        found = self._marked.get(url)
        if found is None:
            found = self._marked[url] = marked(url)
        return found

    def _drug(self, concept: Concept) -> int:
        known = _weigh(self._lists["MedicationRequest"], concept) or self._names_drug(concept.text)
        return SUPPORTS if known else NONE

    def _names_drug(self, text: str | None) -> bool:
        return text is not None and drug_in(text, self._drugs) is not None


_WEIGHERS: Mapping[str | None, Callable[[Matcher, Look], int]] = {
    "Condition": Matcher._condition,
    "Procedure": Matcher._procedure,
    "Observation": Matcher._observation,
    "MedicationRequest": Matcher._medication,
    "DiagnosticReport": Matcher._report,
}


def _weigh(lists: Lists, concept: Concept) -> int:
    weight, text = NONE, concept.text
    for coding in concept.coding or ():
        if coding.code and (found := lists.weight(coding.code)) > weight:
            weight = found
    return weight if text is None or weight == SPEAKS else max(weight, lists.weight_of_text(text))


def _returned(status: Concept) -> int:
    return NONE if _RETURNED.isdisjoint(status.codes()) else SPEAKS


def _refused(reason: Concept) -> int:
    return SUPPORTS if _REFUSED in reason.codes() else NONE


def matcher_for(codes: CodeTable) -> Matcher:
    """A matcher for one call, by the lists of a code table."""
    return Matcher(_lists_of(codes), codes.texts.get(DRUG, {}))


@lru_cache(maxsize=8)
def _lists_of(codes: CodeTable) -> Mapping[str, Lists]:
    """The lists of a code table, made once: tables are compared by identity."""
    return {kind: lists_for(kind, codes) for kind in KINDS}
