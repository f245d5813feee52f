"""Facts: what the rules know of a patient. Small frozen dataclasses without FHIR in them."""

from clinical_rules.facts.care import (
    Availability,
    ClinicalEvent,
    DataProblem,
    DrugOrder,
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
    GenomicKind,
    GenomicResult,
    StatusPattern,
    StatusValue,
    TumourMarker,
    TumourSize,
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
    "DoseToVolume", "DrugOrder", "EquieffectiveDose", "EventKind", "GenomicKind", "GenomicResult", "Intent",
    "Modality", "PartialDate", "Patient", "PatientFacts", "PhaseDose", "Precision", "RadiotherapyCourse",
    "RadiotherapyHistory", "Side", "SitesFrom", "StatusPattern", "StatusValue", "SystemicTherapy",
    "TumourMarker", "TumourSize", "Verification", "VolumeType",
]  # fmt: skip
