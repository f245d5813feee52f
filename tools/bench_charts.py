"""Charts for the benchmark: quiet, typical and heavy, of any size; a mark in them makes every request differ."""

import json
from datetime import date
from typing import Any

from cds_service.demo import fhir
from cds_service.demo.chart import KEYS, bundle

MARK = "bench-0000000"
"""Stands in every id and reference; replaced by one of the same length for each request."""

ON = date(2026, 11, 1)
KINDS = ("quiet", "typical", "heavy")
_NARRATIVE = (
    '<div xmlns="http://www.w3.org/1999/xhtml"><p>Generated narrative</p><table><tr><td>Status</td>'
    "<td>final</td></tr><tr><td>Performer</td><td>Laboratory of the general hospital, second floor</td></tr>"
    "<tr><td>Comment</td><td>A routine entry, as servers send them along with every search.</td></tr></table></div>"
)
_LABS = (
    ("2345-7", "Glucose [Mass/volume] in Serum or Plasma", "mg/dL"),
    ("2951-2", "Sodium [Moles/volume] in Serum or Plasma", "mmol/L"),
    ("4548-4", "Hemoglobin A1c/Hemoglobin.total in Blood", "%"),
    ("8480-6", "Systolic blood pressure", "mm[Hg]"),
    ("29463-7", "Body weight", "kg"),
)
_ORDINARY = (("E11.9", "Type 2 diabetes mellitus"), ("I10", "Essential hypertension"), ("M54.5", "Low back pain"))
_ACTS = (("73761001", "Colonoscopy"), ("80146002", "Appendectomy"), ("268556000", "Urinary screening"))


def request(kind: str, size: int) -> dict[str, Any]:
    """A patient-view request on a chart of this kind with this many resources."""
    mattering = {"quiet": 0, "typical": min(8, size), "heavy": size // 2}[kind]
    resources = [_mattering(n) for n in range(mattering)] + [_ordinary(n) for n in range(size - mattering)]
    found: dict[str, list[dict[str, Any]]] = {key: [] for key in (*KEYS.values(), "radiationDose")}
    for resource in resources:
        owner = "patient" if resource["resourceType"] == "BodyStructure" else "subject"
        found[KEYS[resource["resourceType"]]].append({**resource, owner: {"reference": f"Patient/{MARK}"}})
    person = fhir.patient(MARK, "Bench, Synthetic", "1960-01-01", "female")
    context = {"userId": "Practitioner/bench", "patientId": MARK}
    prefetch = {"patient": person, **{key: bundle(entries) for key, entries in found.items()}}
    return {"hook": "patient-view", "hookInstance": MARK, "context": context, "prefetch": prefetch}


def body(kind: str, size: int) -> bytes:
    """The request as bytes."""
    return json.dumps(request(kind, size)).encode()


def _ordinary(n: int) -> dict[str, Any]:
    common = {
        "meta": {"versionId": "1", "lastUpdated": "2026-10-01T08:00:00+00:00"},
        "text": {"status": "generated", "div": _NARRATIVE},
    }
    return {**_ordinary_core(n), **common}


def _ordinary_core(n: int) -> dict[str, Any]:
    name = f"{MARK}-o{n}"
    if n % 9 == 0:
        return fhir.condition(name, *_ORDINARY[n % 3], ON, note=[{"text": "Stable on current treatment."}])
    if n % 9 == 1:
        done = {"resourceType": "Procedure", "id": name, "status": "completed", "performedDateTime": str(ON)}
        return {**done, "code": fhir.concept(fhir.SCT, *_ACTS[n % 3])}
    if n % 9 == 2:
        drug = fhir.concept(
            "http://www.nlm.nih.gov/research/umls/rxnorm", "860975", "metformin hydrochloride 500 MG Oral Tablet"
        )
        return {"resourceType": "MedicationRequest", "id": name, "status": "active", "intent": "order",
                "medicationCodeableConcept": drug, "authoredOn": str(ON),
                "dosageInstruction": [{"text": "one tablet twice daily with meals"}]}  # fmt: skip
    code, display, unit = _LABS[n % len(_LABS)]
    quantity = {"value": n % 140, "unit": unit, "system": fhir.UCUM, "code": unit}
    category = fhir.concept("http://terminology.hl7.org/CodeSystem/observation-category", "laboratory", "Laboratory")
    ranges = [{"low": {"value": 10, "unit": unit}, "high": {"value": 120, "unit": unit}, "text": "10 to 120"}]
    return fhir.observation(
        name, (code, display), ON, category=[category], valueQuantity=quantity, referenceRange=ranges
    )


def _mattering(n: int) -> dict[str, Any]:
    name = f"{MARK}-m{n}"
    month = 1 + n % 9
    if n % 8 == 0:
        return fhir.condition(name, "C20", "Malignant neoplasm of rectum", date(2024, month, 3), status="relapse")
    if n % 8 in (1, 5):
        return fhir.course(
            name, date(2024, month, 2), date(2024, month + 1, 10), [fhir.dose(f"{MARK}-m{n + 1}", 50.4, 28)]
        )
    if n % 8 in (2, 6):
        return fhir.volume(name, ("34402009", "Rectum structure"))
    if n % 8 == 3:
        return fhir.worsened(name, date(2026, 10, 2), f"{MARK}-m0", ("255470001", "Local"))
    if n % 8 == 4:
        return fhir.observation(name, ("89247-1", "ECOG Performance Status score"), date(2026, 10, 20), valueInteger=1)
    return fhir.mri(name, "MRI of the pelvis", date(2026, 10, 15))
