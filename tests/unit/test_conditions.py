"""Condition -> CancerDiagnosis: codes, their conflicts, links, dates and what is left out."""

import pytest
from table_of_codes import CODES, ICD10, ICDO3, SCT, concept, condition

from clinical_rules.facts import CancerDiagnosis, DataProblem
from fhir_mappings.condition_status import status_by_code
from fhir_mappings.conditions import read_condition
from fhir_mappings.prefetch import Selected
from fhir_mappings.resources import Resources

CLINICAL = "http://terminology.hl7.org/CodeSystem/condition-clinical"
VERIFICATION = "http://terminology.hl7.org/CodeSystem/condition-ver-status"
FHIR = "http://hl7.org/fhir/StructureDefinition"
MCODE = "http://hl7.org/fhir/us/mcode/StructureDefinition"
HISTOLOGY = f"{MCODE}/mcode-histology-morphology-behavior"


def read(resource, key="conditions"):
    entry = Selected(f"Condition/{resource['id']}", "Condition", resource, None, key)
    return read_condition(entry, Resources([entry]), CODES)


def diagnosis(code="C20", **elements):
    found = read(condition("c", code, **elements))
    assert isinstance(found, CancerDiagnosis)
    return found


def coded(*codings, **elements):
    found = read(condition("c", "x", **elements) | {"code": {"coding": [{"system": s, "code": c} for s, c in codings]}})
    assert isinstance(found, CancerDiagnosis)
    return found


@pytest.mark.parametrize(
    ("code", "site", "role"),
    [
        ("C20", "rectum", "primary"),
        ("C34.11", "lung", "primary"),
        ("C3411", "lung", "primary"),
        ("C77.5", "other", "nodes"),
        ("C78.01", "lung-metastasis", "secondary"),
        ("C79.51", "bone-metastasis", "secondary"),
        ("Z85.048", "other", "history"),
    ],
)
def test_the_longest_known_prefix_of_an_icd_code_names_site_and_role(code, site, role):
    found = diagnosis(code)
    assert (found.site, found.role, found.code) == (site, role, code)


def test_a_condition_that_names_no_cancer_is_none():
    assert read(condition("c", "E11.9")) is None


@pytest.mark.parametrize("stated", ["Rectal cancer", " rectal  CANCER "])
def test_a_text_of_the_closed_list_is_read_with_low_confidence(stated):
    found = read(condition("c", "x") | {"code": {"text": stated}})
    assert (found.site, found.coded) == ("rectum", False)


def test_an_unverified_code_is_read_with_low_confidence():
    assert diagnosis("94225005", system=SCT).coded is False


def test_an_unknown_code_under_a_cancer_profile_is_a_cancer_of_unknown_place():
    found = diagnosis("999", system=SCT, meta={"profile": [f"{MCODE}/mcode-secondary-cancer-condition"]})
    assert (found.role, found.site, found.coded) == ("secondary", "other", False)


def test_codings_that_say_the_same_in_two_systems_do_not_conflict():
    found = coded((SCT, "363358000"), (ICD10, "C34.12"))
    assert (found.site, found.conflict, found.body_site.side) == ("lung", None, "left")


@pytest.mark.parametrize(
    "codings",
    [
        [(SCT, "363358000"), (ICD10, "C78.01")],
        [(SCT, "363358000"), (ICD10, "C20")],
        [(ICD10, "C34.11"), (ICD10, "C34.12")],
    ],
)
def test_codings_that_contradict_each_other_are_a_conflict(codings):
    assert coded(*codings).conflict is not None
    assert coded(*codings) == coded(*reversed(codings))


def test_a_side_in_the_code_and_another_in_the_body_site_are_a_conflict():
    left = {"url": f"{MCODE}/mcode-laterality-qualifier", "valueCodeableConcept": concept(SCT, "7771000")}
    found = diagnosis("C34.11", bodySite=[concept(SCT, "39607008", extension=[left])])
    assert found.conflict is not None
    assert found.body_site.side == "unknown"


def test_a_recurrence_code_goes_before_the_primary_code_beside_it():
    assert coded((SCT, "314966008"), (ICD10, "C20")).role == "local-recurrence"
    general = coded((SCT, "1259237005"), (ICD10, "C20"))
    assert (general.role, general.site) == ("recurrence", "rectum")


