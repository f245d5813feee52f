"""Dated records that the work-up is looked for in."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from clinical_rules.facts import DoseToVolume, EventKind, PartialDate, PatientFacts, RadiotherapyCourse


@dataclass(frozen=True, slots=True)
class Dated:
    """One record with its date and what it says."""

    date: PartialDate | None
    reference: str
    references: tuple[str, ...] = ()
    value: str = ""

    @property
    def all_references(self) -> tuple[str, ...]:
        """The records it stands for."""
        return self.references or (self.reference,)

    def order(self) -> tuple[str, str]:
        """By its last possible day, then by reference."""
        return (self.date.latest.isoformat() if self.date else ""), self.reference


@dataclass(frozen=True, slots=True)
class Dosimetry:
    """How much is known of the dose of earlier courses, and from which records."""

    level: Literal["organs", "volumes", "none"]
    references: tuple[str, ...] = ()


def of_events(facts: PatientFacts, kind: EventKind) -> tuple[Dated, ...]:
    """Events of a kind, with the finer name and value."""
    events = (event for event in facts.events if event.kind == kind)
    return tuple(
        Dated(event.date, event.reference, value=" ".join(filter(None, (event.item, event.value)))) for event in events
    )


def of_stages(facts: PatientFacts) -> tuple[tuple[Dated, ...], tuple[Dated, ...]]:
    """Stages with the r prefix, and the others."""
    stages = [(stage.recurrent, Dated(stage.date, stage.reference, value=stage.value)) for stage in facts.stages]
    return tuple(each for r, each in stages if r), tuple(each for r, each in stages if not r)


def within(records: Iterable[Dated], first: date, last: date) -> tuple[Dated, ...]:
    """The records that can lie in a span of days, both ends included."""
    return tuple(each for each in records if each.date and each.date.latest >= first and each.date.earliest <= last)


def latest(records: Sequence[Dated], since: PartialDate | None, on: date) -> Dated | None:
    """The newest record that can lie on or after a date and not after today; one without a date counts for none."""
    first = since.earliest if since else date.min
    return max(within(records, first, on), key=Dated.order, default=None)


def dosimetry(courses: Iterable[RadiotherapyCourse]) -> Dosimetry:
    """What is known of the dose of earlier courses: to organs, to the treated volume with fractions, or nothing."""
    organs: set[str] = set()
    volumes: set[str] = set()
    for course in courses:
        for dose in course.volumes:
            if dose.unusable is None and dose.total_dose_gy is not None:
                if dose.volume_type == "organ-at-risk" or dose.point_dose:
                    organs.add(course.reference)
                elif _has_fractions(dose, course):
                    volumes.add(course.reference)
    if organs:
        return Dosimetry("organs", tuple(sorted(organs)))
    return Dosimetry("volumes", tuple(sorted(volumes))) if volumes else Dosimetry("none")


def _has_fractions(dose: DoseToVolume, course: RadiotherapyCourse) -> bool:
    return bool(dose.fractions or course.fractions)
