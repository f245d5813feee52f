"""What new treatment would go where: ordered courses, or present tumours, each with the courses before it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import cast

from clinical_rules.facts import BodySite, PartialDate, PatientFacts, RadiotherapyCourse
from clinical_rules.findings import Hook
from clinical_rules.intervals import TimeRules
from clinical_rules.knowledge import KnowledgeOn
from clinical_rules.picture import PresentTumour

ORDER_HOOKS = frozenset({"order-select", "order-sign"})


@dataclass(frozen=True, slots=True)
class Setting:
    """What every rule here reads beside the courses: the facts, the knowledge in force, the hook, the day."""

    facts: PatientFacts
    knowledge: KnowledgeOn
    hook: Hook
    on: date

    @property
    def ordering(self) -> bool:
        """Whether an order is judged, not a chart."""
        return self.hook in ORDER_HOOKS

    @property
    def signing(self) -> bool:
        """Whether it is the full check at signing."""
        return self.hook == "order-sign"

    @property
    def time_rules(self) -> TimeRules:
        """The numbers that intervals are judged by."""
        return TimeRules(
            bounds_months=tuple(int(bound) for bound in self.knowledge.numbers("interval.bands-months")),
            days_per_month=self.knowledge.number("time.days-per-month"),
            fractions_per_week=self.knowledge.number("time.fractions-per-week"),
        )


@dataclass(frozen=True, slots=True)
class Target:
    """Where new treatment would go: an order with its dose, or a present tumour; `earlier` are the courses before.

    `tumours` are all that are present, whatever the target is.
    """

    reference: str
    sites: tuple[BodySite, ...]
    start: PartialDate
    earlier: tuple[RadiotherapyCourse, ...]
    order: RadiotherapyCourse | None = None
    tumour: PresentTumour | None = None
    tumours: tuple[PresentTumour, ...] = ()

    @property
    def flagged(self) -> bool:
        """Whether the order itself says that it is re-irradiation."""
        return self.order is not None and self.order.reirradiation is True


def targets(setting: Setting, tumours: Sequence[PresentTumour]) -> tuple[Target, ...]:
    """The radiotherapy orders on order hooks (only selected ones on order-select), else the present tumours."""
    today, present = PartialDate.on(setting.on), tuple(tumours)
    courses = tuple(sorted(setting.facts.courses, key=chronological))
    if setting.ordering:
        return tuple(
            Target(
                order.reference,
                region_sites(order),
                order.start or today,
                _before_order(order, courses),
                order=order,
                tumours=present,
            )
            for order in sorted(setting.facts.orders, key=chronological)
            if setting.signing or order.selected
        )
    added_only = setting.hook == "problem-list-item-create"
    return tuple(
        Target(tumour.reference, tumour.sites, today, _before_tumour(tumour, courses), tumour=tumour, tumours=present)
        for tumour in sorted(tumours, key=lambda tumour: tumour.reference)
        if tumour.just_added or not added_only
    )


def _before_order(order: RadiotherapyCourse, courses: Sequence[RadiotherapyCourse]) -> tuple[RadiotherapyCourse, ...]:
    """All courses on file but those that the order is itself the record of."""
    replaced = {order.reference, *order.replaces}
    return tuple(course for course in courses if not replaced.intersection((course.reference, *course.references)))


def _before_tumour(tumour: PresentTumour, courses: Sequence[RadiotherapyCourse]) -> tuple[RadiotherapyCourse, ...]:
    known = set(tumour.courses)
    return tuple(course for course in courses if known.intersection((course.reference, *course.references)))


def chronological(course: RadiotherapyCourse) -> tuple[date, str]:
    """Sort key: by the last day the course can have ended (undated ones last), then by reference."""
    when = course.end or course.start
    return (date.max if when is None else when.latest), course.reference


def unrecorded(found: Sequence[Target], setting: Setting) -> tuple[str, ...]:
    """References of statements that radiotherapy was given of which no course is on file.

    A code for a history of radiotherapy, or a re-irradiation flag, without any course; and a single course that
    says of itself that it was re-irradiation.
    """
    courses = {course.reference: course for target in found for course in target.earlier}
    if not courses:
        told = [entry.reference for entry in setting.facts.history] if setting.ordering else []
        return tuple(sorted({*told, *(target.reference for target in found if target.flagged)}))
    only = next(iter(courses.values()))
    return (only.reference,) if len(courses) == 1 and only.reirradiation is True else ()


def region_sites(course: RadiotherapyCourse) -> tuple[BodySite, ...]:
    """Where a course was given; the sites of its volumes where the course itself names none."""
    if course.sites:
        return course.sites
    sites = [volume.site for volume in course.volumes if volume.volume_type != "organ-at-risk" and volume.site]
    return cast(tuple[BodySite, ...], tuple(dict.fromkeys(sites)))
