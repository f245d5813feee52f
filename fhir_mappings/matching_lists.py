"""The codes of one resource type, of all systems together: systems are compared after a hit."""

from collections.abc import Iterable
from dataclasses import dataclass

from fhir_mappings.code_table import CodeTable
from fhir_mappings.diagnosis_codes import GENERIC
from fhir_mappings.history_codes import CANCER_HISTORY_PREFIX, RADIOTHERAPY_HISTORY, RADIOTHERAPY_HISTORY_PREFIX
from fhir_mappings.history_codes import ROLE as HISTORY
from fhir_mappings.radiotherapy_billing import billing_code
from fhir_mappings.radiotherapy_terms import DRAFT_TERMS, TERMS, text_meaning
from fhir_mappings.roles import texts_of
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

KINDS = ("Condition", "Procedure", "Observation", "MedicationRequest", "DiagnosticReport")
SPEAKING_ROLES = frozenset({HISTORY, "disease-status", "stage"})
"""Roles on which a card can rest without a cancer diagnosis or radiotherapy beside them."""

DIAGNOSIS = "diagnosis"
RECENT_ENOUGH = frozenset({"organ-function", "performance-status"})
"""Roles of which only the newest results are asked for."""

_HEAD = 3  # so many characters, or fewer where a prefix has fewer
_LONGEST_BILLING_CODE = 7
_DOSES = frozenset({TOTAL_DOSE_OBSERVATION, BOOST_DOSE_OBSERVATION})
_RADIOTHERAPY = frozenset({*LEVELS, *TERMS, *DRAFT_TERMS, *CATEGORIES})
_MARKS = ("radiotherap", "strahlentherap", "radiation", "mcode", "onko", "onconova", "relatedinfo")
"""Parts of the addresses of profiles and extensions that make a resource worth a second look."""

NONE, SUPPORTS, SPEAKS = range(3)


@dataclass(frozen=True, slots=True, eq=False)  # there is one for each type, compared by identity
class Lists:
    """Codes, first characters of codes, and texts; those that speak are among them and apart."""

    codes: frozenset[str]
    heads: frozenset[str]
    texts: frozenset[str]
    speaking_codes: frozenset[str]
    speaking_heads: frozenset[str]
    speaking_texts: frozenset[str]
    recent: frozenset[str]
    radiotherapy: bool = False

    def hits(self, code: str) -> bool:
        """Whether a code is on the lists, by itself or by its first characters."""
        return code in self.codes or _begins(code, self.heads) or (self.radiotherapy and is_radiotherapy_code(code))

    def speaks(self, code: str) -> bool:
        """Whether a card can rest on a code that was hit."""
        known = code in self.speaking_codes or _begins(code, self.speaking_heads)
        return known or (self.radiotherapy and is_radiotherapy_code(code))

    def weight(self, code: str) -> int:
        """What a code weighs: NONE, SUPPORTS or SPEAKS."""
        return NONE if not self.hits(code) else SPEAKS if self.speaks(code) else SUPPORTS

    def weight_of_text(self, text: str) -> int:
        """What a text weighs, whatever its case and spaces."""
        plain = " ".join(text.lower().split())
        if plain in self.speaking_texts or (self.radiotherapy and text_meaning(plain) is not None):
            return SPEAKS
        return SUPPORTS if plain in self.texts else NONE


def lists_for(kind: str, codes: CodeTable) -> Lists:
    """The lists of one resource type from a code table and the fixed codes of the guides."""
    roles, prefixes = codes.roles.get(kind, {}), codes.role_prefixes.get(kind, {})
    speaking = {code for (_, code), role in roles.items() if role.role in SPEAKING_ROLES}
    heads = {code for (_, code), role in prefixes.items() if role.role in SPEAKING_ROLES}
    speaking |= _fixed(kind, codes)
    if kind == "Condition":
        heads |= {prefix for known in codes.icd_prefixes.values() for prefix in known}
        heads |= {CANCER_HISTORY_PREFIX, RADIOTHERAPY_HISTORY_PREFIX}
    texts = texts_of(kind, codes)
    spoken = {text for role in (*SPEAKING_ROLES, DIAGNOSIS) if role in texts for text in codes.texts.get(role, {})}
    return Lists(
        codes=frozenset({*speaking, *(code for _, code in roles)}),
        heads=_heads({*heads, *(prefix for _, prefix in prefixes)}),
        texts=frozenset(text for role in texts for text in codes.texts.get(role, {})),
        speaking_codes=frozenset(speaking),
        speaking_heads=_heads(heads),
        speaking_texts=frozenset(spoken),
        recent=frozenset(code for (_, code), role in roles.items() if role.role in RECENT_ENOUGH),
        radiotherapy=kind == "Procedure",
    )


def _fixed(kind: str, codes: CodeTable) -> set[str]:
    history = {code for _, code in RADIOTHERAPY_HISTORY}
    fixed = {
        "Condition": {code for _, code in (*codes.diagnoses, *GENERIC)} | history,
        "Observation": _DOSES | history,
        "Procedure": _RADIOTHERAPY | history,
    }
    return set(fixed.get(kind, ()))


def _heads(prefixes: Iterable[str]) -> frozenset[str]:
    return frozenset(prefix[:_HEAD].upper() for prefix in prefixes)


def _begins(code: str, heads: frozenset[str]) -> bool:
    head = code[:_HEAD].upper()
    return head in heads or head[:2] in heads or head[:1] in heads


def marked(url: str | None) -> bool:
    """Whether the address of a profile or extension is one of oncology."""
    address = (url or "").lower()
    return any(mark in address for mark in _MARKS)


def is_radiotherapy_code(code: str) -> bool:
    """Whether a code of any system can stand for radiotherapy."""
    if len(code) > _LONGEST_BILLING_CODE:  # as those of SNOMED CT are
        return code in _RADIOTHERAPY
    return code in _RADIOTHERAPY or any(billing_code(system, code) for system in (CPT, HCPCS, ICD10PCS, OPS))
