"""clinicalStatus and verificationStatus of a Condition; unknown codes are accepted and read as unknown."""

import re
from collections.abc import Mapping

from clinical_rules.facts import ClinicalStatus, Verification
from fhir_mappings.code_table import ICD10CM
from fhir_mappings.jsontools import Json, codings

_CLINICAL: Mapping[str, ClinicalStatus] = {
    "active": "active", "recurrence": "recurrence", "relapse": "relapse",
    "inactive": "inactive", "remission": "remission", "resolved": "resolved",
}  # fmt: skip
_VERIFICATION: Mapping[str, Verification] = {
    "confirmed": "confirmed", "unconfirmed": "unconfirmed", "provisional": "provisional",
    "differential": "differential",
}  # fmt: skip
_CLINICAL_ORDER: tuple[ClinicalStatus, ...] = (
    "relapse", "recurrence", "remission", "resolved", "active", "inactive",
)  # fmt: skip
_VERIFICATION_ORDER: tuple[Verification, ...] = ("differential", "provisional", "unconfirmed", "confirmed")
_LEFT_OUT = frozenset({"refuted", "entered-in-error"})
_IN_REMISSION = re.compile(r"C9[0-5]\.?[0-9A-Z]1\Z|C8[1-8]\.?[0-9A-Z]A\Z", re.ASCII)
_IN_RELAPSE = re.compile(r"C9[0-5]\.?[0-9A-Z]2\Z", re.ASCII)
"""ICD-10-CM says of leukaemia, myeloma and lymphoma in the last character whether it is in remission or in relapse."""


def clinical_status(resource: Json) -> ClinicalStatus:
    """The clinical status; recurrence and relapse before the broader word, should both be coded."""
    found = [_CLINICAL[code] for _, code in codings(resource.get("clinicalStatus")) if code in _CLINICAL]
    return min(found, key=_CLINICAL_ORDER.index, default="unknown")


def status_by_code(stated: ClinicalStatus, system: str, code: str) -> ClinicalStatus:
    """The clinical status, where the code itself says remission or relapse of what is stated as no more than active.

    >>> status_by_code("active", ICD10CM, "C91.02"), status_by_code("resolved", ICD10CM, "C91.02")
    ('relapse', 'resolved')
    """
    if system != ICD10CM or stated not in ("active", "unknown"):
        return stated
    if _IN_RELAPSE.match(code.upper()):
        return "relapse"
    return "remission" if _IN_REMISSION.match(code.upper()) else stated


def verification(resource: Json) -> Verification:
    """The verification status; the least certain, should several be coded."""
    found = [_VERIFICATION[code] for _, code in codings(resource.get("verificationStatus")) if code in _VERIFICATION]
    return min(found, key=_VERIFICATION_ORDER.index, default="unknown")


def left_out(resource: Json) -> str | None:
    """`refuted` or `entered-in-error` where the Condition is not to be used."""
    stated = (code for _, code in codings(resource.get("verificationStatus")))
    return next((code for code in sorted(stated) if code in _LEFT_OUT), None)


def has_ended(resource: Json) -> bool:
    """Whether a problem is over: by its status, or because an end is on file."""
    ended = clinical_status(resource) in ("inactive", "remission", "resolved")
    return ended or any(name.startswith("abatement") for name in resource)
