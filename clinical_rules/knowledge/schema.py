"""pydantic models of knowledge files. Unknown keys are refused; every value has a source or a reason."""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from clinical_rules.facts import GenomicKind
from clinical_rules.knowledge.schema_base import Citation, DatedValue, Flag, Gy, KnowledgeModel
from clinical_rules.knowledge.schema_comparison import Comparison, ComparisonValue
from clinical_rules.knowledge.schema_drug_test import DrugTest, DrugTestValue
from clinical_rules.knowledge.schema_families import Families
from clinical_rules.knowledge.schema_recovery import RecoveryRefusal, RecoveryScheme, RecoverySchemeValue
from clinical_rules.knowledge.schema_site import SiteFile, SiteOption
from clinical_rules.knowledge.schema_site_fact import SiteFact, SiteFactValue
from clinical_rules.knowledge.schema_supportive import SupportiveLine

__all__ = [
    "Citation", "Code", "CodeList", "Comparison", "ComparisonValue", "DatedValue", "DoseLimit", "DoseLimitValue",
    "DrugTest", "DrugTestValue", "Families", "Flag", "Gy", "JointCondition", "KnowledgeEntry", "KnowledgeModel",
    "Parameter", "ParameterValue", "RecoveryRefusal", "RecoveryScheme", "RecoverySchemeValue", "SiteFact",
    "SiteFactValue", "SiteFile", "SiteOption", "SupportiveLine",
]  # fmt: skip


class ParameterValue(DatedValue):
    """A number (or list of numbers) that decides something other than a dose limit."""

    value: Decimal | tuple[Decimal, ...]


class Parameter(KnowledgeModel):
    """A window, band, plausibility bound or rate; one file each in `parameters/`."""

    id: str
    type: Literal["parameter"]
    title: str
    unit: str
    applies: str
    values: tuple[ParameterValue, ...] = Field(min_length=1)


class JointCondition(KnowledgeModel):
    """What must hold beside the sum for the limit to reassure (product.md 3.1)."""

    new_part_max_gy: Gy | None = None  # EQD2 of the new course, at most
    new_share_max: Decimal | None = None  # its share of the sum, at most
    each_course_max_gy: Gy | None = None  # EQD2 of every single course, at most
    interval_min_months: Decimal | None = None  # whole calendar months, at least
    breach: Literal["exceeds", "caution"]  # what a documented breach makes of a sum below the limit


class DoseLimitValue(DatedValue):
    """A cumulative limit in Gy EQD2 with its own alpha/beta, metric, single-course line and conditions."""

    limit_gy: Gy
    alpha_beta_gy: Gy
    metric: str
    line_gy: Gy | None = None
    span_from_gy: Gy | None = None  # a second source is lower: from here to the limit is always caution
    agreement: str
    conditions: JointCondition | None = None
    never_within: bool = False  # by analogy only: below the limit at most cannot-assess


class DoseLimit(KnowledgeModel):
    """A deciding cumulative limit of one structure, for one situation; one file each in `reirradiation/`."""

    id: str  # reirradiation.spinal-cord.cumulative-eqd2, the rule id; several files may share it
    type: Literal["dose-limit"]
    title: str
    structure: str  # TG-263
    structures: tuple[str, ...] = ()  # further TG-263 names judged by it
    unit: Literal["Gy"]
    applies: str
    earlier_courses: Literal["one", "several", "any"] = "any"
    new_fractions_min: int | None = None
    new_fractions_max: int | None = None
    neural: bool = False
    consensus: bool = False
    basis_word: str  # "published low-risk factors" or "published value"
    values: tuple[DoseLimitValue, ...] = Field(min_length=1)
    interval_from_months: int | None = None  # applies from this interval on, the bound included
    interval_below_months: int | None = None  # applies below this interval, and where the interval is unknown
    regions: tuple[str, ...] = ()  # applies to targets in these regions only; empty: anywhere
    fractionated_partial_only: bool = False  # not for stereotactic courses, nor for those of the whole organ


class Code(KnowledgeModel):
    """One code with its meaning for us; `verified` names the public source in which the pair was read."""

    system: str
    code: str
    item: str
    verified: str | None = None
    match: Literal["exact", "prefix"] = "exact"
    kind: GenomicKind | None = None  # of a biomarker: what the test is about; else that of the item
    score: Literal["TPS", "CPS", "TC", "IC"] | None = None  # what the number of the test counts


class CodeList(KnowledgeModel):
    """Codes that play one role for the rules; one file each in `codes/`.

    `role` is an EventKind of the facts, or `stage`, `disease-status`, `tumour-marker`, `biomarker`, `drug` ...;
    `prefetch` tells that the codes belong in the `observations` query of discovery.
    """

    id: str
    type: Literal["code-list"]
    title: str
    role: str
    resource: Literal["Observation", "Procedure", "DiagnosticReport", "Condition", "MedicationRequest"]
    prefetch: bool = False
    source: str
    codes: tuple[Code, ...] = Field(min_length=1)
    kinds: dict[str, GenomicKind] = Field(default_factory=dict)  # of a biomarker list: item, what a test of it is about
    texts: dict[str, str] = Field(default_factory=dict)  # lower-case text of an element without known code: item


KnowledgeEntry = Annotated[
    Parameter
    | DoseLimit
    | CodeList
    | Comparison
    | RecoveryScheme
    | RecoveryRefusal
    | SiteFact
    | Families
    | SiteFile
    | DrugTest
    | SupportiveLine,
    Field(discriminator="type"),
]
