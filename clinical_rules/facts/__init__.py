"""Facts: what the rules know of a patient. Small frozen dataclasses without FHIR in them."""

from clinical_rules.facts.care import (
    Availability,
    ClinicalEvent,
    DataProblem,
    EventKind,
    Patient,
    PatientFacts,
    SystemicTherapy,
)
from clinical_rules.facts.dates import PartialDate, Precision
from clinical_rules.facts.disease import (
    CancerDiagnosis,
    CancerStage,
    ClinicalStatus,
    DiagnosisRole,
    DiseaseStatus,
    GenomicResult,
    StatusPattern,
    StatusValue,
    TumourMarker,
    Verification,
)
from clinical_rules.facts.radiotherapy import (
    CourseStatus,
    DoseBasis,
    DoseToVolume,
    EquieffectiveDose,
    Intent,
    Modality,
    PhaseDose,
    RadiotherapyCourse,
    RadiotherapyHistory,
    SitesFrom,
    VolumeType,
)
from clinical_rules.facts.sites import UNSPECIFIED, BodySite, Side

__all__ = [
    "UNSPECIFIED", "Availability", "BodySite", "CancerDiagnosis", "CancerStage", "ClinicalEvent",
    "ClinicalStatus", "CourseStatus", "DataProblem", "DiagnosisRole", "DiseaseStatus", "DoseBasis",
    "DoseToVolume", "EquieffectiveDose", "EventKind", "GenomicResult", "Intent", "Modality", "PartialDate",
    "Patient", "PatientFacts", "PhaseDose", "Precision", "RadiotherapyCourse", "RadiotherapyHistory", "Side",
    "SitesFrom", "StatusPattern", "StatusValue", "SystemicTherapy", "TumourMarker", "Verification",
    "VolumeType",
]  # fmt: skip
