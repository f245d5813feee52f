"""Codes that state history without a record of the thing itself.

Z85 (personal history of malignant neoplasm) and Z92.3 (of irradiation) are ICD-10-CM; 429479009 is SNOMED CT
"History of radiation therapy". Old radiotherapy often arrives as nothing more than these.
"""

from fhir_mappings.code_table import ICD10CM, SCT, CodeTable
from fhir_mappings.radiotherapy_elements import system_codes
from fhir_mappings.roles import Parts, parts_of

ROLE = "radiotherapy-history"
"""The role of such codes and texts in the code table."""

CANCER_HISTORY_PREFIX = "Z85"
RADIOTHERAPY_HISTORY_PREFIX = "Z92.3"
_PREFIX = RADIOTHERAPY_HISTORY_PREFIX.replace(".", "")
RADIOTHERAPY_HISTORY = frozenset({(SCT, "429479009")})


def is_cancer_history(concept: object) -> bool:
    """True for a code of personal history of cancer."""
    return any(system == ICD10CM and code.startswith(CANCER_HISTORY_PREFIX) for system, code in system_codes(concept))


def is_radiotherapy_history(concept: object, kind: str, codes: CodeTable) -> bool:
    """True for a code (or a text of the closed list) that says radiotherapy was given, and nothing else of it."""
    return says_radiotherapy_history(parts_of(concept, kind, codes))


def says_radiotherapy_history(played: Parts) -> bool:
    """The same of a concept that has been looked up."""
    return any(map(_is_history, played.pairs)) or played.among((ROLE,)) is not None


def _is_history(pair: tuple[str, str]) -> bool:
    if pair[0] == ICD10CM:
        return pair[1].replace(".", "").startswith(_PREFIX)
    return pair in RADIOTHERAPY_HISTORY
