"""Builders of synthetic FHIR R4 resources, in the shapes that mCODE and CodeX publish."""

from datetime import date
from typing import Any

Resource = dict[str, Any]

SCT = "http://snomed.info/sct"
LOINC = "http://loinc.org"
ICD10 = "http://hl7.org/fhir/sid/icd-10-cm"
MCODE = "http://hl7.org/fhir/us/mcode/StructureDefinition/mcode-"
CODEX = "http://hl7.org/fhir/us/codex-radiation-therapy/StructureDefinition/codexrt-"
UCUM = "http://unitsofmeasure.org"

PHOTONS = "1156506007"
HDR = "394902000"
LEFT, RIGHT = "7771000", "24028007"


def concept(system: str, code: str, display: str) -> Resource:
    """A CodeableConcept with one coding."""
    return {"coding": [{"system": system, "code": code, "display": display}]}


def patient(patient_id: str, name: str, born: str, gender: str, **more: Any) -> Resource:
    """A Patient who does not exist."""
    family, given = name.split(", ")
    names = [{"family": family, "given": [given]}]
    return {"resourceType": "Patient", "id": patient_id, "name": names, "gender": gender, "birthDate": born, **more}


def condition(condition_id: str, code: str, display: str, onset: date | str, **more: Any) -> Resource:
    """A Condition coded in ICD-10-CM; `status` and `verification` as keywords."""
    status = more.pop("status", "active")
    verification = more.pop("verification", "confirmed")
    base = "http://terminology.hl7.org/CodeSystem/condition-"
    return {
        "resourceType": "Condition",
        "id": condition_id,
        "clinicalStatus": concept(f"{base}clinical", status, status),
        "verificationStatus": concept(f"{base}ver-status", verification, verification),
        "code": concept(ICD10, code, display),
        "onsetDateTime": str(onset),
        **more,
    }


def volume(
    volume_id: str, location: tuple[str, str], *, side: str | None = None, organ_at_risk: bool = False
) -> Resource:
    """A radiotherapy volume; `location` is a SNOMED CT code with its display."""
    kind = (
        ("1162586008", "Irradiated volume of organ at risk")
        if organ_at_risk
        else ("228793007", "Planning target volume")
    )
    resource: Resource = {
        "resourceType": "BodyStructure",
        "id": volume_id,
        "identifier": [{"use": "usual", "value": volume_id}],
        "morphology": concept(SCT, *kind),
        "location": concept(SCT, *location),
    }
    if side:
        resource["locationQualifier"] = [concept(SCT, side, "Left" if side == LEFT else "Right")]
    return resource


def dose(
    volume_id: str, gray: float | None, fractions: int | None, *, ordered: bool = False, metric: str | None = None
) -> Resource:
    """A dose extension: delivered to a volume, or prescribed to it. The unit is cGy, as the profiles demand."""
    inner: list[Resource] = [{"url": "volume", "valueReference": {"reference": f"BodyStructure/{volume_id}"}}]
    if gray is not None:
        quantity = {"value": round(gray * 100), "system": UCUM, "code": "cGy"}
        inner.append({"url": "totalDose" if ordered else "totalDoseDelivered", "valueQuantity": quantity})
    if fractions is not None:
        count = {"url": "fractions", "valuePositiveInt": fractions}
        inner.append(count if ordered else {"url": "fractionsDelivered", "valueUnsignedInt": fractions})
    if metric:
        inner.append({"url": "urn:rert-cds:dose-metric", "valueCode": metric})
    url = (
        f"{CODEX}radiotherapy-dose-prescribed-to-volume" if ordered else f"{MCODE}radiotherapy-dose-delivered-to-volume"
    )
    return {"url": url, "extension": inner}


def technique(modality: tuple[str, str], *techniques: tuple[str, str]) -> Resource:
    """The modality-and-technique extension."""
    parts = [{"url": f"{MCODE}radiotherapy-modality", "valueCodeableConcept": concept(SCT, *modality)}]
    parts += [{"url": f"{MCODE}radiotherapy-technique", "valueCodeableConcept": concept(SCT, *t)} for t in techniques]
    return {"url": f"{MCODE}radiotherapy-modality-and-technique", "extension": parts}


def course(course_id: str, start: date, end: date, doses: list[Resource], **more: Any) -> Resource:
    """A completed radiotherapy course summary."""
    modality = more.pop("modality", (PHOTONS, "External beam radiation therapy using photons"))
    flag = more.pop("extension", [])
    return {
        "resourceType": "Procedure",
        "id": course_id,
        "status": "completed",
        "category": concept(SCT, "1287742003", "Radiotherapy"),
        "code": concept(SCT, "1217123003", "Radiotherapy course of treatment"),
        "identifier": [{"use": "official", "system": "urn:example:course", "value": course_id}],
        "performedPeriod": {"start": str(start), "end": str(end)},
        "extension": [technique(modality), *doses, *flag],
        **more,
    }


def order(order_id: str, doses: list[Resource], **more: Any) -> Resource:
    """A draft CodeX course prescription."""
    return {
        "resourceType": "ServiceRequest",
        "id": order_id,
        "status": "draft",
        "intent": "original-order",
        "category": [concept(SCT, "1287742003", "Radiotherapy")],
        "code": concept(SCT, "1217123003", "Radiotherapy course of treatment"),
        "extension": [technique((PHOTONS, "External beam radiation therapy using photons")), *doses],
        **more,
    }


def observation(observation_id: str, code: tuple[str, str], on: date, **value: Any) -> Resource:
    """A final Observation coded in LOINC."""
    return {
        "resourceType": "Observation",
        "id": observation_id,
        "status": "final",
        "code": concept(LOINC, *code),
        "effectiveDateTime": str(on),
        **value,
    }


def worsened(observation_id: str, on: date, focus: str, qualifier: tuple[str, str]) -> Resource:
    """A CodeX disease status: worsened, with where it progressed."""
    url = f"{CODEX}radiotherapy-disease-progression-qualifier"
    value = concept(SCT, "271299001", "Patient's condition worsened")
    value["extension"] = [{"url": url, "valueCodeableConcept": concept(SCT, *qualifier)}]
    return observation(
        observation_id,
        ("97509-4", "Cancer disease progression"),
        on,
        focus=[{"reference": f"Condition/{focus}"}],
        valueCodeableConcept=value,
    )


def mri(report_id: str, title: str, on: date) -> Resource:
    """A final DiagnosticReport of magnetic resonance imaging."""
    return {
        "resourceType": "DiagnosticReport",
        "id": report_id,
        "status": "final",
        "code": {**concept(SCT, "113091000", "Magnetic resonance imaging"), "text": title},
        "effectiveDateTime": str(on),
    }
