from datetime import date
from decimal import Decimal

import pytest

from cds_service.code_table import build_code_table, observation_codes
from cds_service.code_texts import site_label
from clinical_rules.facts import BodySite
from clinical_rules.knowledge import load_knowledge
from fhir_mappings.code_table import ICD10CM, ICDO3, LOINC, SCT, DiagnosisCode, RoleCode
from fhir_mappings.radiotherapy_diagnoses import diagnosis_of

KNOWLEDGE = load_knowledge()
TABLE = build_code_table(KNOWLEDGE)
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
ATC = "http://www.whocc.no/atc"
GERMAN = "http://fhir.de/CodeSystem/bfarm/icd-10-gm"


def test_every_body_site_code_is_a_place():
    assert len(TABLE.body_sites) == 668
    assert {system for system, _ in TABLE.body_sites} == {SCT}
    assert {site.region for site in TABLE.body_sites.values()} <= set(KNOWLEDGE.anatomy.regions)


def test_a_vertebra_carries_its_level_and_a_sided_code_its_side():
    assert TABLE.body_sites[SCT, "7610001"] == BodySite(
        "spine-thoracic",
        "T10",
        subsite="T10",
        structures=TABLE.body_sites[SCT, "7610001"].structures,
        code="7610001",
        system=SCT,
    )
    assert TABLE.body_sites[SCT, "73056007"].side == "right"
    assert TABLE.body_sites[SCT, "12738006"].structures == ("Brain",)


def test_icd_prefixes_never_mix_systems():
    assert TABLE.icd_prefixes[ICD10CM]["C77.5"].role == "nodes"
    assert TABLE.icd_prefixes[ICDO3]["C77.5"].role == "primary"
    assert TABLE.icd_prefixes[ICD10CM]["C11"] == DiagnosisCode("nasopharynx", "nasopharynx", None, "primary")
    assert len(TABLE.icd_prefixes[ICD10CM]) == 268
    assert len(TABLE.icd_prefixes[ICDO3]) == 148
    assert SCT not in TABLE.icd_prefixes


def test_icd10_elsewhere_shares_what_is_the_same_and_is_not_verified():
    assert TABLE.icd_prefixes[GERMAN]["C20"] == DiagnosisCode("rectum", "rectum", None, "primary", verified=False)
    assert "C79.3" in TABLE.icd_prefixes[GERMAN]
    assert "C79.31" not in TABLE.icd_prefixes[GERMAN]


def test_icd_o_rows_that_were_not_read_are_not_verified():
    assert TABLE.icd_prefixes[ICDO3]["C15.3"].verified
    assert not TABLE.icd_prefixes[ICDO3]["C11"].verified


def test_disorders_are_matched_exactly():
    assert len(TABLE.diagnoses) == 185
    assert TABLE.diagnoses[SCT, "314966008"].role == "local-recurrence"
    assert TABLE.diagnoses[SCT, "314966008"].site == "rectum"
    assert TABLE.diagnoses[SCT, "94222008"].role == "secondary"


@pytest.mark.parametrize(
    ("resource", "system", "code", "expected"),
    [
        ("Observation", LOINC, "89247-1", RoleCode("performance-status", "ECOG")),
        ("Observation", LOINC, "97509-4", RoleCode("disease-status", "disease-status")),
        ("Observation", LOINC, "2857-1", RoleCode("tumour-marker", "PSA")),
        ("Observation", LOINC, "43730-1", RoleCode("tumour-marker", "EBV DNA")),
        ("Observation", LOINC, "81420-2", RoleCode("biomarker", "RAS")),
        ("Observation", LOINC, "2160-0", RoleCode("organ-function", "creatinine", verified=False)),
        ("Procedure", SCT, "113091000", RoleCode("cross-sectional-imaging", "MRI")),
        ("Procedure", SCT, "385763009", RoleCode("hospice", "hospice care", verified=False)),
        ("Procedure", SCT, "105480006", RoleCode("treatment-declined", "refused by patient")),
        ("Condition", ICD10CM, "Z92.3", RoleCode("radiotherapy-history", "history of irradiation")),
        ("Condition", ICD10CM, "Z53.20", RoleCode("treatment-declined", "declined", verified=False)),
        ("DiagnosticReport", LOINC, "22637-3", RoleCode("biopsy", "pathology report")),
        ("MedicationRequest", RXNORM, "318341", RoleCode("drug", "cetuximab")),
        ("MedicationRequest", ATC, "L01XC08", RoleCode("drug", "panitumumab")),
        ("MedicationRequest", RXNORM, "263034", RoleCode("drug", "panitumumab", verified=False)),
    ],
)
def test_a_code_plays_its_role(resource, system, code, expected):
    assert TABLE.roles[resource][system, code] == expected


