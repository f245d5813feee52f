"""clinicalStatus and verificationStatus of a Condition; unknown codes are accepted and read as unknown."""

from collections.abc import Mapping

from clinical_rules.facts import ClinicalStatus, Verification
from fhir_mappings.jsontools import Json, codings

_CLINICAL: Mapping[str, ClinicalStatus] = {
    "active": "active", "recurrence": "recurrence", "relapse": "relapse",
    "inactive": "inactive", "remission": "remission", "resolved": "resolved",
}  # fmt: skip
_VERIFICATION: Mapping[str, Verification] = {
    "confirmed": "confirmed", "unconfirmed": "unconfirmed", "provisional": "provisional",
    "differential": "differential",
}  # fmt: skip
_LEFT_OUT = frozenset({"refuted", "entered-in-error"})


def clinical_status(resource: Json) -> ClinicalStatus:
    """The clinical status; recurrence and relapse before the broader word, should both be coded."""
    found = {_CLINICAL[code] for _, code in codings(resource.get("clinicalStatus")) if code in _CLINICAL}
    order: tuple[ClinicalStatus, ...] = ("relapse", "recurrence", "remission", "resolved", "active", "inactive")
    return next((status for status in order if status in found), "unknown")


def verification(resource: Json) -> Verification:
    """The verification status; the least certain, should several be coded."""
    found = {_VERIFICATION[code] for _, code in codings(resource.get("verificationStatus")) if code in _VERIFICATION}
    order: tuple[Verification, ...] = ("differential", "provisional", "unconfirmed", "confirmed")
    return next((status for status in order if status in found), "unknown")


def left_out(resource: Json) -> str | None:
    """`refuted` or `entered-in-error` where the Condition is not to be used."""
    stated = (code for _, code in codings(resource.get("verificationStatus")))
    return next((code for code in sorted(stated) if code in _LEFT_OUT), None)
