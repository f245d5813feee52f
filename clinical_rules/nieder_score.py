"""The spinal cord score of Nieder: points for the cumulative BED, a short interval and a high single course.

From 78 patients of the two-dimensional era; a later series had no myelopathy at far higher doses, so it
over-predicts today. It also gives points to small doses in short sequence. It informs; nothing decides by it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from clinical_rules.dose import Number, exact
from clinical_rules.errors import DoseError
from clinical_rules.knowledge import KnowledgeOn

RiskGroup = Literal["low", "intermediate", "high"]


@dataclass(frozen=True, slots=True)
class NiederRules:
    """The numbers of the score: one point above each cumulative BED bound, a penalty for each of two conditions."""

    bed_bounds_gy: tuple[Decimal, ...]
    course_bed_gy: Decimal
    interval_months: Decimal
    penalty_points: Decimal
    low_at_most: Decimal
    intermediate_at_most: Decimal


@dataclass(frozen=True, slots=True)
class NiederScore:
    """The three components and what they add up to."""

    dose_points: Fraction
    interval_points: Fraction
    course_points: Fraction
    group: RiskGroup

    @property
    def points(self) -> Fraction:
        """The score."""
        return self.dose_points + self.interval_points + self.course_points


def nieder_rules(knowledge: KnowledgeOn) -> NiederRules:
    """The numbers of the score that are in force."""
    low, intermediate = knowledge.numbers("nieder.group-bounds-points")
    return NiederRules(
        bed_bounds_gy=knowledge.numbers("nieder.cumulative-bed-gy2"),
        course_bed_gy=knowledge.number("nieder.course-bed-gy2"),
        interval_months=knowledge.number("nieder.interval-months"),
        penalty_points=knowledge.number("nieder.penalty-points"),
        low_at_most=low,
        intermediate_at_most=intermediate,
    )


def nieder_score(course_beds_gy: Sequence[Number], interval_months: Number, rules: NiederRules) -> NiederScore:
    """The score of the BED (alpha/beta 2) of each course and the interval (Nieder et al. 2005 and 2006).

    A cumulative BED at a bound is below it; a course at its bound and an interval at its bound have reached it.
    """
    beds, months = [exact(bed_gy, "BED") for bed_gy in course_beds_gy], exact(interval_months, "interval")
    if not beds or min(beds) <= 0:
        raise DoseError("the score needs the BED of each course, each above 0")
    if months < 0:
        raise DoseError("interval must be 0 or more")
    penalty = exact(rules.penalty_points)
    dose = Fraction(sum(bound < sum(beds) for bound in rules.bed_bounds_gy))
    interval = penalty if months < exact(rules.interval_months) else Fraction(0)
    course = penalty if max(beds) >= exact(rules.course_bed_gy) else Fraction(0)
    return NiederScore(dose, interval, course, _group(dose + interval + course, rules))


def _group(points: Fraction, rules: NiederRules) -> RiskGroup:
    if points <= exact(rules.low_at_most):
        return "low"
    return "intermediate" if points <= exact(rules.intermediate_at_most) else "high"
