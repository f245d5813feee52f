"""Which resources can matter to a rule: by code alone, a superset, cheap enough for every entry of a chart.

A resource *speaks* if a card can rest on it (a cancer, radiotherapy, the course of the disease); it *supports* if
it only adds to what others say (a blood count). A chart in which nothing speaks is not looked at again.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from fhir_mappings.code_table import CodeTable
from fhir_mappings.look import Concept, Look
from fhir_mappings.matching_lists import KINDS, NONE, SPEAKS, SUPPORTS, Lists, lists_for, marked, weight_of
from fhir_mappings.radiotherapy_terms import text_meaning
from fhir_mappings.roles import DRUG, drug_in

_REFUSED = frozenset({"105480006"})  # SNOMED CT, refused by patient
_RETURNED = frozenset({"recurrence", "relapse"})


@dataclass(frozen=True, slots=True)
class Matcher:
    """The lists of codes per resource type; the names of drugs."""

    lists: Mapping[str, Lists]
    drugs: Mapping[str, str]

    def weigh(self, look: Look) -> int:
        """NONE, SUPPORTS or SPEAKS; too much rather than too little."""
        kind = look.resource_type
        lists = self.lists.get(kind) if kind else None
        if lists is None:
            return NONE
        if kind == "MedicationRequest":
            return self._medication(look, lists)
        if look.extension and any(marked(extension.url) for extension in look.extension):
            return SPEAKS
        if look.meta and look.meta.profile and any(map(marked, look.meta.profile)):
            return SPEAKS
        if kind == "Condition" and look.clinical_status and _has(look.clinical_status, _RETURNED):
            return SPEAKS
        if kind == "Procedure" and look.status_reason and _has(look.status_reason, _REFUSED):
            return _by_category(look, lists) or SUPPORTS
        weight = _weigh(look.code, lists) if look.code else NONE
        return weight if weight == SPEAKS or not look.category or not lists.by_category else _by_category(look, lists)

    def is_drug(self, look: Look) -> bool:
        """Whether a Medication is one that a rule knows."""
        return look.resource_type == "Medication" and bool(look.code) and self._is_drug(look.code)

    def _medication(self, look: Look, lists: Lists) -> int:
        concept, reference = look.medication_codeable_concept, look.medication_reference
        if concept is not None and (_weigh(concept, lists) or self._names_drug(concept.text)):
            return SUPPORTS
        if reference is None:
            return NONE
        inside = any(self._is_drug(part.code) for part in look.contained or ())
        return SUPPORTS if inside or self._names_drug(reference.display) else NONE

    def _is_drug(self, concept: Concept | None) -> bool:
        return concept is not None and bool(
            _weigh(concept, self.lists["MedicationRequest"]) or self._names_drug(concept.text)
        )

    def _names_drug(self, text: str | None) -> bool:
        return text is not None and drug_in(text, self.drugs) is not None


def _weigh(concept: Concept, lists: Lists) -> int:
    weight = NONE
    for coding in concept.coding or ():
        if coding.code and (found := weight_of(lists, coding.code)) > weight:
            weight = found
    if weight == SPEAKS or concept.text is None:
        return weight
    text = " ".join(concept.text.lower().split())
    if text in lists.speaking_texts or (lists.radiotherapy and text_meaning(text) is not None):
        return SPEAKS
    return SUPPORTS if text in lists.texts else weight


def _by_category(look: Look, lists: Lists) -> int:
    concepts = look.category if isinstance(look.category, list) else [look.category] if look.category else []
    weights = [_weigh(concept, lists) for concept in concepts]
    return max((_weigh(look.code, lists) if look.code else NONE, *weights))


def _has(concept: Concept, wanted: frozenset[str]) -> bool:
    return any(coding.code in wanted for coding in concept.coding or ())


@lru_cache(maxsize=8)
def matcher_for(codes: CodeTable) -> Matcher:
    """The matcher of a code table, made once: tables are compared by identity."""
    return Matcher({kind: lists_for(kind, codes) for kind in KINDS}, codes.texts.get(DRUG, {}))
