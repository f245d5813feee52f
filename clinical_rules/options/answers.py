"""The answer to one question that an option asks, and all that the answers are read from."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Literal

from clinical_rules.anatomy import Relation
from clinical_rules.facts import CancerDiagnosis, ClinicalEvent, EventKind, PartialDate, PatientFacts
from clinical_rules.findings import Finding
from clinical_rules.knowledge import KnowledgeOn
from clinical_rules.knowledge.schema_families import Families
from clinical_rules.picture import PresentTumour, RuleSettings
from clinical_rules.reirradiation.pairs import Pair, pairs, worst_relation
from clinical_rules.reirradiation.structures import structure_findings
from clinical_rules.reirradiation.targets import Setting, Target, chronological

State = Literal["yes", "no", "unknown"]


@dataclass(frozen=True, slots=True)
class Answer:
    """Yes, no or not known. `words` is what is on file, or for not known what is asked and why it is open."""

    state: State
    words: str
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True)  # no slots: what several options ask for is worked out once
class Asking:
    """One recurrence with the facts and knowledge that the answers are read from."""

    facts: PatientFacts
    tumour: PresentTumour
    knowledge: KnowledgeOn
    on: date
    settings: RuleSettings

    @cached_property
    def pairs(self) -> tuple[Pair, ...]:
        """The earlier courses, each as it lies to the recurrence."""
        return pairs((self._target,), self._setting)

    @cached_property
    def relation(self) -> Relation:
        """How the recurrence lies to all earlier courses."""
        return worst_relation(self.pairs) if self.pairs else "none-found"

    @cached_property
    def sums(self) -> tuple[Finding, ...]:
        """The cumulative sums of the structures at the recurrence, without recovery."""
        return structure_findings((self._target,), self.pairs, (), self._setting)

    @cached_property
    def diagnoses(self) -> tuple[CancerDiagnosis, ...]:
        """The entries that tell of this cancer: of the primary, and of what came back."""
        mine = set(self.tumour.references)
        found = (each for each in self.facts.diagnoses if each.reference in mine and each.conflict is None)
        return tuple(sorted(found, key=lambda each: each.reference))

    @property
    def since(self) -> PartialDate | None:
        """From when on a measurement can speak of the recurrence: the end of treatment, else its date."""
        return self.tumour.treatment_end or self.tumour.date

    def events(self, kind: EventKind) -> tuple[ClinicalEvent, ...]:
        """Events of a kind that had happened by today, the newest first; those without a date come last."""
        past = (each for each in self.facts.events if each.kind == kind and _past(each.date, self.on))
        return tuple(sorted(past, key=_newest_first))

    def family(self, role: Literal["drug-class", "histology"], name: str) -> tuple[str, ...]:
        """The members of a family; none where the knowledge has no such family."""
        return next((each.families[name] for each in self._families(role) if name in each.families), ())

    def _families(self, role: str) -> Sequence[Families]:
        return [each for each in self.knowledge.families if each.role == role]

    @property
    def _setting(self) -> Setting:
        return Setting(self.facts, self.knowledge, "patient-view", self.on)

    @property
    def _target(self) -> Target:
        earlier = (each for each in self.facts.courses if each.reference in self.tumour.courses)
        courses = tuple(sorted(earlier, key=chronological))
        tumour = self.tumour
        return Target(tumour.reference, tumour.sites, PartialDate.on(self.on), courses, tumour=tumour)


def newest(found: Sequence[ClinicalEvent]) -> tuple[ClinicalEvent, ...]:
    """Of events, the newest first, those of the newest day."""
    return tuple(each for each in found if each.date == found[0].date)


def _past(day: PartialDate | None, on: date) -> bool:
    return day is None or day.earliest <= on


def _newest_first(event: ClinicalEvent) -> tuple[int, int, str]:
    if event.date is None:
        return 0, 0, event.reference
    return -event.date.latest.toordinal(), -event.date.earliest.toordinal(), event.reference
