"""Selection: what matters is found by its exact code, what is another's is dropped, what is broken is reported."""

import json

import pytest
from table_of_codes import CODES, LOINC, RXNORM, SCT, SECTION, concept, condition, procedure

from fhir_mappings.availability import availability
from fhir_mappings.look import look_at
from fhir_mappings.prefetch import Prefetch
from fhir_mappings.select import KEYS, select

OUTCOME = {"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": "exception"}]}
RECTUM = condition("c1", "C20")
COURSE = procedure("rt", "1217123003")


def bundle(*resources, **elements):
    entries = [
        {"fullUrl": f"https://ehr.example.org/fhir/{r.get('resourceType')}/{r.get('id')}", "resource": r}
        for r in resources
    ]
    return {"resourceType": "Bundle", "type": "searchset", "entry": entries, **elements}


def raw(value):
    return json.dumps(value).encode()


def selected(context=None, **keys):
    brought = {key: raw(value) for key, value in keys.items()}
    return select(Prefetch("p", brought, {key: raw(value) for key, value in (context or {}).items()}), CODES)


def references(selection):
    return [entry.reference for entry in selection.chosen]


def problems(selection):
    return [(problem.problem, problem.reference) for problem in selection.problems]


def test_cancer_and_radiotherapy_are_chosen_and_nothing_else():
    chart = selected(
        conditions=bundle(condition("a", "E11.9"), RECTUM),
        procedures=bundle(procedure("colonoscopy", "73761001"), COURSE),
    )
    assert references(chart) == ["Condition/c1", "Procedure/rt"]
    assert chart.problems == ()


def test_the_same_code_of_another_system_is_not_chosen():
    other = condition("a", "C20", system="http://example.org/local")
    assert references(selected(conditions=bundle(other))) == []


def test_what_only_supports_is_chosen_beside_what_speaks_and_not_alone():
    ecog = {"resourceType": "Observation", "id": "e", "status": "final", "subject": {"reference": "Patient/p"},
            "code": {"coding": [{"system": LOINC, "code": "89247-1"}]}, "valueInteger": 1}  # fmt: skip
    assert references(selected(observations=bundle(ecog))) == []
    assert "Observation/e" in references(selected(observations=bundle(ecog), conditions=bundle(RECTUM)))


def test_of_many_laboratory_values_the_newest_are_enough():
    values = [
        {"resourceType": "Observation", "id": f"o{n}", "status": "final", "subject": {"reference": "Patient/p"},
         "effectiveDateTime": f"2026-01-{n:02}", "code": {"coding": [{"system": LOINC, "code": "2160-0"}]}}
        for n in range(1, 29)
    ]  # fmt: skip
    found = references(selected(observations=bundle(*values), conditions=bundle(RECTUM)))
    assert "Observation/o28" in found
    assert len(found) < 6


def test_a_volume_comes_along_only_if_a_chosen_procedure_refers_to_it():
    dose = {"url": "http://hl7.org/fhir/us/mcode/StructureDefinition/mcode-radiotherapy-dose-delivered-to-volume",
            "extension": [{"url": "volume", "valueReference": {"reference": "BodyStructure/v1"}}]}  # fmt: skip
    volumes = [
        {"resourceType": "BodyStructure", "id": name, "patient": {"reference": "Patient/p"}} for name in ("v1", "v2")
    ]
    chart = selected(procedures=bundle({**COURSE, "extension": [dose]}), volumes=bundle(*volumes))
    assert [entry.reference for entry in chart.resources.entries] == ["BodyStructure/v1", "Procedure/rt"]
    assert references(chart) == ["Procedure/rt"]


@pytest.mark.conforms("D68")
@pytest.mark.parametrize("subject", ["Patient/q", "https://ehr.example.org/fhir/Patient/q", "Patient/q/_history/1"])
def test_a_resource_of_another_patient_is_dropped_and_reported(subject):
    chart = selected(conditions=bundle({**RECTUM, "subject": {"reference": subject}}))
    assert references(chart) == []
    assert problems(chart) == [("foreign-patient", "Condition/c1")]


