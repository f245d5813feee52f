"""Codes that state history without a record of the thing itself, matched by the readers.

Z85 (personal history of malignant neoplasm) and Z92.3 (of irradiation) are ICD-10-CM; 429479009 is SNOMED CT
"History of radiation therapy". Old radiotherapy often arrives as nothing more than these.
"""

from fhir_mappings.code_table import ICD10CM, SCT, CodeTable
from fhir_mappings.radiotherapy_elements import system_codes

CANCER_HISTORY_PREFIX = "Z85"
RADIOTHERAPY_HISTORY_PREFIX = "Z92.3"
RADIOTHERAPY_HISTORY = frozenset({(SCT, "429479009")})
RADIOTHERAPY_HISTORY_TEXTS = "radiotherapy-history"
"""Name of the closed list of texts in the code table, where it has one."""


def is_cancer_history(concept: object) -> bool:
    """True for a code of personal history of cancer."""
    return any(system == ICD10CM and code.startswith(CANCER_HISTORY_PREFIX) for system, code in system_codes(concept))


def is_radiotherapy_history(concept: object, codes: CodeTable) -> bool:
    """True for a code that says radiotherapy was given, and nothing else of it."""
    return any(
        (system, code) in RADIOTHERAPY_HISTORY
        or (system == ICD10CM and code.replace(".", "").startswith(RADIOTHERAPY_HISTORY_PREFIX.replace(".", "")))
        or _has_role(codes, system, code)
        for system, code in system_codes(concept)
    )


def _has_role(codes: CodeTable, system: str, code: str) -> bool:
    roles = (codes.roles.get(kind, {}).get((system, code)) for kind in ("Condition", "Observation", "Procedure"))
    return any(role is not None and role.role == RADIOTHERAPY_HISTORY_TEXTS for role in roles)
