"""Code systems, codes and extension names of radiotherapy, each with where it was read.

Sources: mCODE 4.0.0 (https://hl7.org/fhir/us/mcode/) and its earlier versions back to STU1, CodeX
Radiation Therapy 2.0.0 (https://hl7.org/fhir/us/codex-radiation-therapy/), the European survivorship
and IDEA4RC guides. Extensions are matched by the last part of their URL, since guides that derive
from mCODE republish them under addresses of their own.
"""

from collections.abc import Mapping

from clinical_rules.facts import Intent, Modality, VolumeType
from fhir_mappings.code_table import ICD10CM, LOINC, SCT
from fhir_mappings.radiotherapy_record import Level

UCUM = "http://unitsofmeasure.org"
NULL_FLAVOR = "http://terminology.hl7.org/CodeSystem/v3-NullFlavor"
REQUESTED = "http://hl7.org/fhir/us/mcode/CodeSystem/snomed-requested-cs"
CPT = "http://www.ama-assn.org/go/cpt"
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
ATC = "http://www.whocc.no/atc"
HCPCS = "http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets"
ICD10PCS = "http://www.cms.gov/Medicare/Coding/ICD10"
OPS = "http://fhir.de/CodeSystem/bfarm/ops"
DCM = "http://dicom.nema.org/resources/ontology/DCM"

DOSE_METRIC_URL = "urn:rert-cds:dose-metric"
"""Our own extension: the metric of a dose (profiles/StructureDefinition-dose-metric.json)."""

SYSTEM_ALIASES: Mapping[str, str] = {
    REQUESTED: SCT,
    "urn:oid:2.16.840.1.113883.6.96": SCT,
    "urn:oid:2.16.840.1.113883.6.1": LOINC,
    "urn:oid:2.16.840.1.113883.6.90": ICD10CM,
    "urn:oid:2.16.840.1.113883.6.4": ICD10PCS,
    "http://hl7.org/fhir/sid/icd-10-pcs": ICD10PCS,
    "urn:oid:2.16.840.1.113883.6.12": CPT,
    "https://www.ama-assn.org/go/cpt": CPT,
    "urn:oid:2.16.840.1.113883.6.285": HCPCS,
    "https://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets": HCPCS,
    "urn:oid:2.16.840.1.113883.6.14": HCPCS,
    "https://bluebutton.cms.gov/resources/codesystem/hcpcs": HCPCS,
    "urn:oid:2.16.840.1.113883.6.88": RXNORM,
    "urn:oid:2.16.840.1.113883.6.73": ATC,
    "http://fhir.de/CodeSystem/bfarm/atc": ATC,
    "http://fhir.de/CodeSystem/dimdi/atc": ATC,
    "http://www.dimdi.de/FHIR/OPS": OPS,
    "http://fhir.de/CodeSystem/dimdi/ops": OPS,
    "http://dicom.nema.org/resources/ontology/DCM/": DCM,
    "https://dicom.nema.org/resources/ontology/DCM": DCM,
}

LEVELS: Mapping[str, Level] = {
    "1217123003": "course", "USCRS-33529": "course", "USCRS-33292": "course", "SUMMARY": "course",
    "mcode-radiotherapy-course-summary": "course", "mcode-radiotherapy-treatment-summary": "course",
    "mcode-radiotherapy-summary": "course", "radiotherapy-course-prescription": "course",
    "1222565005": "phase", "USCRS-33527": "phase", "mcode-teleradiotherapy-treatment-phase": "phase",
    "mcode-brachytherapy-treatment-phase": "phase", "mcode-radiotherapy-ebrt": "phase",
    "mcode-radiotherapy-brachy": "phase", "teleradiotherapy-phase-prescription": "phase",
    "1255724003": "plan", "USCRS-33951": "plan",
    "1297069006": "fraction",
}  # fmt: skip
"""Codes of Procedure.code and ServiceRequest.code that name a level, old and new."""

PROFILE_LEVELS: Mapping[str, Level] = {
    "mcode-radiotherapy-course-summary": "course", "mcode-radiotherapy-therapy-summary": "course",
    "mcode-radiotherapy-summary": "course", "mcode-radiotherapy-treatment-summary": "course",
    "mcode-teleradiotherapy-prescription-delivery": "phase", "mcode-brachytherapy-prescription-delivery": "phase",
    "mcode-teleradiotherapy-treatment-phase": "phase", "mcode-brachytherapy-treatment-phase": "phase",
    "mcode-cancer-related-radiation-procedure": "generic",
    "codexrt-radiotherapy-course-summary": "course", "codexrt-radiotherapy-course-prescription": "course",
    "codexrt-radiotherapy-planned-course": "course", "codexrt-radiotherapy-treated-phase": "phase",
    "codexrt-radiotherapy-phase-prescription": "phase", "codexrt-radiotherapy-planned-phase": "phase",
    "codexrt-radiotherapy-treated-plan": "plan", "codexrt-radiotherapy-plan-prescription": "plan",
    "codexrt-radiotherapy-treatment-plan": "plan", "codexrt-radiotherapy-treated-fraction": "fraction",
    "mii-pr-onko-strahlentherapie": "generic",
    "mii-pr-onko-strahlentherapie-bestrahlung-strahlentherapie": "generic",
    "mii-pr-onko-strahlentherapie-bestrahlung-nuklearmedizin": "generic",
}  # fmt: skip

CATEGORIES = frozenset({"108290001", "1287742003", "53438000"})
"""Procedure.category: radiation oncology, radiotherapy (2024), radiation therapy procedure (STU1)."""

REIRRADIATION_REASONS = frozenset({"2000100047", "2000100049"})
"""IDEA4RC reason codes: re-irradiation in field, marginal (2000100048 is out of field)."""

INTENTS: Mapping[str, Intent] = {"373808002": "curative", "363676003": "palliative", "K": "curative", "P": "palliative"}

VOLUME_TYPES: Mapping[str, VolumeType] = {
    "228793007": "target", "228791009": "target", "228792002": "target", "1201745009": "target",
    "1201746005": "target", "1162586008": "organ-at-risk",
}  # fmt: skip

TOTAL_DOSE_OBSERVATION, BOOST_DOSE_OBSERVATION = "445461008", "445565002"
"""European survivorship guide: total dose delivered, total boost dose."""

ISOTOPES: Mapping[str, Modality] = {
    "48341001": Modality.BRACHYTHERAPY, "68630002": Modality.BRACHYTHERAPY, "9351000": Modality.BRACHYTHERAPY,
    "55117002": Modality.BRACHYTHERAPY, "8227001": Modality.BRACHYTHERAPY,
    "14691008": Modality.RADIONUCLIDE, "447553000": Modality.RADIONUCLIDE, "24853006": Modality.RADIONUCLIDE,
    "1368003": Modality.RADIONUCLIDE, "32059002": Modality.RADIONUCLIDE, "419804008": Modality.RADIONUCLIDE,
    "7770004": Modality.RADIONUCLIDE,
}  # fmt: skip
"""Isotopes that tell how they were used; cobalt-60 (5405008) does not: teletherapy or afterloading."""
