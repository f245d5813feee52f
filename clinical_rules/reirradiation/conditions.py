"""What a limit asks for beside the sum: each condition met, not met or not known, with its number."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from clinical_rules.dose import exact
from clinical_rules.intervals import Interval
from clinical_rules.knowledge.schema import JointCondition
from clinical_rules.reirradiation.terms import Term

State = Literal["met", "not-met", "unknown"]
Name = Literal["new-part", "new-share", "each-course", "interval"]


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition: what was found (None: not known) against its bound, in the unit its name implies."""

    name: Name
    state: State
    found: Fraction | None
    bound: Fraction


def judge_conditions(
    conditions: JointCondition | None, prior: Sequence[Term], new: Sequence[Term], interval: Interval
) -> tuple[Condition, ...]:
    """The conditions of a limit for a new part; without a new part there is nothing to hold them against."""
    if conditions is None or not new:
        return ()
    found = (
        _new_part(conditions, new),
        _new_share(conditions, prior, new),
        _each_course(conditions, prior, new),
        _interval(conditions, interval),
    )
    return tuple(condition for condition in found if condition is not None)


def documented_sum(terms: Sequence[Term]) -> Fraction | None:
    """The sum of terms that are all documented; None where one is not."""
    if any(term.basis != "documented" or term.eqd2_gy is None for term in terms):
        return None
    return sum((term.eqd2_gy for term in terms if term.eqd2_gy is not None), Fraction(0))


def _at_most(name: Name, found: Fraction | None, bound: Fraction) -> Condition:
    if found is None:
        return Condition(name, "unknown", None, bound)
    return Condition(name, "met" if found <= bound else "not-met", found, bound)


def _new_part(conditions: JointCondition, new: Sequence[Term]) -> Condition | None:
    if conditions.new_part_max_gy is None:
        return None
    return _at_most("new-part", documented_sum(new), exact(conditions.new_part_max_gy))


def _new_share(conditions: JointCondition, prior: Sequence[Term], new: Sequence[Term]) -> Condition | None:
    if conditions.new_share_max is None:
        return None
    part, whole = documented_sum(new), documented_sum([*prior, *new])
    share = None if part is None or not whole else part / whole
    return _at_most("new-share", share, exact(conditions.new_share_max))


def _each_course(conditions: JointCondition, prior: Sequence[Term], new: Sequence[Term]) -> Condition | None:
    """One documented course above the bound breaks it, whatever the others had."""
    if conditions.each_course_max_gy is None:
        return None
    bound = exact(conditions.each_course_max_gy)
    known = [term.eqd2_gy for term in (*prior, *new) if term.basis == "documented" and term.eqd2_gy is not None]
    complete = documented_sum([*prior, *new]) is not None
    highest = max(known, default=None)
    if highest is None or (highest <= bound and not complete):
        return Condition("each-course", "unknown", highest, bound)
    return _at_most("each-course", highest, bound)


def _interval(conditions: JointCondition, interval: Interval) -> Condition | None:
    """Decided on dates; the months are only shown."""
    if conditions.interval_min_months is None:
        return None
    reached = interval.at_least(int(conditions.interval_min_months))
    state: State = "unknown" if reached is None else "met" if reached else "not-met"
    months = None if interval.months is None else exact(interval.months)
    return Condition("interval", state, months, exact(conditions.interval_min_months))
