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

_REFUSED = "105480006"  # SNOMED CT, refused by patient
_RETURNED = frozenset({"recurrence", "relapse"})

Weigh = Callable[[Concept], int]


class Matcher:
    """Weighs the entries of one call, too much rather than too little."""

    def __init__(self, by_type: Mapping[str, Weigh], drugs: Mapping[str, str], recent: frozenset[str]) -> None:
        """`recent` are the codes of results of which only the newest are asked for."""
        self._drugs, self.recent = drugs, recent
        self._marked: dict[str | None, bool] = {}
        self.results, self._conditions = Weighed(by_type["Observation"]), Weighed(by_type["Condition"])
        self._procedures, self._of_procedures = Weighed(by_type["Procedure"]), AnyWeighed(by_type["Procedure"])
        self._reports, self._of_reports = Weighed(by_type["DiagnosticReport"]), AnyWeighed(by_type["DiagnosticReport"])
        self._substances = Weighed(by_type["MedicationRequest"])
        self._status, self._refusals = Weighed(_returned), Weighed(_refused)

    def is_drug(self, look: Look) -> bool:
        """Whether a Medication is one that a rule knows."""
        return look.resource_type == "Medication" and self._substances[bytes(look.code)] == SUPPORTS

    def weigher(self, kind: str | None) -> Callable[[Look], int]:
        """What weighs entries of a type: NONE, SUPPORTS, SPEAKS or UNREADABLE; those of other types weigh nothing."""
        match kind:
            case "Condition":
                return self._condition
            case "Procedure":
                return self._procedure
            case "Observation":
                return self._observation
            case "MedicationRequest":
                return self._medication
            case "DiagnosticReport":
                return self._report
        return _nothing

    def with_marks(self, look: Look, weight: int) -> int:
        """The weight, and SPEAKS at least if an extension of the entry or a profile that it claims is of oncology."""
        if look.resource_type not in KINDS:
            return weight
        urls = [each.url for each in look.extension or ()] + ((look.meta and look.meta.profile) or [])
        return max(weight, SPEAKS) if any(map(self._is_marked, urls)) else weight

    def _observation(self, look: Look) -> int:
        return self.results[bytes(look.code)]

    def _condition(self, look: Look) -> int:
        weight, status = self._conditions[bytes(look.code)], self._status[bytes(look.clinical_status)]
        return weight if weight > status else status

    def _procedure(self, look: Look) -> int:
        weight = self._procedures[bytes(look.code)]
        if look.category:
            weight = max(weight, self._of_procedures[bytes(look.category)])
        return max(weight, self._refusals[bytes(look.status_reason)]) if look.status_reason else weight

    def _report(self, look: Look) -> int:
        return max(self._reports[bytes(look.code)], self._of_reports[bytes(look.category)])

    def _medication(self, look: Look) -> int:
        weight, reference = self._substances[bytes(look.medication_codeable_concept)], look.medication_reference
        if weight or reference is None:
            return weight
        inside = any(self._substances[bytes(part.code)] == SUPPORTS for part in look.contained or ())
        return SUPPORTS if inside or _names_drug(self._drugs, reference.display) else NONE

    def _is_marked(self, url: str | None) -> bool:
        found = self._marked.get(url)
        if found is None:
            found = self._marked[url] = marked(url)
        return found


def matcher_for(codes: CodeTable) -> Matcher:
    """A matcher for one call, by the lists of a code table."""
    return Matcher(*_prepared(codes))


@lru_cache(maxsize=8)
def _prepared(codes: CodeTable) -> tuple[Mapping[str, Weigh], Mapping[str, str], frozenset[str]]:
    """What weighs the concepts of each type, made once of a code table: tables are compared by identity."""
    lists, drugs = {kind: lists_for(kind, codes) for kind in KINDS}, codes.texts.get(DRUG, {})
    weigh: dict[str, Weigh] = {kind: partial(_weigh, lists[kind]) for kind in KINDS}
    weigh["MedicationRequest"] = partial(_drug, lists["MedicationRequest"], drugs)
    return weigh, drugs, lists["Observation"].recent


def _weigh(lists: Lists, concept: Concept) -> int:
    weight, text = NONE, concept.text
    for coding in concept.coding or ():
        if coding.code and (found := lists.weight(coding.code)) > weight:
            weight = found
    return weight if text is None or weight == SPEAKS else max(weight, lists.weight_of_text(text))


def _nothing(_look: Look) -> int:
    return NONE


def _returned(status: Concept) -> int:
    return NONE if _RETURNED.isdisjoint(status.codes()) else SPEAKS


def _refused(reason: Concept) -> int:
    return SUPPORTS if _REFUSED in reason.codes() else NONE


def _drug(lists: Lists, drugs: Mapping[str, str], concept: Concept) -> int:
    return SUPPORTS if _weigh(lists, concept) or _names_drug(drugs, concept.text) else NONE


def _names_drug(drugs: Mapping[str, str], text: str | None) -> bool:
    return text is not None and drug_in(text, drugs) is not None