def test_resources_of_another_patient_that_would_not_matter_are_reported_once_for_their_key():
    strangers = [{**condition(name, "E11.9"), "subject": {"reference": "Patient/q"}} for name in "ab"]
    chart = selected(conditions=bundle(*strangers))
    assert problems(chart) == [("foreign-patient", "conditions")]
    assert chart.problems[0].read == {"resources": 2}


def test_another_patient_behind_a_urn_is_recognised():
    stranger = {"fullUrl": "urn:uuid:q", "resource": {"resourceType": "Patient", "id": "q"}}
    entries = [stranger, {"resource": {**RECTUM, "subject": {"reference": "urn:uuid:q"}}}]
    chart = selected(conditions={"resourceType": "Bundle", "entry": entries})
    assert ("foreign-patient", "Condition/c1") in problems(chart)


def test_one_entry_that_is_wrongly_built_is_reported_and_the_rest_goes_on():
    chart = selected(conditions=bundle({"resourceType": "Condition", "id": "bad", "code": "C20"}, RECTUM))
    assert references(chart) == ["Condition/c1"]
    assert problems(chart) == [("unreadable", "Condition/bad")]


@pytest.mark.parametrize("entry", [5, "text", [], None, {"resource": 5}, {"resource": {}}])
def test_an_entry_that_is_no_resource_does_not_take_the_others_with_it(entry):
    chart = selected(conditions={"resourceType": "Bundle", "entry": [entry, {"resource": RECTUM}]})
    assert references(chart) == ["Condition/c1"]


def test_an_entry_with_a_name_that_occurs_twice_is_reported_as_unreadable():
    twice = raw(bundle(COURSE)).replace(b'"status": "completed"', b'"status": "completed", "status": "not-done"')
    chart = select(Prefetch("p", {"procedures": twice}), CODES)
    assert problems(chart) == [("unreadable", "Procedure/rt")]
    assert chart.problems[0].matters


def test_radiotherapy_that_fhir_does_not_allow_is_reported_as_mattering():
    chart = selected(procedures=bundle({**COURSE, "performedDateTime": "last spring"}))
    assert references(chart) == []
    assert chart.problems[0].detail == "not valid FHIR R4 at: performedDateTime"
    assert chart.problems[0].matters


def test_a_later_version_of_a_resource_replaces_the_earlier_one_whatever_the_order():
    old = {**RECTUM, "meta": {"versionId": "9"}}
    new = {**RECTUM, "meta": {"versionId": "10"}, "recordedDate": "2026"}
    for pair in ((old, new), (new, old)):
        (entry,) = selected(conditions=bundle(*pair)).chosen
        assert entry.resource["meta"]["versionId"] == "10"


def test_draft_orders_and_added_problems_are_read_whatever_their_code():
    order = {"resourceType": "ServiceRequest", "id": "o", "status": "draft", "intent": "order",
             "subject": {"reference": "Patient/p"}, "code": {"text": "Unknown"}}  # fmt: skip
    chart = selected({"draftOrders": bundle(order), "conditions": bundle(condition("new", "E11.9"))})
    assert references(chart) == ["Condition/new", "ServiceRequest/o"]


@pytest.mark.conforms("E75", "E76", "E77", "E80", "E81", "E85")
@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, "failed"),
        ("<html>", "failed"),
        (5, "failed"),
        ({}, "failed"),
        (OUTCOME, "failed"),
        ({"resourceType": "Bundle"}, "nothing-found"),
        (bundle(), "nothing-found"),
        (bundle(RECTUM), "found"),
        (RECTUM, "found"),
        ([RECTUM, COURSE], "found"),
        (bundle(RECTUM, link=[{"relation": "next", "url": "x"}]), "incomplete"),
        (bundle(RECTUM, link=[{"relation": "self", "url": "x"}]), "found"),
        (bundle(RECTUM, OUTCOME), "incomplete"),
        (bundle(OUTCOME), "failed"),
        (bundle({**OUTCOME, "issue": [{"severity": "warning"}]}), "nothing-found"),
        (bundle(RECTUM, total=5), "found"),
    ],
)
def test_what_became_of_a_key_is_told_by_its_value(value, expected):
    assert availability(look_at(raw(value))) == expected


