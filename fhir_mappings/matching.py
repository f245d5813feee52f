"""Which resources can matter to a rule: by code alone, a superset, cheap enough for every entry of a chart.

A resource *speaks* if a card can rest on it (a cancer, radiotherapy, the course of the disease); it *supports* if
it only adds to what others say (a blood count). A chart in which nothing speaks is not looked at again.
"""

from collections.abc import Mapping
from functools import lru_cache

import msgspec

from fhir_mappings.code_table import CodeTable
from fhir_mappings.look_shapes import Concept, Look
from fhir_mappings.matching_lists import KINDS, NONE, SPEAKS, SUPPORTS, Lists, lists_for, marked
from fhir_mappings.radiotherapy_terms import text_meaning
from fhir_mappings.roles import DRUG, drug_in

_CATEGORY = msgspec.json.Decoder(list[Concept] | Concept | None)
_REFUSED = frozenset({"105480006"})  # SNOMED CT, refused by patient
_RETURNED = frozenset({"recurrence", "relapse"})


class Codes:
    """What the codes and texts of one resource type weigh; those of one call repeat, so each is looked up once."""

    __slots__ = ("_texts", "by_category", "categories", "known", "lists")

    def __init__(self, lists: Lists) -> None:
        self.lists, self.by_category = lists, lists.by_category
        self.known: dict[str | None, int] = {}
        self.categories: dict[bytes, int] = {}
        self._texts: dict[str, int] = {}

    def weigh(self, concept: Concept) -> int:
        """NONE, SUPPORTS or SPEAKS."""
        weight, codes = NONE, self.known
        for coding in concept.coding or ():
            if code := coding.code:
                found = codes.get(code)
                if found is None:
                    found = codes[code] = self.lists.weight(code)
                if found > weight:
                    weight = found
        text = concept.text
        if text is None or weight == SPEAKS:
            return weight
        if text not in self._texts:
            self._texts[text] = self._weigh_text(" ".join(text.lower().split()))
        return max(weight, self._texts[text])

    def _weigh_text(self, text: str) -> int:
        lists = self.lists
        if text in lists.speaking_texts or (lists.radiotherapy and text_meaning(text) is not None):
            return SPEAKS
        return SUPPORTS if text in lists.texts else NONE


class Matcher:
    """Weighs the entries of one call, too much rather than too little."""

    __slots__ = ("_drugs", "_kinds", "_marked")

    def __init__(self, lists: Mapping[str, Lists], drugs: Mapping[str, str]) -> None:
        self._kinds: dict[str | None, Codes] = {kind: Codes(lists[kind]) for kind in lists}
        self._drugs = drugs
        self._marked: dict[str | None, bool] = {}

    @property
    def recent(self) -> frozenset[str]:
        """The codes of results of which only the newest are asked for."""
        return self._kinds["Observation"].lists.recent

    def weigh(self, look: Look) -> int:
        """NONE, SUPPORTS or SPEAKS."""
        kind = look.resource_type
        codes = self._kinds.get(kind)
        if codes is None:
            return NONE
        if kind == "MedicationRequest":
            return self._medication(look)
        extension, meta, code = look.extension, look.meta, look.code
        if extension and any(self._is_marked(each.url) for each in extension):
            return SPEAKS
        if meta is not None and meta.profile and any(map(self._is_marked, meta.profile)):
            return SPEAKS
        if kind == "Observation":  # before the others, for most of any chart is laboratory results
            return _of_one(code, codes) if code is not None else NONE
        if kind == "Condition" and look.clinical_status and _has(look.clinical_status, _RETURNED):
            return SPEAKS
        if kind == "Procedure" and look.status_reason and _has(look.status_reason, _REFUSED):
            return _by_category(look, codes) or SUPPORTS
        weight = codes.weigh(code) if code is not None else NONE
        return weight if weight == SPEAKS or not codes.by_category else _by_category(look, codes)

    def is_drug(self, look: Look) -> bool:
        """Whether a Medication is one that a rule knows."""
        return look.resource_type == "Medication" and bool(look.code) and self._is_drug(look.code)

    def _is_marked(self, url: str | None) -> bool:
        found = self._marked.get(url)
        if found is None:
            found = self._marked[url] = marked(url)
        return found

    def _medication(self, look: Look) -> int:
        concept, reference = look.medication_codeable_concept, look.medication_reference
        if self._is_drug(concept):
            return SUPPORTS
        if reference is None:
            return NONE
        inside = any(self._is_drug(part.code) for part in look.contained or ())
        return SUPPORTS if inside or self._names_drug(reference.display) else NONE

    def _is_drug(self, concept: Concept | None) -> bool:
        return concept is not None and bool(
            self._kinds["MedicationRequest"].weigh(concept) or self._names_drug(concept.text)
        )

    def _names_drug(self, text: str | None) -> bool:
        return text is not None and drug_in(text, self._drugs) is not None


def _of_one(concept: Concept, codes: Codes) -> int:
    """What a concept of one coding without text weighs, as most are; else what any does."""
    coding = concept.coding
    if coding is not None and len(coding) == 1 and concept.text is None:
        known = codes.known.get(coding[0].code)
        if known is not None:
            return known
    return codes.weigh(concept)


def _by_category(look: Look, codes: Codes) -> int:
    weight = codes.weigh(look.code) if look.code else NONE
    raw = bytes(look.category)
    if raw not in codes.categories:
        codes.categories[raw] = max(map(codes.weigh, _concepts(raw)), default=NONE)
    return max(weight, codes.categories[raw])


def _concepts(raw: bytes) -> list[Concept]:
    try:
        found = _CATEGORY.decode(raw) if raw else None
    except msgspec.MsgspecError:
        return []
    return found if isinstance(found, list) else [found] if found else []


def _has(concept: Concept, wanted: frozenset[str]) -> bool:
    return any(coding.code in wanted for coding in concept.coding or ())


def matcher_for(codes: CodeTable) -> Matcher:
    """A matcher for one call, by the lists of a code table."""
    return Matcher(_lists_of(codes), codes.texts.get(DRUG, {}))


@lru_cache(maxsize=8)
def _lists_of(codes: CodeTable) -> Mapping[str, Lists]:
    """The lists of a code table, made once: tables are compared by identity."""
    return {kind: lists_for(kind, codes) for kind in KINDS}
