"""The disease: diagnoses, their status over time, stage, markers, genes."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from clinical_rules.facts.dates import PartialDate
from clinical_rules.facts.sites import BodySite

ClinicalStatus = Literal["active", "recurrence", "relapse", "inactive", "remission", "resolved", "unknown"]
Verification = Literal["confirmed", "unconfirmed", "provisional", "differential", "unknown"]
DiagnosisRole = Literal[
    "primary", "nodes", "secondary", "local-recurrence", "recurrence", "intracranial-not-malignant", "history"
]
StatusValue = Literal["improved", "stable", "worsened", "undetermined", "remission", "recurrence", "residual"]
StatusPattern = Literal["local", "regional", "distant", "biochemical", "systemic"]


@dataclass(frozen=True, slots=True)
class CancerDiagnosis:
    """One Condition that names a cancer.

    `site` is the site of product.md 3.3 of the *tumour named* (for `secondary` and `nodes` of the
    metastasis: `bone-metastasis`, `other`); `organ` a finer name (subsite or metastatic organ);
    `node_group` the ICD-10 group (`C77.5`). `histology` is an ICD-O-3 morphology (`8140/3`).
    `related_primary` the reference of the primary it states. `conflict` says how its codings disagree.
    `just_added` marks the entries of problem-list-item-create.
    """

    reference: str
    role: DiagnosisRole
    site: str
    body_site: BodySite | None
    clinical_status: ClinicalStatus = "unknown"
    verification: Verification = "unknown"
    organ: str | None = None
    node_group: str | None = None
    histology: str | None = None
    onset: PartialDate | None = None
    recorded: PartialDate | None = None
    abatement: PartialDate | None = None
    related_primary: str | None = None
    follows: str | None = None  # condition-occurredFollowing, recurrenceOf: reference of the first occurrence
    recurrence_kind: Literal["local", "regional", "distant"] | None = None
    encounter: str | None = None
    category: str | None = None
    conflict: str | None = None
    coded: bool = True
    just_added: bool = False
    label: str = ""
    code: str | None = None


@dataclass(frozen=True, slots=True)
class DiseaseStatus:
    """A dated statement on the course of the disease (mCODE 97509-4, CodeX, oBDS, NZ, ICHOM codes)."""

    reference: str
    value: StatusValue
    patterns: tuple[StatusPattern, ...] = ()
    date: PartialDate | None = None
    focus: tuple[str, ...] = ()
    imaging_only: bool = False


@dataclass(frozen=True, slots=True)
class CancerStage:
    """A stage or TNM category; `recurrent` where it carries the r prefix."""

    reference: str
    value: str
    recurrent: bool = False
    date: PartialDate | None = None
    focus: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TumourMarker:
    """One laboratory value of a tumour marker."""

    reference: str
    marker: str
    value: Decimal | None
    unit: str | None
    date: PartialDate | None = None


GenomicKind = Literal["mutation", "fusion", "protein", "instability", "quantity", "unknown"]


@dataclass(frozen=True, slots=True)
class GenomicResult:
    """One biomarker or genomic result: what was tested, by which method, with which outcome.

    `kind` tells a mutation from a fusion and from the protein; `value` and `unit` a number as stated, `score` what
    the number counts (`TPS`, `CPS`, `TC`, `IC`), None where it is not stated: the one is never read as the other.
    `below` is the bound of a number stated as less than it, which is no `value`.
    """

    reference: str
    biomarker: str
    outcome: Literal["positive", "negative", "indeterminate", "unknown"]
    method: str | None = None
    date: PartialDate | None = None
    kind: GenomicKind = "unknown"
    value: Decimal | None = None
    unit: str | None = None
    score: str | None = None
    coded: bool = True
    below: Decimal | None = None


@dataclass(frozen=True, slots=True)
class TumourSize:
    """A stated size of a tumour: its longest diameter in mm."""

    reference: str
    longest_mm: Decimal
    date: PartialDate | None = None
    focus: tuple[str, ...] = ()
