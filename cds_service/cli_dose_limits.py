"""What a structure's limit leaves for the new one of several courses, under all conditions that go with it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from math import ceil
from re import compile as pattern

from cds_service.cli_dose_conditions import NOTHING, Condition, joint_conditions
from cds_service.cli_dose_course import Course
from cds_service.errors import InputRefusedError
from cds_service.fitting import largest_fraction_gy
from clinical_rules.dose import eqd2
from clinical_rules.intervals import at_least_months
from clinical_rules.knowledge import KnowledgeOn, LimitInForce

DAYS_PER_WEEK = 7
_SIDE = pattern("_[LR]$")


@dataclass(frozen=True, slots=True)
class Room:
    """One limit, the sum held against it, what it leaves for the new part, and each condition."""

    limit: LimitInForce
    prior_eqd2_gy: Fraction
    new_eqd2_gy: Fraction | None
    left_eqd2_gy: Fraction
    largest_fraction_gy: Decimal | None
    conditions: tuple[Condition, ...]

    @property
    def sum_eqd2_gy(self) -> Fraction:
        """All courses."""
        return self.prior_eqd2_gy + (self.new_eqd2_gy or NOTHING)

    @property
    def open(self) -> bool:
        """Whether it is not known if a condition that no dose can change is met."""
        return any(condition.state == "not known" and condition.cap_gy is None for condition in self.conditions)


@dataclass(frozen=True, slots=True)
class Situation:
    """The courses as the limits see them: the last is the new part where there are several."""

    earlier: tuple[Course, ...]
    new: Course | None
    start: date

    @property
    def earlier_end(self) -> date | None:
        """When the last earlier course ended, if every one says so."""
        ends = [course.end for course in self.earlier]
        return None if None in ends else max(end for end in ends if end)

    def at_least(self, months: int) -> bool | None:
        """Whether so many months lie between the last earlier course and the new part; None where not known."""
        return _apart(self.earlier_end, self.start, months)

    def surely_since(self, course: Course, months: int) -> bool:
        """Whether so many months have surely passed since one course."""
        return _apart(course.end, self.start, months) is True


def situation(courses: Sequence[Course], knowledge: KnowledgeOn) -> Situation:
    """Which course is the new one; its start is reckoned back from its end, else it is the day asked about."""
    if len(courses) == 1:
        return Situation(tuple(courses), None, knowledge.day)
    new = courses[-1]
    if new.end is None:
        return Situation(tuple(courses[:-1]), new, knowledge.day)
    per_week = knowledge.number("time.fractions-per-week")
    lasted = timedelta(days=ceil(DAYS_PER_WEEK * (new.fractions - 1) / per_week))
    return Situation(tuple(courses[:-1]), new, new.end - lasted)


def base_name(structure: str) -> str:
    """A TG-263 name without its side.

    >>> base_name("OpticNrv_L")
    'OpticNrv'
    """
    return _SIDE.sub("", structure)


def limits_for(structure: str, found: Situation, knowledge: KnowledgeOn) -> tuple[LimitInForce, ...]:
    """The limits of the structure that are stated for such courses; InputRefusedError if there is none."""
    limits = knowledge.limits(base_name(structure))
    if not limits:
        names = sorted({limit.limit.structure for limit in knowledge.all_limits})
        raise InputRefusedError(f"--structure {structure}: no cumulative limit; expected one of {', '.join(names)}")
    stereotactic_gy = knowledge.number("dose.stereotactic-min-gy-per-fraction")
    stereotactic = any(course.fraction_dose_gy >= stereotactic_gy for course in (*found.earlier, found.new) if course)
    stated = tuple(limit for limit in limits if _applies(limit, found, stereotactic))
    if not stated:
        raise InputRefusedError(f"--structure {structure}: no limit is stated for such courses")
    return stated


def _applies(limit: LimitInForce, found: Situation, stereotactic: bool) -> bool:
    stated = limit.limit
    several = len(found.earlier) > 1
    fractions = found.new.fractions if found.new else None
    return (
        not (stereotactic and stated.fractionated_partial_only)
        and stated.earlier_courses in {"any", "several" if several else "one"}
        and (fractions is None or stated.new_fractions_min is None or fractions >= stated.new_fractions_min)
        and (fractions is None or stated.new_fractions_max is None or fractions <= stated.new_fractions_max)
        and (stated.interval_from_months is None or found.at_least(stated.interval_from_months) is True)
        and (stated.interval_below_months is None or found.at_least(stated.interval_below_months) is not True)
    )


def _apart(end: date | None, start: date, months: int) -> bool | None:
    return None if end is None or end > start else at_least_months(end, start, months)


def room(limit: LimitInForce, found: Situation) -> Room:
    """The largest EQD2 of a new part that the limit and its conditions allow; 0 where one cannot be met by any."""
    value, new = limit.value, found.new
    parts = [eqd2(course.total_dose_gy, course.fractions, value.alpha_beta_gy) for course in found.earlier]
    prior = sum(parts, NOTHING)
    new_gy = None if new is None else eqd2(new.total_dose_gy, new.fractions, value.alpha_beta_gy)
    asked = value.conditions
    months = None if asked is None or asked.interval_min_months is None else int(asked.interval_min_months)
    long_enough = None if months is None else found.at_least(months)
    conditions = tuple(joint_conditions(asked, parts, new_gy, long_enough))
    caps = [Fraction(value.limit_gy) - prior, *(one.cap_gy for one in conditions if one.cap_gy is not None)]
    left = max(NOTHING, min(caps))
    largest = None if new is None else largest_fraction_gy(left, new.fractions, value.alpha_beta_gy)
    return Room(limit, prior, new_gy, left, largest, conditions)
