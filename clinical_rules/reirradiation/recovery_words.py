"""The values and words of a sum under a recovery scheme, the sum without recovery always beside it."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from clinical_rules.call import Call
from clinical_rules.dose import exact
from clinical_rules.findings import JSON
from clinical_rules.knowledge import LimitInForce, SchemeInForce
from clinical_rules.knowledge.schema_recovery import SchemeStructure
from clinical_rules.reirradiation.judge import DoseSum, Judgement, total_gy
from clinical_rules.reirradiation.places import Structure
from clinical_rules.reirradiation.structure_words import structure_values, structure_words
from clinical_rules.reirradiation.terms import Term
from clinical_rules.reirradiation.wire import number

METRIC_NOT_STATED = "metric not stated"


@dataclass(frozen=True, slots=True)
class Discounted:
    """A sum without and with the discount, and the part of each earlier course taken off."""

    raw: DoseSum
    left: DoseSum
    recovered: tuple[Decimal, ...]
    organ: SchemeStructure
    alpha_beta_gy: Decimal


@dataclass(frozen=True, slots=True)
class Compared:
    """The scheme's own limit, and what the discounted sum is called against it."""

    limit: LimitInForce
    judgement: Judgement


def scheme_values(structure: Structure, sums: Discounted, compared: Compared | None) -> dict[str, JSON]:
    """The values of the discounted sum, with those of the sum without recovery beside them."""
    undiscounted = _numbers(
        {"undiscountedPriorEqd2Gy": _known(sums.raw.prior), "undiscountedEqd2Gy": _known(sums.raw.terms)}
    )
    if compared is None:
        return _without_limit(structure, sums) | undiscounted
    values = structure_values(structure, sums.left, compared.limit, compared.judgement)
    if sums.organ.metric is None:
        values.pop("remainingEqd2Gy", None)  # what is left below a limit of unknown metric is not known
    return values | undiscounted


def scheme_words(
    sums: Discounted, compared: Compared | None, held: SchemeInForce, refused: str | None, call: Call
) -> dict[str, JSON]:
    """What a template may say: what was taken off which course, or why nothing was, and both sums."""
    references = [one.share.course.reference for one in sums.raw.prior]
    words: dict[str, JSON] = {
        "scheme": held.scheme.title,
        "form": held.scheme.form,
        "agreement": sums.organ.agreement,
        "reviewed": bool(held.value.reviewed_by),
        "recovered": [
            {"reference": reference, "recovered": number(exact(part))}
            for reference, part in zip(references, sums.recovered, strict=True)
        ],
        "note": _note(sums, refused=refused is not None),
    }
    if refused is not None:
        words["refused"] = refused
    if compared is None:
        return words
    own_metric = {"limitMetric": sums.organ.metric or METRIC_NOT_STATED}
    return structure_words(sums.raw, compared.limit, compared.judgement, call) | own_metric | words


def _without_limit(structure: Structure, sums: Discounted) -> dict[str, JSON]:
    doses = {
        "alphaBetaGy": exact(sums.alpha_beta_gy),
        "priorEqd2Gy": _known(sums.left.prior),
        "proposedEqd2Gy": _known(sums.left.new),
        "cumulativeEqd2Gy": _known(sums.left.terms),
    }
    return {"structure": structure.label, "basis": sums.raw.basis} | _numbers(doses)


def _numbers(doses: dict[str, Fraction | None]) -> dict[str, JSON]:
    return {name: number(dose) for name, dose in doses.items() if dose is not None}


def _known(terms: Sequence[Term]) -> Fraction | None:
    """The sum of terms that are all known."""
    if not terms or any(one.eqd2_gy is None for one in terms):
        return None
    return total_gy(terms)


def _note(sums: Discounted, *, refused: bool) -> str:
    taken = ", ".join(f"{float(part * 100):g} %" for part in sums.recovered)
    said = "no discount is taken for this structure" if refused else f"taken off earlier courses: {taken}"
    raw_gy = _known(sums.raw.terms)
    return said if raw_gy is None else f"{said}; without recovery {float(raw_gy):.1f} Gy at the same alpha/beta"