@pytest.mark.conforms("E85")
def test_a_key_that_did_not_come_was_not_asked_and_what_the_caller_knows_goes_before():
    prefetch = Prefetch("p", {"conditions": raw(bundle())}, availability={"procedures": "failed"})
    available = select(prefetch, CODES).availability
    assert {key: available[key] for key in ("conditions", "procedures", "reports")} == {
        "conditions": "nothing-found", "procedures": "failed", "reports": "not-asked",
    }  # fmt: skip
    assert set(KEYS) <= set(available)


@pytest.mark.conforms("E79", "E80")
def test_a_total_above_the_matching_entries_is_reported():
    included = bundle(RECTUM, total=2)
    included["entry"].append({"resource": COURSE, "search": {"mode": "include"}})
    assert problems(selected(conditions=included)) == [("incomplete-result", "conditions")]
    assert problems(selected(conditions=bundle(RECTUM, total=1))) == []


def medication_request(name, **elements):
    base = {"resourceType": "MedicationRequest", "id": name, "status": "active", "intent": "order"}
    return {**base, "subject": {"reference": "Patient/p"}, **elements}


def test_a_drug_is_found_by_code_by_name_and_behind_a_reference():
    drug = {"resourceType": "Medication", "id": "d", "code": concept(RXNORM, "318341")}
    other = {"resourceType": "Medication", "id": "e", "code": concept(RXNORM, "860975")}
    requests = [
        medication_request("coded", medicationCodeableConcept=concept(RXNORM, "318341")),
        medication_request("named", medicationCodeableConcept={"text": "Cetuximab 5 mg/mL"}),
        medication_request("shown", medicationReference={"reference": "Medication/z", "display": "cetuximab"}),
        medication_request("contained", contained=[drug], medicationReference={"reference": "#d"}),
        medication_request("referred", medicationReference={"reference": "Medication/d"}),
        medication_request("metformin", medicationReference={"reference": "Medication/e"}),
        medication_request("unknown", medicationReference={"reference": "Medication/x"}),
    ]
    chart = selected(conditions=bundle(RECTUM), medications=bundle(*requests, drug, other))
    found = [reference.removeprefix("MedicationRequest/") for reference in references(chart)]
    assert found == ["Condition/c1", "coded", "contained", "named", "referred", "shown"]


def test_a_report_and_a_procedure_are_found_by_their_category():
    report = {"resourceType": "DiagnosticReport", "id": "r", "status": "final", "category": [concept(SECTION, "PAT")],
              "code": {"text": "x"}, "subject": {"reference": "Patient/p"}}  # fmt: skip
    treated = procedure("rt", "1", category=concept(SCT, "108290001"))
    chart = selected(reports=bundle(report), procedures=bundle(treated))
    assert references(chart) == ["DiagnosticReport/r", "Procedure/rt"]


def test_a_refused_procedure_is_found_by_its_reason():
    refused = {**procedure("x", "1", statusReason=concept(SCT, "105480006")), "status": "not-done"}
    assert "Procedure/x" in references(selected(procedures=bundle(refused), conditions=bundle(RECTUM)))


def test_a_cancer_is_found_by_its_profile_its_status_and_its_text():
    profile = "http://hl7.org/fhir/us/mcode/StructureDefinition/mcode-primary-cancer-condition"
    by_profile = condition("a", "1", meta={"profile": [profile]})
    by_text = {**condition("b", "1"), "code": {"text": "Rectal cancer"}}
    flu = condition("c", "1", clinicalStatus=concept("x", "recurrence"))
    assert references(selected(conditions=bundle(by_profile, by_text, flu))) == ["Condition/a", "Condition/b"]


def test_pages_in_a_list_are_one_answer_and_the_worst_counts():
    pages = [bundle(RECTUM), bundle(condition("c2", "C34.1"), link=[{"relation": "next"}])]
    assert references(selected(conditions=pages)) == ["Condition/c1", "Condition/c2"]
    assert availability(look_at(raw(pages))) == "incomplete"


@pytest.mark.parametrize("value", [{"resourceType": True}, {"resourceType": "Bundle", "entry": {"resource": RECTUM}}])
def test_a_value_that_is_neither_bundle_nor_resource_failed_and_is_reported(value):
    assert availability(look_at(raw(value))) == "failed"
    assert problems(selected(conditions=value)) == [("unreadable", "conditions")]
