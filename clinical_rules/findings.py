"""What the rules return: findings with their values, evidence, sources and urgency."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Literal

from clinical_rules.errors import ClinicalRulesError

Hook = Literal["patient-view", "order-select", "order-sign", "problem-list-item-create"]
Status = Literal[
    "exceeds", "near", "within", "cannot-assess", "present", "possible", "absent", "missing", "found",
    "option", "caution",
]  # fmt: skip
Topic = Literal["recurrence", "reirradiation", "second-primary", "workup", "supportive-care", "data-quality"]

Scalar = str | int | float | bool | None
JSON = Scalar | Sequence["JSON"] | Mapping[str, "JSON"]


class Urgency(IntEnum):
    """How urgent a finding is; the names are the indicators of CDS Hooks."""

    INFO = 0
    WARNING = 1
    CRITICAL = 2

    @property
    def indicator(self) -> str:
        """The indicator of a card with this urgency."""
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class SourceReference:
    """Where a number or statement comes from; on the wire only what is not None."""

    label: str
    url: str | None = None
    where: str | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """One statement of one rule about this patient.

    `rule` is its id; `values` exactly the wire values of product.md section 3 (no None inside);
    `words` further facts a template may print (dates as ISO text, labels); `topic` the card it belongs to;
    `urgency` None where it never raises a card by itself but rides along in one.
    """

    rule: str
    status: Status
    topic: Topic
    values: Mapping[str, JSON]
    urgency: Urgency | None = None
    evidence: tuple[str, ...] = ()
    sources: tuple[SourceReference, ...] = ()
    words: Mapping[str, JSON] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if None in self.values.values():
            raise ClinicalRulesError(f"{self.rule}: a value is None; leave out what is not known")


@dataclass(frozen=True, slots=True)
class Assessment:
    """All findings of one call, in an order that depends on the facts only."""

    hook: Hook
    on: str
    knowledge_version: str
    findings: tuple[Finding, ...]
    unavailable: tuple[str, ...] = ()  # prefetch keys that were not asked, failed or incomplete
    incomplete: tuple[str, ...] = ()
    patient_reference: str = ""  # "Patient/id", for the resources of suggestions; "" makes none
