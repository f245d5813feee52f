"""A small code table and makers of resources for the tests of the readers."""

from clinical_rules.facts import BodySite
from fhir_mappings.code_table import ICD10CM as ICD10
from fhir_mappings.code_table import ICDO3, LOINC, SCT, CodeTable, DiagnosisCode, RoleCode

SECTION = "http://terminology.hl7.org/CodeSystem/v2-0074"
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
SUBJECT = {"reference": "Patient/p"}

CODES = CodeTable(
    body_sites={
        (SCT, "34402009"): BodySite("rectum", "rectum", code="34402009", system=SCT),
        (SCT, "39607008"): BodySite("lung", "lung", code="39607008", system=SCT),
    },
    icd_prefixes={
        ICD10: {
            "C20": DiagnosisCode("rectum", "rectum", None, "primary"),
            "C34": DiagnosisCode("lung", "lung", None, "primary"),
            "C77.5": DiagnosisCode("other", "pelvic-nodes", "pelvic-nodes", "nodes"),
            "C78.0": DiagnosisCode("lung-metastasis", "lung", None, "secondary"),
            "C79.5": DiagnosisCode("bone-metastasis", "unspecified", None, "secondary"),
        },
        ICDO3: {"C20": DiagnosisCode("rectum", "rectum", None, "primary")},
    },
    diagnoses={
        (SCT, "314966008"): DiagnosisCode("rectum", "rectum", None, "local-recurrence"),
        (SCT, "1259237005"): DiagnosisCode("other", "unspecified", None, "local-recurrence"),
        (SCT, "363358000"): DiagnosisCode("lung", "lung", None, "primary"),
        (SCT, "94350006"): DiagnosisCode("other", "pelvic-nodes", "pelvic-nodes", "nodes"),
        (SCT, "94225005"): DiagnosisCode("brain-metastasis", "brain", None, "secondary", verified=False),
    },
    roles={
        "Observation": {
            (LOINC, "97509-4"): RoleCode("disease-status", "disease-status"),
            (SCT, "396432002"): RoleCode("disease-status", "follow-up"),
            (LOINC, "89247-1"): RoleCode("performance-status", "ECOG"),
            (LOINC, "2160-0"): RoleCode("organ-function", "creatinine"),
            (LOINC, "2857-1"): RoleCode("tumour-marker", "PSA"),
            (SCT, "399504009"): RoleCode("stage", "cT"),
            (LOINC, "39004-7"): RoleCode("biomarker", "EGFR protein"),
            (LOINC, "82535-6"): RoleCode("biomarker", "KRAS"),
            (LOINC, "69548-6"): RoleCode("biomarker", "variant"),
            ("http://www.genenames.org/geneId", "HGNC:8031"): RoleCode("gene", "NTRK"),
        },
        "Procedure": {
            (SCT, "86273004"): RoleCode("biopsy", "biopsy", verified=False),
            (SCT, "87677003"): RoleCode("surgery", "rectal resection"),
            (SCT, "367336001"): RoleCode("systemic-therapy", "chemotherapy"),
        },
        "Condition": {(SCT, "385763009"): RoleCode("hospice", "hospice care")},
        "DiagnosticReport": {(SECTION, "PAT"): RoleCode("biopsy", "pathology report")},
        "MedicationRequest": {(RXNORM, "318341"): RoleCode("drug", "cetuximab")},
    },
    role_prefixes={
        "Condition": {
            (ICD10, "G89.3"): RoleCode("pain", "neoplasm-related pain"),
            (ICD10, "O"): RoleCode("pregnancy", "pregnancy"),
        }
    },
    texts={
        "diagnosis": {"rectal cancer": "C20"},
        "drug": {"cetuximab": "cetuximab", "erbitux": "cetuximab"},
        "biopsy": {"core biopsy": "biopsy"},
        "gene": {"ntrk1": "NTRK"},
    },
)  # fmt: skip


def concept(system, code, **elements):
    """A CodeableConcept with one coding."""
    return {"coding": [{"system": system, "code": code}], **elements}


def condition(name, code, system=ICD10, **elements):
    """A Condition of the patient of these tests."""
    return {"resourceType": "Condition", "id": name, "subject": SUBJECT, "code": concept(system, code), **elements}


def procedure(name, code, system=SCT, **elements):
    """A Procedure of the patient of these tests, completed."""
    base = {"resourceType": "Procedure", "id": name, "status": "completed", "subject": SUBJECT}
    return {**base, "code": concept(system, code), **elements}


def observation(name, code, system=LOINC, **elements):
    """A final Observation of the patient of these tests."""
    base = {"resourceType": "Observation", "id": name, "status": "final", "subject": SUBJECT}
    return {**base, "code": concept(system, code), **elements}
