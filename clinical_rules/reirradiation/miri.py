"""MIRI classes of re-irradiation in the head and neck: what the chart tells of them, and what it does not.

I: more time than the bound, and resected. II: more time and not resected, or no more and neither feeding tube nor
tracheostomy. III: no more time, with either. An operation or a tube that is not on file may have been all the same.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from clinical_rules.call import Call
from clinical_rules.facts import ClinicalEvent, RadiotherapyCourse
from clinical_rules.intervals import Interval, add_months
from clinical_rules.reirradiation.pairs import Pair
from clinical_rules.reirradiation.terms import not_photons


@dataclass(frozen=True, slots=True)
class Signs:
    """What parts the classes: `longer` None where the time is not known; a tube by when it was placed."""

    longer: bool | None
    resected: bool
    tube: bool
    earlier_tube: bool


@dataclass(frozen=True, slots=True)
class Miri:
    """The classes that what is on file leaves open, and what is not known."""

    classes: tuple[str, ...]
    missing: tuple[str, ...]


def miri(found: Sequence[Pair], call: Call) -> Miri | None:
    """The classes by the last earlier course; None for patients and courses that they were not made from."""
    pair = min(found, key=lambda one: (one.interval.months or 0, one.course.reference))
    least_gy = call.knowledge.number("miri.min-course-gy")
    earlier = [one.course for one in found if one.target is pair.target]
    new = [pair.target.order] if pair.target.order is not None else []
    if call.guard is not None or not (_may_reach(earlier, least_gy) and _may_reach(new, least_gy)):
        return None
    signs = _signs(pair, call)
    missing = [*_missing(signs)]
    missing += [] if _reaches(earlier, least_gy) else ["dose of the earlier course"]
    missing += [] if _reaches(new, least_gy) else ["dose of the new course"]
    return Miri(tuple(dict.fromkeys(_classes(signs))), tuple(missing))


def _classes(signs: Signs) -> Iterator[str]:
    if signs.longer is not False:
        yield "I"
        if not signs.resected:
            yield "II"
    if signs.longer is not True:
        if not signs.tube:
            yield "II"
        yield "III"


def _missing(signs: Signs) -> Iterator[str]:
    if signs.longer is None:
        yield "interval"
    if signs.longer is not False and not signs.resected:
        yield "resection"
    if signs.longer is not True and not signs.tube:
        known = "whether the tube on file is still there"
        yield known if signs.earlier_tube else "feeding tube or tracheostomy"


def _signs(pair: Pair, call: Call) -> Signs:
    """A tube from before the end of the earlier course, or without date, may have been taken out since."""
    after = [event for event in call.facts.events if _after(event, pair.course)]
    return Signs(
        longer_than(pair.interval, int(call.knowledge.number("miri.interval-months"))),
        resected=any(event.kind == "surgery" and _of_target(event, pair, call) for event in after),
        tube=any(event.kind == "organ-support" for event in after),
        earlier_tube=any(event.kind == "organ-support" for event in call.facts.events),
    )


def longer_than(interval: Interval, months: int) -> bool | None:
    """Whether more than so many calendar months have passed, the bound itself not; None where it cannot be told."""
    span = interval.span
    if span is None:
        return None
    if add_months(span.last_end, months) < span.first_start:
        return True
    return None if add_months(span.begun or span.first_end, months) < span.last_start else False


def _after(event: ClinicalEvent, course: RadiotherapyCourse) -> bool:
    return event.date is not None and course.end is not None and event.date.earliest > course.end.latest


def _of_target(event: ClinicalEvent, pair: Pair, call: Call) -> bool:
    """Whether an operation was in the target's region, or for the same diagnosis."""
    target = pair.target
    reasons = set(target.tumour.references if target.tumour else ())
    reasons |= set(target.order.reason_references if target.order else ())
    places = [event.site] if event.site is not None else []
    here = call.knowledge.anatomy.relation_of_any(places, target.sites) if places else "unknown"
    return here == "in-region" or bool(reasons & set(event.reasons))


def _may_reach(courses: Sequence[RadiotherapyCourse], least_gy: Decimal) -> bool:
    """Whether one may be a photon course of at least the dose."""
    return not courses or any(not not_photons(one) and (_dose_gy(one) or least_gy) >= least_gy for one in courses)


def _reaches(courses: Sequence[RadiotherapyCourse], least_gy: Decimal) -> bool:
    return any((_dose_gy(course) or 0) >= least_gy for course in courses)


def _dose_gy(course: RadiotherapyCourse) -> Decimal | None:
    """The highest usable dose to a target volume."""
    return max(
        (
            volume.total_dose_gy
            for volume in course.volumes
            if volume.total_dose_gy and volume.unusable is None and volume.volume_type != "organ-at-risk"
        ),
        default=None,
    )
