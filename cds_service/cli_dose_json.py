"""The answer of rert-cds dose for machines: the agreed keys, and further ones beside them."""

from cds_service.cli_dose_limits import Room
from cds_service.cli_dose_recovery import SecondSum
from cds_service.cli_dose_sums import LABEL, Sums
from clinical_rules.findings import JSON, SourceReference


def for_machines(sums: Sums) -> dict[str, JSON]:
    """Plain numbers, not rounded."""
    told: dict[str, JSON] = {
        "courses": [
            {
                "totalDoseGy": float(course.total_dose_gy),
                "fractions": course.fractions,
                "bedGy": float(sums.bed_gy(course)),
                "eqd2Gy": float(sums.eqd2_gy(course)),
            }
            for course in sums.courses
        ],
        "bedGy": float(sums.total_bed_gy),
        "eqd2Gy": float(sums.total_eqd2_gy),
        "alphaBetaGy": float(sums.alpha_beta_gy),
        "recoveryScheme": "none",
        "label": LABEL,
    }
    if sums.notes:
        told["notes"] = list(sums.notes)
    if sums.structure:
        told |= {"structure": sums.structure, "limits": [_limit(found) for found in sums.rooms]}
    if sums.second is not None:
        told["recovery"] = _second(sums.second)
    if sums.cord is not None:
        score = sums.cord.score
        told["niederScore"] = {"points": float(score.points), "group": score.group}
    return told


def _limit(found: Room) -> dict[str, JSON]:
    value = found.limit.value
    told: dict[str, JSON] = {
        "rule": found.limit.limit.id,
        "applies": found.limit.limit.applies,
        "agreement": value.agreement,
        "limitGy": float(value.limit_gy),
        "alphaBetaGy": float(value.alpha_beta_gy),
        "metric": value.metric,
        "priorEqd2Gy": float(found.prior_eqd2_gy),
        "cumulativeEqd2Gy": float(found.sum_eqd2_gy),
        "above": found.sum_eqd2_gy > value.limit_gy,
        "remainingEqd2Gy": float(found.left_eqd2_gy),
        "conditions": [{"condition": one.words, "state": one.state} for one in found.conditions],
        "sources": _sources(found.limit.sources),
    }
    if value.line_gy is not None:
        told["lineGy"] = float(value.line_gy)
    if found.largest_fraction_gy is not None:
        told["largestDosePerFractionGy"] = float(found.largest_fraction_gy)
    return told


def _second(second: SecondSum) -> dict[str, JSON]:
    scheme = second.scheme.held
    told: dict[str, JSON] = {
        "recoveryScheme": scheme.scheme.name,
        "agreement": second.scheme.organ.agreement,
        "alphaBetaGy": float(second.alpha_beta_gy),
        "recovered": [float(part) for part in second.recovered],
        "undiscountedEqd2Gy": float(second.raw_eqd2_gy),
        "cumulativeEqd2Gy": float(second.eqd2_gy),
        "sources": _sources(scheme.sources),
    }
    if second.scheme.refused is not None:
        told["refused"] = second.scheme.refused
    if second.limit_gy is not None and second.left_eqd2_gy is not None:
        told |= {
            "limitGy": float(second.limit_gy),
            "above": second.eqd2_gy > second.limit_gy,
            "remainingEqd2Gy": float(second.left_eqd2_gy),
        }
    if second.largest_fraction_gy is not None:
        told["largestDosePerFractionGy"] = float(second.largest_fraction_gy)
    return told


def _sources(sources: tuple[SourceReference, ...]) -> list[JSON]:
    return [
        {name: part for name, part in (("label", one.label), ("url", one.url), ("where", one.where)) if part}
        for one in sources
    ]
