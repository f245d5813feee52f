"""What new treatment would go where: ordered courses, or present tumours, each with the courses before it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import cast

from clinical_rules.call import Call
from clinical_rules.facts import BodySite, PartialDate, RadiotherapyCourse
from clinical_rules.picture import PresentTumour


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


def targets(call: Call, tumours: Sequence[PresentTumour]) -> tuple[Target, ...]:
    """The radiotherapy orders on order hooks (only selected ones on order-select), else the present tumours."""
    today, present = PartialDate.on(call.on), tuple(tumours)
    courses = tuple(sorted(call.facts.courses, key=chronological))
    if call.ordering:
        return tuple(
            Target(
                order.reference,
                region_sites(order),
                order.start or today,
                _before_order(order, courses),
                order=order,
                tumours=present,
            )
            for order in sorted(call.facts.orders, key=chronological)
            if call.signing or order.selected
        )
    added_only = call.hook == "problem-list-item-create"
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


def unrecorded(found: Sequence[Target], call: Call) -> tuple[str, ...]:
    """References of statements that radiotherapy was given of which no course is on file.

    A code for a history of radiotherapy, or a re-irradiation flag, without any course; and a single course that
    says of itself that it was re-irradiation.
    """
    courses = {course.reference: course for target in found for course in target.earlier}
    if not courses:
        told = [entry.reference for entry in call.facts.history] if call.ordering else []
        return tuple(sorted({*told, *(target.reference for target in found if target.flagged)}))
    only = next(iter(courses.values()))
    return (only.reference,) if len(courses) == 1 and only.reirradiation is True else ()


def region_sites(course: RadiotherapyCourse) -> tuple[BodySite, ...]:
    """Where a course was given; the sites of its volumes where the course itself names none."""
    if course.sites:
        return course.sites
    sites = [volume.site for volume in course.volumes if volume.volume_type != "organ-at-risk" and volume.site]
    return cast(tuple[BodySite, ...], tuple(dict.fromkeys(sites)))
