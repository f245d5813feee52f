"""Data of R5 and STU3 are read where their shape is that of R4, and are else named as what they are."""

import json
from typing import Any

import pytest

from cds_service.code_table import build_code_table
from cds_service.errors import BadRequestError
from cds_service.protocol import read_request
from cds_service.same_patient import check_patient
from clinical_rules.facts import PatientFacts
from clinical_rules.knowledge import Knowledge
from fhir_mappings import read_facts
from fhir_mappings.code_table import CodeTable
from fhir_mappings.prefetch import Prefetch
from fhir_mappings.release import OTHER_RELEASE

SUBJECT = {"reference": "Patient/p1"}
COURSE = {"coding": [{"system": "http://snomed.info/sct", "code": "1217123003"}]}
CANCER = {"coding": [{"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": "C20"}]}
STATUS = {"coding": [{"system": "http://loinc.org", "code": "97509-4"}]}
ACTIVE = {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/condition-clinical", "code": "active"}]}
PROCEDURE = {"resourceType": "Procedure", "id": "x", "subject": SUBJECT, "status": "completed", "code": COURSE}
CONDITION = {"resourceType": "Condition", "id": "x", "subject": SUBJECT, "code": CANCER}
OBSERVATION = {"resourceType": "Observation", "id": "x", "subject": SUBJECT, "status": "final", "code": STATUS}


@pytest.fixture(scope="module")
def codes(knowledge: Knowledge) -> CodeTable:
    return build_code_table(knowledge)


def read(key: str, resource: dict[str, Any], codes: CodeTable) -> PatientFacts:
    bundle = {"resourceType": "Bundle", "entry": [{"resource": resource}]}
    raw = {"patient": b'{"resourceType":"Patient","id":"p1"}', key: json.dumps(bundle).encode()}
    return read_facts(Prefetch("p1", raw), codes)


@pytest.mark.parametrize(
    ("key", "resource"),
    [
        ("procedures", {**PROCEDURE, "occurrenceDateTime": "2020-01-01"}),
        ("procedures", {**PROCEDURE, "recorded": "2020"}),
        ("procedures", {**PROCEDURE, "notDone": False}), ("procedures", {**PROCEDURE, "context": SUBJECT}),
        ("conditions", {**CONDITION, "clinicalStatus": "active"}),
        ("conditions", {**CONDITION, "assertedDate": "2020"}),
        ("conditions", {**CONDITION, "clinicalStatus": ACTIVE, "participant": [{"actor": SUBJECT}]}),
        ("observations", {**OBSERVATION, "bodyStructure": {"reference": "BodyStructure/b"}}),
    ],
)  # fmt: skip
def test_elements_of_another_release_are_called_so(key: str, resource: dict[str, Any], codes: CodeTable) -> None:
    facts = read(key, resource, codes)
    assert [(found.problem, found.detail) for found in facts.problems] == [("unreadable", OTHER_RELEASE)]
    assert (facts.courses, facts.diagnoses) == ((), ())


def test_a_drug_named_as_in_r5_is_not_passed_over(codes: CodeTable) -> None:
    order = {"resourceType": "MedicationRequest", "id": "m", "subject": SUBJECT, "status": "active", "intent": "order"}
    facts = read("medications", {**order, "medication": {"concept": {"text": "canary"}}}, codes)
    assert [(found.reference, found.detail, found.read) for found in facts.problems] == [
        ("medications", OTHER_RELEASE, {"entries": 1})
    ]
    assert read("medications", {**order, "medicationCodeableConcept": {"text": "x"}}, codes).problems == ()


def test_what_has_the_shape_of_r4_is_read(codes: CodeTable) -> None:
    assert len(read("procedures", PROCEDURE, codes).courses) == 1
    assert len(read("conditions", {**CONDITION, "clinicalStatus": ACTIVE}, codes).diagnoses) == 1


@pytest.mark.parametrize(
    "order",
    [
        {"resourceType": "ProcedureRequest", "code": COURSE},
        {"resourceType": "MedicationRequest", "medication": {"concept": {"text": "x"}}},
    ],
)
@pytest.mark.parametrize("hook", ["order-select", "order-sign"])
def test_a_draft_order_of_another_release_is_refused_and_not_answered_with_silence(
    hook: str, order: dict[str, Any]
) -> None:
    drafts = {"resourceType": "Bundle", "entry": [{"resource": {**order, "id": "o", "subject": SUBJECT}}]}
    context = {"userId": "u", "patientId": "p1", "draftOrders": drafts, "selections": []}
    body = {"hook": hook, "hookInstance": "i", "context": context}
    with pytest.raises(BadRequestError, match="another FHIR release; R4 is read here"):
        check_patient(read_request(json.dumps(body).encode(), hook))