def test_icd_o_topography_says_where_a_generic_code_lies():
    morphology = {
        "url": f"{MCODE}/mcode-histology-morphology-behavior",
        "valueCodeableConcept": concept(ICDO3, "8140/3 2"),
    }
    found = diagnosis("363346000", system=SCT, bodySite=[concept(ICDO3, "C20.9")], extension=[morphology])
    assert (found.site, found.histology, found.role) == ("rectum", "8140/3", "primary")


def test_metastatic_behaviour_makes_a_generic_cancer_secondary():
    morphology = {
        "url": f"{MCODE}/mcode-histology-morphology-behavior",
        "valueCodeableConcept": concept(ICDO3, "8140/6"),
    }
    assert diagnosis("363346000", system=SCT, extension=[morphology]).role == "secondary"


def test_nodes_carry_their_icd_group_whatever_the_system():
    assert diagnosis("C77.5").node_group == "C77.5"
    assert diagnosis("94350006", system=SCT).node_group == "C77.5"


@pytest.mark.parametrize("url", [f"{FHIR}/condition-related", f"{MCODE}/mcode-related-primary-cancer-condition"])
def test_the_primary_of_a_metastasis_is_read_from_either_extension(url):
    link = {"url": url, "valueReference": {"reference": "https://ehr.example.org/fhir/Condition/first"}}
    assert diagnosis("C78.01", extension=[link]).related_primary == "Condition/first"


def test_the_first_occurrence_and_kind_of_a_relapse_are_read():
    follows = {"url": f"{FHIR}/condition-occurredFollowing", "valueReference": {"reference": "Condition/first"}}
    kind = {"url": "http://hl7.eu/fhir/ig/idea4rc/StructureDefinition/condition-relapseType",
            "valueCodeableConcept": concept(SCT, "255470001")}  # fmt: skip
    found = diagnosis(extension=[follows, kind])
    assert (found.follows, found.recurrence_kind) == ("Condition/first", "local")
    on_status = {"url": "http://onconova.github.io/fhir/StructureDefinition/onconova-ext-primary-cancer-recurrence-of",
                 "valueReference": {"reference": "Condition/first"}}  # fmt: skip
    status = concept(CLINICAL, "recurrence", extension=[on_status])
    assert diagnosis(clinicalStatus=status).follows == "Condition/first"


@pytest.mark.parametrize("status", ["active", "recurrence", "relapse", "inactive", "remission", "resolved"])
def test_each_clinical_status_is_read(status):
    assert diagnosis(clinicalStatus=concept(CLINICAL, status)).clinical_status == status


def test_an_unknown_or_missing_status_is_unknown():
    assert diagnosis(clinicalStatus=concept(CLINICAL, "improving")).clinical_status == "unknown"
    assert diagnosis().verification == "unknown"


@pytest.mark.parametrize("status", ["refuted", "entered-in-error"])
def test_a_cancer_that_was_refuted_or_entered_in_error_is_reported_as_left_out(status):
    found = read(condition("c", "C20", verificationStatus=concept(VERIFICATION, status)))
    assert isinstance(found, DataProblem)
    assert (found.problem, found.reference) == ("left-out", "Condition/c")


def test_dates_are_as_precise_as_stated_and_the_date_of_diagnosis_stands_in_for_onset():
    found = diagnosis(
        onsetDateTime="2019-05", recordedDate="2026-01-02", abatementPeriod={"start": "2020", "end": "2021"}
    )
    assert [str(day) for day in (found.onset, found.recorded, found.abatement)] == ["2019-05", "2026-01-02", "2021"]
    asserted = {"url": f"{FHIR}/condition-assertedDate", "valueDateTime": "2018"}
    assert str(diagnosis(extension=[asserted]).onset) == "2018"


def test_the_problem_just_added_is_marked():
    assert read(condition("c", "C20"), key="context.conditions").just_added
    assert not read(condition("c", "C20")).just_added


@pytest.mark.parametrize(
    ("code", "stated", "status"),
    [
        ("C91.02", "active", "relapse"), ("C9102", "active", "relapse"), ("C91.02", "resolved", "resolved"),
        ("C91.01", "active", "remission"), ("C91.00", "active", "active"), ("C81.1A", "active", "remission"),
        ("C84.A", "active", "active"), ("C20", "active", "active"),
    ],
)  # fmt: skip
def test_a_code_in_relapse_or_remission_says_what_an_active_entry_does_not(code, stated, status):
    assert status_by_code(stated, ICD10, code) == status


def test_a_side_that_stands_as_a_body_site_of_its_own_is_the_side_of_the_place():
    left = {"coding": [{"system": SCT, "code": "7771000"}]}
    assert diagnosis("C34.1", bodySite=[left]).body_site.side == "left"
