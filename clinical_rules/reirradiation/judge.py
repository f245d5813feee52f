"""A sum of EQD2 against a limit: what may be said of it, and on which basis."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from clinical_rules.dose import exact
from clinical_rules.findings import Status
from clinical_rules.intervals import Interval
from clinical_rules.knowledge.schema import DoseLimitValue
from clinical_rules.reirradiation.conditions import Condition, documented_sum, judge_conditions
from clinical_rules.reirradiation.metrics import Comparison, compare, metric_class
from clinical_rules.reirradiation.terms import Basis, Term

WEAKEST_FIRST: tuple[Basis, ...] = ("unknown", "assumed-prescription", "documented")


@dataclass(frozen=True, slots=True)
class DoseSum:
    """The terms of a structure: of earlier courses, and of what is ordered; `guarded` where nothing may reassure."""

    prior: tuple[Term, ...]
    new: tuple[Term, ...]
    interval: Interval
    guarded: bool
    near_fraction: Decimal

    @property
    def terms(self) -> tuple[Term, ...]:
        """All terms."""
        return (*self.prior, *self.new)

    @property
    def basis(self) -> Basis:
        """The weakest term's."""
        return min((term.basis for term in self.terms), key=WEAKEST_FIRST.index)

    @property
    def documented(self) -> tuple[Term, ...]:
        """The documented terms; however much is missing, the true sum is no lower than theirs."""
        return tuple(term for term in self.terms if term.basis == "documented")


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the sum is called, and on which basis; `over` where the sum itself is above the limit."""

    status: Status
    basis: Basis
    comparison: Comparison
    conditions: tuple[Condition, ...]
    over: bool = False

    @property
    def broken(self) -> tuple[str, ...]:
        """The names of the conditions that are not met."""
        return tuple(condition.name for condition in self.conditions if condition.state == "not-met")


def total_gy(terms: Iterable[Term]) -> Fraction:
    """The sum of what is known of some terms."""
    return sum((term.eqd2_gy for term in terms if term.eqd2_gy is not None), Fraction(0))


def judge(dose_sum: DoseSum, limit: DoseLimitValue) -> Judgement:
    """Whether the sum exceeds, comes near or stays within the limit, or why none of this can be said.

    Equal to the limit is not over it. What is documented decides first: no missing term makes it lower.
    """
    comparison = compare((metric_class(term.metric) for term in dose_sum.documented), limit.metric)
    conditions = judge_conditions(limit.conditions, dose_sum.prior, dose_sum.new, dose_sum.interval)
    if total_gy(comparable(dose_sum, limit, comparison)) > exact(limit.limit_gy):
        status: Status = "caution" if comparison == "over-only" else "exceeds"
        return Judgement(status, "documented", comparison, conditions, over=True)
    if comparison == "none":
        return Judgement("cannot-assess", dose_sum.basis, comparison, conditions)
    breach = _breach(dose_sum, limit, comparison, conditions)
    if breach is None:
        return Judgement(_below(dose_sum, limit, comparison, conditions), dose_sum.basis, comparison, conditions)
    return Judgement(breach, "documented" if breach == "exceeds" else dose_sum.basis, comparison, conditions)


def comparable(dose_sum: DoseSum, limit: DoseLimitValue, comparison: Comparison) -> tuple[Term, ...]:
    """The documented terms that may be added and held against the limit; of mixed metrics those in the limit's own."""
    if comparison != "none":
        return dose_sum.documented
    own = {metric_class(limit.metric), None}
    return tuple(term for term in dose_sum.documented if metric_class(term.metric) in own)


def _breach(
    dose_sum: DoseSum, limit: DoseLimitValue, comparison: Comparison, conditions: Sequence[Condition]
) -> Status | None:
    """What a condition that is documented as not met makes of a sum below the limit.

    It needs a documented new part: about a screened one nothing is documented but the dates. Of a sum without
    any number nothing is said, whatever the dates are.
    """
    broken = any(condition.state == "not-met" for condition in conditions)
    without_number = all(term.eqd2_gy is None for term in dose_sum.terms)
    if limit.conditions is None or not broken or comparison == "over-only" or without_number:
        return None
    if limit.conditions.breach == "exceeds" and documented_sum(dose_sum.new) is not None:
        return "exceeds"
    return None if dose_sum.guarded else "caution"


def _below(dose_sum: DoseSum, limit: DoseLimitValue, comparison: Comparison, conditions: Sequence[Condition]) -> Status:
    """The word for a sum that is not over its limit."""
    known = total_gy(dose_sum.terms)
    near = known > exact(limit.limit_gy) * exact(dose_sum.near_fraction)
    raised = _above(known, limit.line_gy) or _above(known, limit.span_from_gy)
    if dose_sum.basis != "documented":
        return "caution" if near or raised else "cannot-assess"
    if comparison != "like" or dose_sum.guarded:
        return "cannot-assess"
    open_question = any(condition.state == "unknown" for condition in conditions)
    if limit.never_within or open_question or any(term.unsure for term in dose_sum.terms):
        return "caution" if raised or (near and not limit.never_within) else "cannot-assess"
    if _above(known, limit.span_from_gy):
        return "caution"
    if near:
        return "near"
    if raised:
        return "caution"
    return "within" if dose_sum.new else "found"


def _above(dose_gy: Fraction, bound_gy: Decimal | None) -> bool:
    return bound_gy is not None and dose_gy > exact(bound_gy)
