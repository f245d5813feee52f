"""The quick look at a resource says yes only where the full validation would."""

import copy
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from fhir_mappings.validation import _is_plainly_valid, _model

CONCEPT = {"coding": [{"system": "http://loinc.org", "code": "1-8", "display": "x"}], "text": "y"}
SUBJECT = {"reference": "Patient/p", "display": "z"}
QUANTITY = {"value": Decimal("50.40"), "unit": "Gy", "system": "http://unitsofmeasure.org", "code": "Gy"}
COMMON = {
    "id": "a-1",
    "meta": {"versionId": "1", "lastUpdated": "2026-10-01T08:00:00.123+02:00", "profile": ["http://a.org/b|1"]},
    "text": {"status": "generated", "div": "<div>w</div>"},
    "identifier": [{"system": "urn:a", "value": "7", "type": CONCEPT, "period": {"start": "2020-01-01"}}],
    "extension": [
        {"url": "urn:a", "extension": [{"url": "b", "valueQuantity": QUANTITY}, {"url": "c", "valueInteger": 3}]},
        {"url": "urn:d", "valueBoolean": True},
    ],
}
RESOURCES = [
    {"resourceType": "Patient", **COMMON, "birthDate": "1960-02-29", "gender": "male", "deceasedBoolean": False,
     "name": [{"family": "f", "given": ["g"]}]},
    {"resourceType": "Condition", **COMMON, "subject": SUBJECT, "code": CONCEPT, "clinicalStatus": CONCEPT,
     "onsetDateTime": "2024-05-03", "note": [{"text": "t"}], "stage": [{"summary": CONCEPT}]},
    {"resourceType": "Procedure", **COMMON, "subject": SUBJECT, "status": "completed", "code": CONCEPT,
     "performedPeriod": {"start": "2024-05-03", "end": "2024-06-03T10:00:00Z"}, "bodySite": [CONCEPT]},
    {"resourceType": "BodyStructure", **COMMON, "patient": SUBJECT, "location": CONCEPT, "active": True},
    {"resourceType": "Observation", **COMMON, "subject": SUBJECT, "status": "final", "code": CONCEPT,
     "valueQuantity": QUANTITY, "component": [{"code": CONCEPT, "valueString": "v"}],
     "referenceRange": [{"low": {"value": 1}, "text": "r"}]},
    {"resourceType": "MedicationRequest", **COMMON, "subject": SUBJECT, "status": "active", "intent": "order",
     "medicationCodeableConcept": CONCEPT, "dosageInstruction": [{"text": "u", "asNeededBoolean": True}]},
    {"resourceType": "DiagnosticReport", **COMMON, "subject": SUBJECT, "status": "final", "code": CONCEPT,
     "issued": "2026-10-01T08:00:00Z", "conclusion": "s"},
    {"resourceType": "ServiceRequest", **COMMON, "subject": SUBJECT, "status": "active", "intent": "order",
     "code": CONCEPT, "quantityQuantity": QUANTITY},
]  # fmt: skip
ODD = st.sampled_from([
    None, "", " ", "\n", "\x1c", "a  b", "a b", " a", "ä", 0, -1, 2**31, 2**70, True, Decimal("0.10"), Decimal("1E+30"),
    Decimal("-0E-7"), [], [None], [[]], {}, {"id": "x"}, [{}], "2020", "2020-02", "2020-02-30", "2020-1-1",
    "1000-01-01", "2000-01-01", "3000-01-01", "2020-02-01T24:00:00Z", "2020-02-01T23:59:59", "2020-02-01T23:59:60Z",
    "2020-02-01T1:1:1Z",
    "2020-02-01T23:59:59.1234567Z", "2020-02-01T23:59:59.123456+13:59", "2020-02-01T23:59:59-14:00", "a" * 65, "a_b",
])  # fmt: skip
NAMES = st.sampled_from([
    "id", "status", "code", "valueString", "valueBoolean", "onsetString", "deceasedDateTime", "_status", "resourceType",
    "contained", "text", "fhir_comments", "implicitRules", "language", "value", "url", "issued", "unknown",
])  # fmt: skip


def places(value):
    """Every object and array inside a value."""
    found = [value]
    for part in value.values() if isinstance(value, dict) else value:
        if isinstance(part, dict | list):
            found += places(part)
    return found


@pytest.mark.parametrize("resource", RESOURCES, ids=lambda resource: resource["resourceType"])
def test_a_plain_resource_needs_no_more_than_the_quick_look(resource):
    assert _is_plainly_valid(resource["resourceType"], resource)


@given(st.sampled_from(RESOURCES), st.data())
def test_what_the_quick_look_accepts_the_full_validation_accepts(resource, data):
    changed = copy.deepcopy(resource)
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.sampled_from(places(changed)))
        if isinstance(place, list):
            place.append(copy.deepcopy(data.draw(ODD)))
            continue
        name = data.draw(st.sampled_from(sorted(place)) | NAMES) if place else data.draw(NAMES)
        if data.draw(st.booleans()):
            place[name] = copy.deepcopy(data.draw(ODD))
        else:
            place.pop(name, None)
    kind = changed["resourceType"] = resource["resourceType"]  # what it is decides who asks
    if _is_plainly_valid(kind, changed):
        try:
            _model(kind).model_validate(changed)
        except ValidationError as error:
            raise AssertionError(changed) from error


@pytest.mark.parametrize(
    "element", [{"valueString": "and a second value"}, {"_status": {"id": "x"}}, {"contained": []}, {"status": None}]
)
def test_what_is_not_plain_is_left_to_the_full_validation(element):
    observation = next(each for each in RESOURCES if each["resourceType"] == "Observation")
    assert not _is_plainly_valid("Observation", {**observation, **element})