def test_left_without_being_seen_and_the_immunosuppressant_play_no_role():
    assert (ICD10CM, "Z53.21") not in TABLE.roles["Condition"]
    assert not any("Z53.21".startswith(code) for _, code in TABLE.role_prefixes["Condition"])
    assert (ATC, "L04AX03") not in TABLE.roles["MedicationRequest"]


def test_prefixes_are_kept_apart_from_exact_codes():
    assert TABLE.role_prefixes["Condition"][ICD10CM, "G95.2"] == RoleCode(
        "emergency", "cord-compression", verified=False
    )
    assert TABLE.role_prefixes["Condition"][ICD10CM, "Z85"] == RoleCode("cancer-follow-up", "history of cancer")
    assert (ICD10CM, "O") in TABLE.role_prefixes["Condition"]
    assert (ICD10CM, "O") not in TABLE.roles["Condition"]


def test_texts_lead_to_a_code_a_region_or_an_item():
    assert TABLE.texts["body-site"]["pelvis"] == "pelvis"
    assert TABLE.texts["body-site"]["h&n"] == "head-neck"
    assert TABLE.texts["body-site"]["larynx hypopharynx"] == "larynx-hypopharynx"
    assert TABLE.texts["body-site"]["t10"] == "7610001"
    assert TABLE.texts["body-site"]["frontal lobe structure"] == "83251001"
    assert TABLE.texts["diagnosis"]["nasopharyngeal carcinoma"] == "449248000"
    assert TABLE.texts["drug"]["erbitux"] == "cetuximab"
    assert TABLE.texts["cross-sectional-imaging"]["mri brain"] == "MRI"
    assert "unspecified" not in TABLE.texts["body-site"]


def test_every_text_is_in_lower_case_and_means_something_the_table_has():
    codes = {code for _, code in TABLE.body_sites}
    for role, texts in TABLE.texts.items():
        assert all(text == " ".join(text.lower().split()) for text in texts), role
    assert set(TABLE.texts["body-site"].values()) <= codes | set(KNOWLEDGE.anatomy.regions)
    meant = TABLE.texts["diagnosis"].values()
    assert all(diagnosis_of(SCT, code, TABLE) or diagnosis_of(ICD10CM, code, TABLE) for code in meant)


def test_bounds_are_the_single_numbers_of_the_day():
    assert TABLE.bounds["plausible.max-course-gy"] == Decimal(120)
    assert "interval.bands-months" not in TABLE.bounds
    assert build_code_table(KNOWLEDGE.on(date(2026, 11, 23))).bounds == TABLE.bounds


def test_the_setting_for_unverified_codes_is_passed_on():
    assert TABLE.unverified == "low-confidence"
    assert build_code_table(KNOWLEDGE, unverified="refuse").unverified == "refuse"


def test_the_table_cannot_be_changed():
    with pytest.raises(TypeError):
        TABLE.body_sites[SCT, "1"] = BodySite("brain", "brain")
    with pytest.raises(TypeError):
        TABLE.roles["Observation"][LOINC, "1"] = RoleCode("stage", "T")


def test_the_observation_query_lists_each_code_once_and_in_order():
    asked = observation_codes(KNOWLEDGE).split(",")
    assert asked == sorted(set(asked))
    assert {f"{LOINC}|97509-4", f"{LOINC}|89247-1", f"{LOINC}|2857-1", f"{SCT}|399537006"} <= set(asked)
    assert observation_codes(KNOWLEDGE.on(date(2026, 11, 23))) == observation_codes(KNOWLEDGE)
    assert not any(code in "&?# " for code in observation_codes(KNOWLEDGE))


@pytest.mark.parametrize(
    ("display", "label"),
    [
        ("Structure of cerebrum", "cerebrum"),
        ("Skin structure of scalp", "skin of scalp"),
        ("Pelvis (body structure)", "pelvis"),
        ("Bone structure of C7", "C7"),
        ("Pontine structure", "pontine structure"),
        ("Entire brain", "entire brain"),
    ],
)
def test_a_label_leaves_out_the_words_of_the_terminology(display, label):
    assert site_label(display) == label


@pytest.mark.parametrize(
    ("code", "site", "region", "role"),
    [
        ("Z85.04", "rectum", "rectum", "history"), ("Z85.3", "other", "breast", "history"),
        ("Z85", "other", "unspecified", "history"), ("C44.3", "other", "face", "primary"),
        ("C91", "other", "unspecified", "primary"),
    ],
)  # fmt: skip
def test_history_skin_and_blood_cancers_have_their_rows(code, site, region, role):
    found = TABLE.icd_prefixes[ICD10CM][code]
    assert (found.site, found.region, found.role) == (site, region, role)


def test_plain_names_of_cancers_are_in_the_closed_list_of_texts():
    assert TABLE.texts["diagnosis"]["rectal cancer"] == "C20"
    assert TABLE.texts["diagnosis"]["bone metastases"] == "C79.51"
