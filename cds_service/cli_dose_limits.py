"""What a structure's limit leaves for the new one of several courses, under all conditions that go with it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from math import ceil
from re import compile as pattern

from cds_service.cli_dose_course import Course
from cds_service.errors import InputRefusedError
from clinical_rules.dose import eqd2
from clinical_rules.intervals import at_least_months
from clinical_rules.knowledge import KnowledgeOn, LimitInForce

DAYS_PER_WEEK = 7
_SIDE = pattern("_[LR]$")


@dataclass(frozen=True, slots=True)
class Room:
    """One limit, what it leaves for the new part, and each condition in words."""

    limit: LimitInForce
    prior_eqd2_gy: Fraction
    left_eqd2_gy: Fraction
    conditions: tuple[str, ...]

    @property
    def open(self) -> bool:
        """Whether a condition is not known."""
        return any("not known" in words for words in self.conditions)


@dataclass(frozen=True, slots=True)
class Situation:
    """The courses as the limits see them: the last is the new part where there are several."""

    earlier: tuple[Course, ...]
    new: Course | None
    start: date | None

    @property
    def earlier_end(self) -> date | None:
        """When the last earlier course ended, if every one says so."""
        ends = [course.end for course in self.earlier]
        return None if None in ends else max(end for end in ends if end)


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


def limits_for(structure: str, found: Situation, knowledge: KnowledgeOn) -> tuple[LimitInForce, ...]:
    """The limits of the structure that are stated for such courses; InputRefusedError if there is none."""
    limits = knowledge.limits(_SIDE.sub("", structure))
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
        and (stated.interval_from_months is None or _apart(found, stated.interval_from_months) is True)
        and (stated.interval_below_months is None or _apart(found, stated.interval_below_months) is not True)
    )


def _apart(found: Situation, months: int) -> bool | None:
    if found.earlier_end is None or found.start is None or found.earlier_end > found.start:
        return None
    return at_least_months(found.earlier_end, found.start, months)


def room(limit: LimitInForce, found: Situation) -> Room:
    """The largest EQD2 of a new part that the limit and its conditions allow; 0 where one cannot be met by any."""
    alpha_beta = limit.value.alpha_beta_gy
    parts = [eqd2(course.total_dose_gy, course.fractions, alpha_beta) for course in found.earlier]
    prior = sum(parts, Fraction(0))
    caps = [(Fraction(limit.value.limit_gy) - prior, ""), *_caps(limit, found, parts)]
    left = max(Fraction(0), min(cap for cap, _ in caps))
    return Room(limit, prior, left, tuple(words for _, words in caps if words))


def _caps(limit: LimitInForce, found: Situation, parts: Sequence[Fraction]) -> Iterator[tuple[Fraction, str]]:
    """Each condition as the largest EQD2 of the new part that meets it, with its words."""
    conditions, prior, nothing = limit.value.conditions, sum(parts, Fraction(0)), Fraction(0)
    if conditions is None:
        return
    if conditions.new_part_max_gy is not None:
        yield Fraction(conditions.new_part_max_gy), f"new part at most {conditions.new_part_max_gy} Gy EQD2"
    if conditions.new_share_max is not None:
        share = Fraction(conditions.new_share_max)
        yield (
            share / (1 - share) * prior if share < 1 else prior + share,
            f"its share of the sum at most {conditions.new_share_max}",
        )
    if conditions.each_course_max_gy is not None:
        most = Fraction(conditions.each_course_max_gy)
        broken = max(parts) > most
        yield nothing if broken else most, f"each course at most {most} Gy EQD2{': not met' if broken else ''}"
    if conditions.interval_min_months is not None:
        met = _apart(found, int(conditions.interval_min_months))
        state = {True: "met", False: "not met", None: "not known, so not checked"}[met]
        words = f"interval at least {conditions.interval_min_months} months: {state}"
        yield nothing if met is False else Fraction(limit.value.limit_gy), words
