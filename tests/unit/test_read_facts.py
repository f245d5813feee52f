"""read_facts: the whole way from bytes to facts."""

import json
import random
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from table_of_codes import CODES, RXNORM, SCT, SUBJECT, concept, condition, observation, procedure

from clinical_rules.facts import Patient
from fhir_mappings import read_facts
from fhir_mappings.prefetch import Prefetch

KEYS = {"Condition": "conditions", "Procedure": "procedures", "BodyStructure": "volumes", "Observation": "observations",
        "MedicationRequest": "medications", "DiagnosticReport": "reports", "ServiceRequest": "draftOrders"}  # fmt: skip
PATIENT = {"resourceType": "Patient", "id": "p", "birthDate": "1960-02", "gender": "female"}
DOSE = {
    "url": "http://hl7.org/fhir/us/mcode/StructureDefinition/mcode-radiotherapy-dose-delivered-to-volume",
    "extension": [
        {"url": "volume", "valueReference": {"reference": "BodyStructure/v"}},
        {
            "url": "totalDoseDelivered",
            "valueQuantity": {"value": 5040, "code": "cGy", "system": "http://unitsofmeasure.org"},
        },
        {"url": "fractionsDelivered", "valueUnsignedInt": 28},
    ],
}
CHART = [
    condition("primary", "C20", onsetDateTime="2024-01-10"),
    condition("local", "314966008", system=SCT, clinicalStatus=concept("x", "recurrence"), onsetDateTime="2026-01-10"),
    condition("diabetes", "E11.9"),
    condition("refuted", "C34.1", verificationStatus=concept("x", "refuted")),
    condition("history", "Z92.3"),
    procedure("rt", "1217123003", extension=[DOSE], performedPeriod={"start": "2024-02-01", "end": "2024-03-12"}),
    procedure("resection", "87677003", performedDateTime="2024-06-01"),
    {"resourceType": "BodyStructure", "id": "v", "patient": SUBJECT, "location": concept(SCT, "34402009")},
    observation("status", "97509-4", valueCodeableConcept=concept(SCT, "271299001"), effectiveDateTime="2026-02-01"),
    observation("psa1", "2857-1", valueQuantity={"value": 0.2, "unit": "ng/mL"}, effectiveDateTime="2026-01-01"),
    observation("psa2", "2857-1", valueQuantity={"value": 0.4, "unit": "ng/mL"}, effectiveDateTime="2026-02-01"),
    {"resourceType": "MedicationRequest", "id": "drug", "status": "active", "intent": "order", "subject": SUBJECT,
     "medicationCodeableConcept": concept(RXNORM, "318341")},
    {"resourceType": "ServiceRequest", "id": "order", "status": "draft", "intent": "order", "subject": SUBJECT,
     "code": concept(SCT, "1217123003"), "bodySite": [concept(SCT, "34402009")]},
]  # fmt: skip


def prefetch(resources, patient=PATIENT, **more):
    found = {key: {"resourceType": "Bundle", "entry": []} for key in KEYS.values()}
    for resource in resources:
        found[KEYS[resource["resourceType"]]]["entry"].append({"resource": resource})
    raw = {key: json.dumps(value).encode() for key, value in found.items()}
    context = {"draftOrders": raw.pop("draftOrders")}
    return Prefetch("p", {**raw, "patient": json.dumps(patient).encode()}, context, **more)


def facts_of(*resources, **more):
    return read_facts(prefetch(resources, **more), CODES)


def references(found):
    return [each.reference for each in found]


def test_a_chart_becomes_facts():
    facts = facts_of(*CHART)
    assert references(facts.diagnoses) == ["Condition/local", "Condition/primary"]
    assert references(facts.courses) == ["Procedure/rt"]
    assert references(facts.orders) == ["ServiceRequest/order"]
    assert references(facts.history) == ["Condition/history"]
    assert references(facts.statuses) == ["Observation/status"]
    assert references(facts.markers) == ["Observation/psa1", "Observation/psa2"]
    assert references(facts.systemic) == ["MedicationRequest/drug"]
    assert references(facts.events) == ["Procedure/resection"]
    assert [problem.problem for problem in facts.problems] == ["left-out"]
    (volume,) = facts.courses[0].volumes
    assert (volume.total_dose_gy, volume.fractions, volume.site.region) == (Decimal("50.4"), 28, "rectum")


