"""What a call brought, looked at in one pass over the body: the same facts as value by value, and nothing kept."""

import gc
import json
import weakref
from typing import Any

import pytest

from cds_service.code_table import build_code_table
from cds_service.protocol import read_request
from clinical_rules.knowledge import load_knowledge
from fhir_mappings import read_facts
from fhir_mappings.brought import Brought
from fhir_mappings.prefetch import Prefetch

CODES = build_code_table(load_knowledge())
ICD10 = "http://hl7.org/fhir/sid/icd-10-cm"


def condition(name: str, code: object, **more: object) -> dict[str, object]:
    subject = {"reference": "Patient/p1"}
    status = {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/condition-clinical", "code": "active"}]}
    return {
        "resourceType": "Condition", "id": name, "subject": subject, "clinicalStatus": status, "code": code, **more
    }  # fmt: skip


def icd(code: str) -> dict[str, object]:
    return {"coding": [{"system": ICD10, "code": code}]}


def bundle(*resources: object) -> dict[str, object]:
    return {"resourceType": "Bundle", "type": "searchset", "entry": [{"resource": each} for each in resources]}


def body(**prefetch: object) -> bytes:
    patient = {"resourceType": "Patient", "id": "p1", "birthDate": "1960-02", "gender": "female"}
    context = {"userId": "Practitioner/1", "patientId": "p1"}
    call: dict[str, Any] = {"hook": "patient-view", "hookInstance": "i", "context": context}
    return json.dumps({**call, "prefetch": {"patient": patient, **prefetch}}).encode()


CANCER, DIABETES = condition("c", icd("C20")), condition("d", icd("E11.9"))
VALUES = {
    "a bundle": bundle(CANCER, DIABETES),
    "nothing of concern": bundle(DIABETES),
    "one resource": CANCER,
    "a list of bundles": [bundle(CANCER), bundle(DIABETES)],
    "an entry that is wrongly built": bundle(CANCER, condition("x", "no concept"), DIABETES),
    "an entry that cannot be typed": bundle(CANCER, {**DIABETES, "meta": "no meta"}),
    "an entry without a resource": {
        "resourceType": "Bundle",
        "entry": [{"fullUrl": "urn:uuid:1"}, {"resource": CANCER}],
    },
    "a next link": {**bundle(CANCER), "link": [{"relation": "next", "url": "x"}]},
    "a total": {**bundle(CANCER), "total": 7},
    "null": None,
    "text": "no resource",
    "a number": 7,
    "an outcome": {"resourceType": "OperationOutcome", "issue": [{"severity": "error"}]},
    "no bundle after all": {"resourceType": "Bundle", "entry": 5},
}


@pytest.mark.parametrize("value", VALUES.values(), ids=VALUES)
def test_one_pass_over_the_body_gives_the_same_facts_as_value_by_value(value: object) -> None:
    raw = body(conditions=value)
    by_value = {key: json.dumps(each).encode() for key, each in json.loads(raw)["prefetch"].items()}
    prefetch = read_request(raw, "patient-view").prefetch
    assert read_facts(Prefetch("p1", prefetch), CODES) == read_facts(Prefetch("p1", by_value), CODES)
    assert dict(prefetch) == by_value


def test_a_name_written_with_an_escape_is_the_same_name() -> None:
    raw = body(conditions=bundle(CANCER)).replace(b'"prefetch"', b'"p\\u0072efetch"').replace(b'"cond', b'"c\\u006fnd')
    facts = read_facts(Prefetch("p1", read_request(raw, "patient-view").prefetch), CODES)
    assert [diagnosis.reference for diagnosis in facts.diagnoses] == ["Condition/c"]


@pytest.mark.parametrize("value", [bundle(CANCER), bundle(DIABETES)])
def test_nothing_keeps_a_chart_in_memory_after_its_call(value: object) -> None:
    gc.collect()
    gc.disable()
    try:
        prefetch = read_request(body(conditions=value), "patient-view").prefetch
        read_facts(Prefetch("p1", prefetch), CODES)
        kept = weakref.ref(prefetch)
        del prefetch
        assert kept() is None
    finally:
        gc.enable()


def test_only_some_keys_can_be_taken_along() -> None:
    every = Brought({"conditions": b"{}", "other": b"[]"})
    assert dict(every.only({"conditions": "Condition?", "procedures": "Procedure?"})) == {"conditions": b"{}"}
    assert every.only({"conditions": "", "other": ""}) is every
    assert every.looks("nothing") == []
    with pytest.raises(KeyError):
        every.only(["conditions"])["other"]


def test_a_patient_with_a_name_that_occurs_twice_is_named() -> None:
    twice = b'{"resourceType": "Patient", "id": "p1", "birthDate": "1960", "birthDate": "2020"}'
    raw = {"patient": twice, "conditions": json.dumps(bundle(CANCER)).encode()}
    facts = read_facts(Prefetch("p1", raw), CODES)
    assert facts.patient.birth_date is None
    assert [(each.problem, each.reference) for each in facts.problems] == [("unreadable", "Patient/p1")]


def test_a_record_that_others_refer_to_and_that_cannot_be_read_is_named() -> None:
    refers = {"resourceType": "Procedure", "id": "r", "status": "completed", "subject": {"reference": "Patient/p1"},
              "code": {"coding": [{"system": "http://snomed.info/sct", "code": "1217123003"}]},
              "reasonReference": [{"reference": "Condition/x"}]}  # fmt: skip
    odd = condition("x", {"coding": "no coding", "text": "of no concern"})
    prefetch = read_request(body(conditions=bundle(odd), procedures=bundle(refers)), "patient-view").prefetch
    problems = read_facts(Prefetch("p1", prefetch), CODES).problems
    assert "Condition/x" in {problem.reference for problem in problems}


def test_a_value_is_the_same_object_each_time() -> None:
    """What was fetched in the place of a value is told by that."""
    prefetch = read_request(body(conditions=bundle(CANCER)), "patient-view").prefetch
    assert prefetch["conditions"] is {**prefetch}["conditions"]
