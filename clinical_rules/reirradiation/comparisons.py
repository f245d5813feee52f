"""The findings `reirradiation.<structure>.<limit>`: cited values beside the deciding ones; at most a caution.

They rest on documented doses alone, raise no card, and say something only where a value is passed or where
the source's rule needs more than points: what is not passed is not told, for it would reassure.
"""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import chain

from clinical_rules.call import Call
from clinical_rules.dose import exact
from clinical_rules.findings import Finding
from clinical_rules.knowledge import ComparisonInForce
from clinical_rules.reirradiation.cases import Case, Cases
from clinical_rules.reirradiation.choice import last_interval, places_fit
from clinical_rules.reirradiation.comparison_words import (
    Passed,
    one_metric,
    passed_finding,
    physical_finding,
    unanswered_finding,
)
from clinical_rules.reirradiation.judge import total_gy
from clinical_rules.reirradiation.metrics import compare, metric_class
from clinical_rules.reirradiation.pairs import is_stereotactic
from clinical_rules.reirradiation.physical import highest_over
from clinical_rules.reirradiation.targets import Target
from clinical_rules.reirradiation.terms import preferred_class, term

NEAR_MAX_METRIC = "Dmax"
"""What a value is compared with whose source, as far as it was read, states no metric."""

NEEDS_REGISTERED_SUM = "needs a registered sum"
NO_LIMIT = "no validated cumulative limit"
_SEVERAL = 2


def comparison_findings(cases: Cases) -> tuple[Finding, ...]:
    """What the cited comparisons have to say of the structures with a dose on file, by structure and rule."""
    return tuple(
        finding
        for name in sorted(cases.documented)
        for case in cases.of(name)
        if case.has_dose
        for held in cases.call.knowledge.comparisons(name)
        if _meant_for(held, case, cases.targets, cases.call)
        for finding in _finding(case, held)
    )


def _meant_for(held: ComparisonInForce, case: Case, targets: Sequence[Target], call: Call) -> bool:
    entry = held.comparison
    months = entry.interval_from_months
    if months is not None and last_interval(case.earlier).at_least(months) is not True:
        return False
    if entry.stereotactic and not all(is_stereotactic(share.course, call) for share in case.new):
        return False
    return places_fit(entry.regions, targets, call)


def _finding(case: Case, held: ComparisonInForce) -> Iterator[Finding]:
    entry, value = held.comparison, held.value
    several = len(case.earlier) + len(case.new) >= _SEVERAL
    if entry.quantity == "physical":
        shares = case.new if entry.scope == "new-part" else (*case.earlier, *case.new)
        if (dose := highest_over(shares, value)) is not None:
            yield physical_finding(case, held, dose)
    elif value.value_gy is not None and value.alpha_beta_gy is not None:
        if (passed := _passed(case, value.value_gy, value.alpha_beta_gy, value.metric or NEAR_MAX_METRIC)) is not None:
            yield passed_finding(case, held, passed)
    elif several and entry.form == "none":
        yield unanswered_finding(case, held, NO_LIMIT)
    elif several and entry.form == "volumetric" and not entry.single_course:
        yield unanswered_finding(case, held, NEEDS_REGISTERED_SUM)


def _passed(case: Case, limit_gy: Decimal, alpha_beta_gy: Decimal, metric: str) -> Passed | None:
    """The sums of documented doses in comparable metrics, where they lie above the value; equal is not over."""
    wanted = preferred_class(chain(case.earlier, case.new), metric)
    prior, new = (
        [one for share in shares if (one := term(share, alpha_beta_gy, wanted)).basis == "documented"]
        for shares in (case.earlier, case.new)
    )
    if compare((metric_class(one.metric) for one in (*prior, *new)), metric) == "none":
        own = {metric_class(metric), None}
        prior, new = ([one for one in terms if metric_class(one.metric) in own] for terms in (prior, new))
    prior_gy, new_gy = total_gy(prior), total_gy(new)
    if prior_gy + new_gy <= exact(limit_gy):
        return None
    return Passed(prior_gy, new_gy, limit_gy, alpha_beta_gy, one_metric((*prior, *new)))