@pytest.mark.parametrize("seed", range(5))
def test_the_facts_do_not_depend_on_the_order_of_the_records(seed):
    shuffled = random.Random(seed).sample(CHART, len(CHART))  # noqa: S311  no secret depends on it
    assert facts_of(*shuffled) == facts_of(*CHART)


@pytest.mark.conforms("E80")
def test_a_bundle_a_list_and_a_single_resource_give_the_same_facts():
    primary = CHART[0]
    forms = (primary, [primary], {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": primary}]})
    read = [read_facts(Prefetch("p", {"conditions": json.dumps(form).encode()}), CODES) for form in forms]
    assert read[0].diagnoses
    assert read[0] == read[1] == read[2]


def test_a_quiet_chart_gives_the_patient_and_nothing_else():
    facts = facts_of(condition("a", "E11.9"), observation("e", "89247-1"))
    assert facts.patient.gender == "female"
    assert [*facts.diagnoses, *facts.courses, *facts.events, *facts.problems] == []
    assert facts.availability["conditions"] == "found"
    assert facts.availability["procedures"] == "nothing-found"
    assert facts.availability["radiationDose"] == "not-asked"


@pytest.mark.parametrize("patient", [None, {}, {"resourceType": "Patient", "id": "q", "birthDate": "1990"}])
def test_without_a_readable_patient_only_the_reference_is_known(patient):
    assert facts_of(patient=patient).patient == Patient("Patient/p")


@pytest.mark.parametrize("death", [{"deceasedBoolean": True}, {"deceasedDateTime": "2025-01-01T10:00:00Z"}])
def test_death_is_read_in_either_form(death):
    assert facts_of(patient={**PATIENT, **death}).patient.deceased
    assert not facts_of(patient={**PATIENT, "deceasedBoolean": False}).patient.deceased


@pytest.mark.conforms("D68", "G100")
def test_dose_and_cancer_of_another_patient_are_never_among_the_facts():
    strangers = [{**each, "subject": {"reference": "Patient/q"}} for each in CHART if "subject" in each]
    facts = facts_of(*strangers)
    assert [*facts.diagnoses, *facts.courses, *facts.orders, *facts.markers] == []
    assert {problem.problem for problem in facts.problems} == {"foreign-patient"}


NAMES = ["coding", "code", "system", "reference", "extension", "value", "url"]
SCALARS = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5)
)
ANY = st.recursive(
    SCALARS | st.sampled_from(["C20", SCT]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner),
    max_leaves=8,
)
ELEMENTS = ["id", "code", "status", "subject", "extension", "bodySite", "category", "clinicalStatus", "meta",
            "performedPeriod", "onsetDateTime", "valueCodeableConcept", "contained", "component",
            "medicationCodeableConcept"]  # fmt: skip
RESOURCES = st.builds(
    lambda base, changes: {**base, **changes},
    st.sampled_from([*CHART, {}, {"resourceType": "Procedure"}]),
    st.dictionaries(st.sampled_from(ELEMENTS), ANY, max_size=3),
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(RESOURCES | ANY, max_size=5))
def test_no_entry_whatever_stands_in_it_breaks_the_reading(entries):
    raw = json.dumps({"resourceType": "Bundle", "entry": [{"resource": entry} for entry in entries]}).encode()
    keys = ("conditions", "procedures", "observations")
    read_facts(Prefetch("p", dict.fromkeys(keys, raw), {"draftOrders": raw, "conditions": raw}), CODES)


@settings(max_examples=150, deadline=None)
@given(ANY)
def test_no_value_of_a_key_breaks_the_reading(value):
    raw = json.dumps(value).encode()
    read_facts(Prefetch("p", {"conditions": raw, "patient": raw}, {"draftOrders": raw}), CODES)
