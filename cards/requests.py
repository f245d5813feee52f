"""The FHIR resources that suggestions create: a referral, and a Task for what is missing. Always proposals."""

from collections.abc import Iterable, Sequence
from typing import Any

from cards.escaping import plain_text
from cards.model import Action
from clinical_rules.findings import Finding

_REASON_TYPES = ("Condition", "Observation", "DiagnosticReport", "DocumentReference")


def referral(text: str, patient_reference: str, findings: Sequence[Finding]) -> Action:
    """A draft ServiceRequest that refers the patient, with the records that gave rise to it."""
    references = list(dict.fromkeys(reference for finding in findings for reference in finding.evidence))
    reasons = [reference for reference in references if _type_of(reference) in _REASON_TYPES]
    others = [reference for reference in references if _type_of(reference) == "Procedure"]
    resource: dict[str, Any] = {
        "resourceType": "ServiceRequest",
        "status": "draft",
        "intent": "proposal",
        "code": {"text": text},
        "subject": {"reference": patient_reference},
    }
    resource |= _references("reasonReference", reasons) | _references("supportingInfo", others)
    return Action(type="create", description=f"Draft order: {text}", resource=resource)


def task(text: str, patient_reference: str, focus: str = "") -> Action:
    """A draft Task that asks for one missing thing."""
    resource: dict[str, Any] = {
        "resourceType": "Task",
        "status": "draft",
        "intent": "proposal",
        "description": plain_text(text),
        "for": {"reference": patient_reference},
    }
    if _type_of(focus):
        resource["focus"] = {"reference": focus}
    return Action(type="create", description=f"Draft task: {plain_text(text)}", resource=resource)


def _references(member: str, references: Iterable[str]) -> dict[str, Any]:
    entries = [{"reference": reference} for reference in references]
    return {member: entries} if entries else {}


def _type_of(reference: str) -> str:
    """The resource type of `Type/id` or of an absolute address that ends so; "" for contained ones."""
    parts = reference.split("/")
    return parts[-2] if len(parts) > 1 and not reference.startswith(("#", "urn:")) else ""
