"""What is left below the value compared, capped by every condition; arithmetic, not a dose to prescribe."""

from fractions import Fraction

from clinical_rules.dose import exact
from clinical_rules.knowledge.schema import DoseLimitValue, JointCondition
from clinical_rules.reirradiation.conditions import documented_sum
from clinical_rules.reirradiation.judge import DoseSum, Judgement
from clinical_rules.reirradiation.metrics import compare, metric_class

NOTHING = Fraction(0)


def remaining_gy(dose_sum: DoseSum, limit: DoseLimitValue, judgement: Judgement) -> Fraction | None:
    """The EQD2 a new part may add before the limit or a condition is reached; None where that cannot be told.

    It is told only of documented earlier doses in the limit's own metric, and never where nothing may reassure.
    A condition that no dose can meet leaves 0; one that is not known leaves nothing to tell.
    """
    prior = documented_sum(dose_sum.prior)
    like = compare((metric_class(term.metric) for term in dose_sum.prior), limit.metric) == "like"
    if prior is None or not like or dose_sum.guarded or any(term.unsure for term in dose_sum.prior):
        return None
    left = max(NOTHING, exact(limit.limit_gy) - prior)
    return left if limit.conditions is None else _capped(left, prior, dose_sum, limit.conditions, judgement)


def _capped(
    left: Fraction, prior: Fraction, dose_sum: DoseSum, conditions: JointCondition, judgement: Judgement
) -> Fraction | None:
    interval = next((one.state for one in judgement.conditions if one.name == "interval"), None)
    if interval == "not-met" or left == NOTHING:
        return NOTHING
    if not dose_sum.new or interval == "unknown":
        return None
    caps = [left]
    if conditions.new_part_max_gy is not None:
        caps.append(exact(conditions.new_part_max_gy))
    if conditions.new_share_max is not None:
        share = exact(conditions.new_share_max)
        caps.append(prior * share / (1 - share))
    if conditions.each_course_max_gy is not None:
        bound = exact(conditions.each_course_max_gy)
        broken = any(term.eqd2_gy is not None and term.eqd2_gy > bound for term in dose_sum.prior)
        caps.append(NOTHING if broken else bound)
    return min(caps)
