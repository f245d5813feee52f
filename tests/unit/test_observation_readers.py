"""Stages, markers, genomic results, drugs, events and history, each from its resource."""

import pytest
from table_of_codes import CODES, LOINC, RXNORM, SCT, SECTION, SUBJECT, concept, condition, observation, procedure

from fhir_mappings.events import read_events
from fhir_mappings.genomics import read_genomic_results
from fhir_mappings.history import read_history
from fhir_mappings.medications import read_drug_order, read_medication, read_systemic_procedure
from fhir_mappings.prefetch import Selected
from fhir_mappings.resources import Resources
from fhir_mappings.stages import read_stage, read_stages_of_condition
from fhir_mappings.strict_json import loads
from fhir_mappings.tumour_markers import read_tumour_marker

AJCC = "http://cancerstaging.org"


def chosen(resource, key="observations"):
    return Selected(f"{resource['resourceType']}/{resource['id']}", resource["resourceType"], resource, None, key)


def reader(read):
    def call(resource, *more, key="x"):
        entry = chosen(resource, key)
        return read(entry, Resources([entry]), CODES, *more)

    return call


stage, events, drug = reader(read_stage), reader(read_events), reader(read_medication)
ordered = reader(read_drug_order)


@pytest.mark.parametrize(
    "value",
    [
        "rT2",
        "rcT3",
        "rpN1",
        "AJCC:rcT3",
        "American Joint Committee on Cancer rpT2",
        "rT2N0M0",
        "r T2 N0",
        "rT1aN0",
        "stage rIIIB",
        "r-T4",
        "rycT2",
        "r stage III",
        "rTis",
    ],
)
def test_the_r_prefix_in_code_or_text_marks_a_recurrence(value):
    for stated in ({"valueCodeableConcept": concept(AJCC, value)}, {"valueString": value}):
        assert stage(observation("s", "399504009", system=SCT, **stated)).recurrent


@pytest.mark.parametrize("value", ["cT3", "pT2", "T1", "IIIC", "prT", "Breslow T2", "prior T2", "R0", "rIVx"])
def test_a_stage_without_it_is_not_of_a_recurrence(value):
    assert not stage(observation("s", "399504009", system=SCT, valueString=value)).recurrent


def test_a_diagnosis_may_carry_the_stage_of_a_recurrence_itself():
    staged = condition("c", "C20", stage=[{"summary": {"text": "rT3 N0"}}, {"summary": {"text": "cT2"}}, {"type": {}}])
    (found,) = read_stages_of_condition(chosen(staged))
    assert (found.reference, found.value, found.recurrent, found.focus) == (
        "Condition/c", "rT3 N0", True, ("Condition/c",),
    )  # fmt: skip


def test_a_marker_keeps_its_exact_value_and_unit():
    quantity = loads(b'{"value": 0.20, "unit": "ng/mL", "code": "ng/mL"}')
    found = read_tumour_marker(chosen(observation("m", "2857-1", valueQuantity=quantity)), CODES)
    assert (found.marker, str(found.value), found.unit) == ("PSA", "0.20", "ng/mL")


def test_a_marker_above_a_bound_has_no_value_and_one_below_has_the_bound():
    above = observation("m", "2857-1", valueQuantity={"value": 100, "comparator": ">"})
    below = observation("m", "2857-1", valueQuantity={"value": 1, "comparator": "<"})
    assert read_tumour_marker(chosen(above), CODES).value is None
    assert read_tumour_marker(chosen(below), CODES).value == 1


@pytest.mark.parametrize(
    ("value", "outcome"),
    [
        ({"valueCodeableConcept": concept(LOINC, "LA9633-4")}, "positive"),
        ({"valueCodeableConcept": concept(SCT, "260385009")}, "negative"),
        ({"valueCodeableConcept": {"text": "Wild type"}}, "negative"),
        ({"valueString": "detected in part"}, "unknown"),
        ({"interpretation": [concept("x", "POS")]}, "positive"),
        ({"interpretation": [concept("x", "POS"), concept("x", "NEG")]}, "indeterminate"),
        ({}, "unknown"),
    ],
)
def test_the_outcome_of_a_biomarker_is_read_from_codes_and_never_guessed(value, outcome):
    (found,) = read_genomic_results(chosen(observation("g", "82535-6", **value)), CODES)
    assert (found.biomarker, found.outcome) == ("KRAS", outcome)


def test_a_test_of_the_protein_is_not_one_of_the_gene():
    (found,) = read_genomic_results(chosen(observation("g", "39004-7")), CODES)
    assert found.biomarker == "EGFR protein"


@pytest.mark.parametrize(
    "gene", [concept("http://www.genenames.org/geneId", "HGNC:8031"), {"coding": [{"code": "x", "display": "NTRK1"}]}]
)
def test_a_variant_is_named_by_the_gene_of_its_component(gene):
    variant = observation("g", "69548-6", component=[{"code": concept(LOINC, "48018-6"), "valueCodeableConcept": gene}])
    (found,) = read_genomic_results(chosen(variant), CODES)
    assert found.biomarker == "NTRK"


