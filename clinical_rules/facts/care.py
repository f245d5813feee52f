"""The patient, other treatment, work-up, and what the records left open."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from clinical_rules.facts.dates import PartialDate
from clinical_rules.facts.disease import (
    CancerDiagnosis,
    CancerStage,
    DiseaseStatus,
    GenomicResult,
    TumourMarker,
    TumourSize,
)
from clinical_rules.facts.radiotherapy import RadiotherapyCourse, RadiotherapyHistory
from clinical_rules.facts.sites import BodySite

Availability = Literal["found", "nothing-found", "not-asked", "failed", "incomplete"]
EventKind = Literal[
    "biopsy", "cross-sectional-imaging", "organ-function", "performance-status", "surgery", "hospice",
    "treatment-declined", "palliative-care", "emergency", "pain", "pregnancy", "cancer-follow-up", "symptom",
    "psma-imaging", "spine-instability", "hormone-resistance", "immune-event", "organ-support",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Patient:
    """Who it is about, no more than the rules need."""

    reference: str
    birth_date: PartialDate | None = None
    deceased: bool = False
    gender: str | None = None


@dataclass(frozen=True, slots=True)
class ClinicalEvent:
    """A dated thing on file that a rule asks for: a biopsy, a scan, a blood count, ECOG, hospice care.

    `kind` is the closed list above; `item` the finer name (`ECOG`, `creatinine`, `MRI`); `value` as text;
    `site` where it was done, if stated; `reasons` the references of the Conditions it was done for.
    """

    reference: str
    kind: EventKind
    item: str
    date: PartialDate | None = None
    value: str | None = None
    site: BodySite | None = None
    reasons: tuple[str, ...] = ()
    coded: bool = True


@dataclass(frozen=True, slots=True)
class SystemicTherapy:
    """A cancer drug on file; `agent` is the generic name, or the record's own where no code is known."""

    reference: str
    agent: str
    status: str
    start: PartialDate | None = None
    end: PartialDate | None = None
    coded: bool = True


@dataclass(frozen=True, slots=True)
class DrugOrder:
    """A draft order of a cancer drug; on order-select only a selected one."""

    reference: str
    agent: str
    date: PartialDate | None = None
    reasons: tuple[str, ...] = ()
    coded: bool = True


@dataclass(frozen=True, slots=True)
class DataProblem:
    """A record that could not be used as it stands: becomes a finding `data.<problem>`.

    `problem` is a kebab-case name (`missing-unit`, `implausible-dose`, `left-out`, `foreign-patient`,
    `unreadable`, `missing-fractions` ...); `detail` one plain sentence without names or free text of the
    record; `read` what was read, for the finding's values; `matters` False where no advice depends on it.
    """

    problem: str
    reference: str
    detail: str
    read: Mapping[str, str | int | float | bool] = field(default_factory=dict)
    matters: bool = True


@dataclass(frozen=True, slots=True)
class PatientFacts:
    """All that the rules may know of one patient, in an order that does not depend on that of the records."""

    patient: Patient
    diagnoses: tuple[CancerDiagnosis, ...] = ()
    courses: tuple[RadiotherapyCourse, ...] = ()
    orders: tuple[RadiotherapyCourse, ...] = ()
    history: tuple[RadiotherapyHistory, ...] = ()
    statuses: tuple[DiseaseStatus, ...] = ()
    stages: tuple[CancerStage, ...] = ()
    markers: tuple[TumourMarker, ...] = ()
    genomics: tuple[GenomicResult, ...] = ()
    systemic: tuple[SystemicTherapy, ...] = ()
    events: tuple[ClinicalEvent, ...] = ()
    problems: tuple[DataProblem, ...] = ()
    availability: Mapping[str, Availability] = field(default_factory=dict)
    drug_orders: tuple[DrugOrder, ...] = ()
    sizes: tuple[TumourSize, ...] = ()
