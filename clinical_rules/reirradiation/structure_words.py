"""The values of a structure's finding, and what a template may say of it: terms, conditions, the limit's own words."""

from collections.abc import Sequence
from fractions import Fraction

from clinical_rules.call import Call
from clinical_rules.findings import JSON
from clinical_rules.knowledge import LimitInForce
from clinical_rules.reirradiation.conditions import Condition, documented_sum
from clinical_rules.reirradiation.judge import DoseSum, Judgement, comparable, total_gy
from clinical_rules.reirradiation.metrics import NEAR_MAX, metric_class
from clinical_rules.reirradiation.places import Structure
from clinical_rules.reirradiation.remaining import remaining_gy
from clinical_rules.reirradiation.terms import Term
from clinical_rules.reirradiation.wire import number

NO_RECOVERY = "none"


def structure_values(
    structure: Structure, dose_sum: DoseSum, found: LimitInForce, judgement: Judgement
) -> dict[str, JSON]:
    """The values on the wire; a number that is not known is left out."""
    limit = found.value
    doses = {
        "priorEqd2Gy": _known(dose_sum.prior, judgement),
        "proposedEqd2Gy": _known(dose_sum.new, judgement),
        "cumulativeEqd2Gy": _cumulative(dose_sum, found, judgement),
        "remainingEqd2Gy": remaining_gy(dose_sum, limit, judgement),
    }
    values: dict[str, JSON] = {
        "structure": structure.label,
        "alphaBetaGy": number(limit.alpha_beta_gy),
        "limitGy": number(limit.limit_gy),
        "basis": judgement.basis,
        "recoveryScheme": NO_RECOVERY,
    }
    values |= {name: number(dose, limit.limit_gy) for name, dose in doses.items() if dose is not None}
    metric = _metric(dose_sum.documented)
    return values if metric is None else values | {"metric": metric}


def _known(terms: Sequence[Term], judgement: Judgement) -> Fraction | None:
    """The sum of one side: of documented terms where these decide alone, else where every term is known."""
    if len({metric_class(term.metric) for term in terms if term.metric is not None}) > 1:
        return None
    if judgement.basis == "documented":
        return documented_sum(terms) if terms else None
    if not terms or any(term.eqd2_gy is None for term in terms):
        return None
    return total_gy(terms)


def _cumulative(dose_sum: DoseSum, found: LimitInForce, judgement: Judgement) -> Fraction | None:
    if judgement.over:
        return total_gy(comparable(dose_sum, found.value, judgement.comparison))
    if judgement.comparison == "none" or any(term.eqd2_gy is None for term in dose_sum.terms):
        return None
    return None if judgement.basis == "documented" != dose_sum.basis else total_gy(dose_sum.terms)


def _metric(documented: Sequence[Term]) -> str | None:
    """The metric the documented doses share; the maximum for several near-maximum ones, none where one states none."""
    stated = {term.metric for term in documented}
    if len(stated) == 1:
        return stated.pop()
    return None if None in stated or not stated else _shared(documented)


def _shared(documented: Sequence[Term]) -> str | None:
    return "Dmax" if {metric_class(term.metric) for term in documented} == {NEAR_MAX} else None


def structure_words(dose_sum: DoseSum, found: LimitInForce, judgement: Judgement, call: Call) -> dict[str, JSON]:
    """Each term for the table, each condition with its number, and how the value compared came about."""
    limit = found.value
    words: dict[str, JSON] = {
        "terms": [_term(term, call, new=False) for term in dose_sum.prior]
        + [_term(term, call, new=True) for term in dose_sum.new],
        "conditions": [_condition(condition) for condition in judgement.conditions],
        "comparison": judgement.comparison,
        "limitMetric": limit.metric,
        "agreement": limit.agreement,
        "basisWord": found.limit.basis_word,
        "applies": found.limit.applies,
        "reviewed": bool(limit.reviewed_by),
        "missing": sorted({term.missing for term in dose_sum.terms if term.missing is not None}),
        "overByDocumentedAlone": judgement.over and judgement.basis != dose_sum.basis,
    }
    optional = {
        "lineGy": limit.line_gy,
        "spanFromGy": limit.span_from_gy,
        "knownEqd2Gy": total_gy(dose_sum.terms) if judgement.comparison != "none" else None,
    }
    words |= {name: number(value) for name, value in optional.items() if value is not None}
    return words if call.guard is None else words | {"guard": call.guard}


def _term(term: Term, call: Call, *, new: bool) -> dict[str, JSON]:
    course, volume = term.share.course, term.volume
    words: dict[str, JSON] = {
        "reference": course.reference,
        "label": course.label,
        "new": new,
        "basis": term.basis,
        "near": term.share.near,
        "underAge": not new and call.given_under_age(course),
        "externalBeamReadAsPhotons": any(modality.value == "external-beam" for modality in course.modalities),
    }
    words |= {
        name: value
        for name, value in (("missing", term.missing), ("unsure", term.unsure), ("metric", term.metric))
        if value is not None
    }
    if course.end is not None:
        words["end"] = str(course.end)
    if term.eqd2_gy is not None:
        words["eqd2Gy"] = number(term.eqd2_gy)
    if volume is None:
        return words
    words["doseBasis"] = volume.basis
    if volume.total_dose_gy is None:
        return words
    words["totalDoseGy"] = number(volume.total_dose_gy)
    if volume.fractions is None:
        return words
    best_supported_gy = call.knowledge.number("dose.lq-best-supported-gy-per-fraction")
    outside = volume.total_dose_gy > best_supported_gy * volume.fractions
    return words | {"fractions": volume.fractions, "outsideModelRange": outside}


def _condition(condition: Condition) -> dict[str, JSON]:
    words: dict[str, JSON] = {"name": condition.name, "state": condition.state, "bound": number(condition.bound)}
    return words if condition.found is None else words | {"found": number(condition.found, condition.bound)}