def request(**elements):
    return {"resourceType": "MedicationRequest", "id": "m", "status": "active", "subject": SUBJECT, **elements}


def test_a_drug_is_read_by_code_and_else_by_name_with_low_confidence():
    assert drug(request(medicationCodeableConcept=concept(RXNORM, "318341"))).coded
    named = drug(request(medicationCodeableConcept={"text": "Erbitux 5 mg/mL solution"}))
    assert (named.agent, named.coded) == ("cetuximab", False)
    assert drug(request(medicationCodeableConcept={"text": "metformin"})) is None


def test_a_drug_in_a_contained_medication_is_read():
    inside = {"resourceType": "Medication", "id": "d", "code": concept(RXNORM, "318341")}
    assert drug(request(contained=[inside], medicationReference={"reference": "#d"})).agent == "cetuximab"


@pytest.mark.parametrize("elements", [{"status": "entered-in-error"}, {"doNotPerform": True}])
def test_a_prescription_that_does_not_stand_is_no_drug(elements):
    assert drug(request(medicationCodeableConcept=concept(RXNORM, "318341")) | elements) is None


def test_of_draft_drug_orders_only_those_selected_count():
    order = request(status="draft", medicationCodeableConcept=concept(RXNORM, "318341"))
    key = "context.draftOrders"
    assert ordered(order, ("MedicationRequest/m",), key=key).agent == "cetuximab"
    assert ordered(order, ("https://ehr.example.org/MedicationRequest/m/_history/2",), key=key) is not None
    assert ordered(order, ("MedicationRequest/other",), key=key) is None
    assert ordered(order, None, key=key) is not None
    assert drug(order, key=key) is None
    assert ordered(order, None, key="medications") is None


def test_chemotherapy_as_a_procedure_is_systemic_treatment():
    given = procedure("c", "367336001", performedPeriod={"start": "2024-01", "end": "2024-06"})
    found = read_systemic_procedure(chosen(given), CODES)
    assert (found.agent, str(found.start), str(found.end)) == ("chemotherapy", "2024-01", "2024-06")
    assert read_systemic_procedure(chosen({**given, "status": "not-done"}), CODES) is None


def test_a_procedure_with_a_role_is_an_event_with_date_site_and_reasons():
    done = procedure("b", "87677003", performedDateTime="2025-03-04", bodySite=[concept(SCT, "34402009")],
                     reasonReference=[{"reference": "Condition/c"}])  # fmt: skip
    (event,) = events(done)
    assert (event.kind, event.item, str(event.date), event.site.region, event.reasons) == (
        "surgery", "rectal resection", "2025-03-04", "rectum", ("Condition/c",),
    )  # fmt: skip


@pytest.mark.parametrize("status", ["not-done", "entered-in-error", "preparation"])
def test_what_was_not_done_is_no_event(status):
    assert events(procedure("b", "87677003") | {"status": status}) == ()


def test_treatment_refused_by_the_patient_is_an_event_of_its_own():
    refused = procedure("b", "87677003", statusReason=concept(SCT, "105480006")) | {"status": "not-done"}
    (event,) = events(refused)
    assert (event.kind, event.item) == ("treatment-declined", "rectal resection")


def test_a_report_is_recognised_by_its_category_and_a_text_by_the_closed_list():
    report = {"resourceType": "DiagnosticReport", "id": "r", "status": "final", "issued": "2026-01-02T10:00:00Z",
              "category": [concept(SECTION, "PAT")], "code": {"text": "x"}}  # fmt: skip
    (event,) = events(report)
    assert (event.kind, str(event.date)) == ("biopsy", "2026-01-02")
    (by_text,) = events(procedure("b", "1") | {"code": {"text": "Core biopsy"}})
    assert (by_text.kind, by_text.coded) == ("biopsy", False)


def test_performance_status_keeps_its_value():
    (event,) = events(observation("e", "89247-1", valueInteger=1, effectiveDateTime="2026-01"))
    assert (event.kind, event.item, event.value) == ("performance-status", "ECOG", "1")


@pytest.mark.parametrize(
    "resource", [condition("h", "Z92.3"), condition("h", "429479009", system=SCT), condition("h", "Z923")]
)
def test_a_history_of_radiotherapy_is_told_by_its_codes(resource):
    assert read_history(chosen(resource), CODES).reference == "Condition/h"


def test_a_denied_or_refuted_history_is_none():
    denied = observation("h", "429479009", system=SCT, valueBoolean=False)
    refuted = condition("h", "Z92.3", verificationStatus=concept("x", "refuted"))
    assert read_history(chosen(denied), CODES) is None
    assert read_history(chosen(refuted), CODES) is None
