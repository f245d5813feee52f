"""The answer to one question that an option asks, and all that the answers are read from."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Literal

from clinical_rules.anatomy import Relation
from clinical_rules.call import Call
from clinical_rules.facts import CancerDiagnosis, ClinicalEvent, EventKind, PartialDate
from clinical_rules.picture import PresentTumour
from clinical_rules.reirradiation import Before
from clinical_rules.reirradiation.pairs import Pair, worst_relation

State = Literal["yes", "no", "unknown"]


@dataclass(frozen=True, slots=True)
class Answer:
    """Yes, no or not known. `words` is what is on file, or for not known what is asked and why it is open."""

    state: State
    words: str
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True)  # no slots: what several options ask for is worked out once
class Asking:
    """One recurrence with the facts and knowledge that the answers are read from; `before` is of it alone."""

    tumour: PresentTumour
    before: Before

    @property
    def call(self) -> Call:
        """The call in which it is asked."""
        return self.before.call

    @property
    def pairs(self) -> tuple[Pair, ...]:
        """The earlier courses, each as it lies to the recurrence."""
        return self.before.pairs

    @cached_property
    def relation(self) -> Relation:
        """How the recurrence lies to all earlier courses."""
        return worst_relation(self.pairs) if self.pairs else "none-found"

    @cached_property
    def near(self) -> tuple[str, ...]:
        """References of the courses that the records do not tell apart from the recurrence."""
        return tuple(sorted(pair.course.reference for pair in self.pairs if pair.near))

    @cached_property
    def diagnoses(self) -> tuple[CancerDiagnosis, ...]:
        """The entries that tell of this cancer: of the primary, and of what came back."""
        mine = set(self.tumour.references)
        found = (each for each in self.call.facts.diagnoses if each.reference in mine and each.conflict is None)
        return tuple(sorted(found, key=lambda each: each.reference))

    @property
    def since(self) -> PartialDate | None:
        """From when on a measurement can speak of the recurrence: the end of treatment, else its date."""
        return self.tumour.treatment_end or self.tumour.date

    def events(self, kind: EventKind) -> tuple[ClinicalEvent, ...]:
        """Events of a kind that had happened by today, the newest first; those without a date come last."""
        return tuple(each for each in self._past_events if each.kind == kind)

    @cached_property
    def _past_events(self) -> tuple[ClinicalEvent, ...]:
        past = (each for each in self.call.facts.events if _past(each.date, self.call.on))
        return tuple(sorted(past, key=_newest_first))

    def family(self, role: Literal["drug-class", "histology"], name: str) -> tuple[str, ...]:
        """The members of a family; none where the knowledge has no such family."""
        held = self.call.knowledge.families
        return next((each.families[name] for each in held if each.role == role and name in each.families), ())


def newest(found: Sequence[ClinicalEvent]) -> tuple[ClinicalEvent, ...]:
    """Of events, the newest first, those of the newest day."""
    return tuple(each for each in found if each.date == found[0].date)


def _past(day: PartialDate | None, on: date) -> bool:
    return day is None or day.earliest <= on


def _newest_first(event: ClinicalEvent) -> tuple[int, int, str]:
    if event.date is None:
        return 0, 0, event.reference
    return -event.date.latest.toordinal(), -event.date.earliest.toordinal(), event.reference
