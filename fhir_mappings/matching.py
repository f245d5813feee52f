"""Which resources can matter to a rule: a superset, by code alone, cheap enough for every entry of a chart."""

from dataclasses import dataclass
from functools import lru_cache

from fhir_mappings.code_table import CodeTable
from fhir_mappings.history_codes import CANCER_HISTORY_PREFIX, RADIOTHERAPY_HISTORY, RADIOTHERAPY_HISTORY_PREFIX
from fhir_mappings.look import Concept, Look
from fhir_mappings.radiotherapy_billing import billing_code
from fhir_mappings.radiotherapy_terms import DRAFT_TERMS, TERMS, text_meaning
from fhir_mappings.rt_codes import (
    BOOST_DOSE_OBSERVATION,
    CATEGORIES,
    CPT,
    HCPCS,
    ICD10PCS,
    LEVELS,
    OPS,
    TOTAL_DOSE_OBSERVATION,
)

_HEAD = 3  # at most so many first characters of a prefix decide whether a code is looked at again
_HISTORY = frozenset(code for _, code in RADIOTHERAPY_HISTORY)
_HISTORY_PREFIXES = frozenset({CANCER_HISTORY_PREFIX, RADIOTHERAPY_HISTORY_PREFIX})
_KINDS = ("Condition", "Procedure", "Observation", "MedicationRequest", "DiagnosticReport")
_DOSES = frozenset({TOTAL_DOSE_OBSERVATION, BOOST_DOSE_OBSERVATION})
_RETURNED = frozenset({"recurrence", "relapse"})
_MARKS = ("radiotherap", "strahlentherap", "radiation", "mcode", "onko", "onconova", "relatedinfo")
"""Parts of the addresses of profiles and extensions that make a resource worth a second look."""
_RADIOTHERAPY_CODES = frozenset({*LEVELS, *TERMS, *DRAFT_TERMS, *CATEGORIES})


@dataclass(frozen=True, slots=True)
class Matcher:
    """Codes of all systems together, per resource type: the system is compared after a hit."""

    codes: dict[str, frozenset[str]]
    heads: dict[str, tuple[int, frozenset[str]]]
    texts: frozenset[str]

    def matches(self, look: Look) -> bool:
        """Whether a resource can matter; True too often rather than too seldom."""
        kind = look.resource_type
        if kind is None or kind not in self.codes:
            return False
        if look.extension and any(marked(extension.url) for extension in look.extension):
            return True
        if look.meta and look.meta.profile and any(map(marked, look.meta.profile)):
            return True
        if kind == "Condition" and look.clinical_status and _has(look.clinical_status, _RETURNED):
            return True
        concept = look.medication_codeable_concept if kind == "MedicationRequest" else look.code
        return (concept is not None and self._concept(kind, concept)) or self._category(kind, look)

    def _concept(self, kind: str, concept: Concept) -> bool:
        if concept.coding:
            codes, (length, heads) = self.codes[kind], self.heads[kind]
            for coding in concept.coding:
                code = coding.code
                if code and (code in codes or code[:length].upper() in heads):
                    return True
                if code and kind == "Procedure" and is_radiotherapy_code(code):
                    return True
        return concept.text is not None and self.matches_text(concept.text)

    def _category(self, kind: str, look: Look) -> bool:
        if look.category is None or kind not in ("Procedure", "DiagnosticReport"):
            return False
        concepts = look.category if isinstance(look.category, list) else [look.category]
        return any(self._concept(kind, concept) for concept in concepts)

    def matches_text(self, text: str) -> bool:
        """Whether a text stands in one of the closed lists."""
        return " ".join(text.lower().split()) in self.texts or text_meaning(text) is not None


def marked(url: str | None) -> bool:
    """Whether the address of a profile or extension is one of oncology."""
    address = (url or "").lower()
    return any(mark in address for mark in _MARKS)


def _has(concept: Concept, wanted: frozenset[str]) -> bool:
    return any(coding.code in wanted for coding in concept.coding or ())


@lru_cache(maxsize=4096)
def is_radiotherapy_code(code: str) -> bool:
    """Whether a code of any system can stand for radiotherapy."""
    return code in _RADIOTHERAPY_CODES or any(billing_code(system, code) for system in (CPT, HCPCS, ICD10PCS, OPS))


@lru_cache(maxsize=8)
def matcher_for(codes: CodeTable) -> Matcher:
    """The matcher of a code table, made once: tables are compared by identity."""
    exact = {kind: {code for _, code in codes.roles.get(kind, {})} for kind in _KINDS}
    prefixes = {kind: {prefix for _, prefix in codes.role_prefixes.get(kind, {})} for kind in _KINDS}
    exact["Condition"] |= {code for _, code in codes.diagnoses} | _HISTORY
    prefixes["Condition"] |= {prefix for known in codes.icd_prefixes.values() for prefix in known} | _HISTORY_PREFIXES
    exact["Observation"] |= _DOSES | _HISTORY
    exact["Procedure"] |= _RADIOTHERAPY_CODES | _HISTORY
    exact["Medication"], prefixes["Medication"] = exact["MedicationRequest"], prefixes["MedicationRequest"]
    texts = {text for role, listed in codes.texts.items() if role != "body-site" for text in listed}
    return Matcher(
        {kind: frozenset(members) for kind, members in exact.items()},
        {kind: _heads(members) for kind, members in prefixes.items()},
        frozenset(texts),
    )


def _heads(prefixes: set[str]) -> tuple[int, frozenset[str]]:
    length = min((_HEAD, *map(len, prefixes)))
    return length, frozenset(prefix[:length].upper() for prefix in prefixes)
