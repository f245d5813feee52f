"""The findings of cited comparisons: their values, and what a template may say of them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from clinical_rules.dose import exact
from clinical_rules.findings import JSON, Finding, Status
from clinical_rules.knowledge import ComparisonInForce
from clinical_rules.reirradiation.cases import Case
from clinical_rules.reirradiation.metrics import NEAR_MAX, metric_class, metric_of
from clinical_rules.reirradiation.physical import PhysicalDose
from clinical_rules.reirradiation.shares import Share
from clinical_rules.reirradiation.structures import rule_id
from clinical_rules.reirradiation.terms import Term
from clinical_rules.reirradiation.wire import number

METRIC_NOT_STATED = "metric not stated"
ALREADY_BEYOND = "already beyond a single-course tolerance"
SUM_BEYOND = "the sum is beyond a single-course tolerance"


@dataclass(frozen=True, slots=True)
class Passed:
    """The documented sums of a structure that lie above a value."""

    prior_gy: Fraction
    new_gy: Fraction
    limit_gy: Decimal
    alpha_beta_gy: Decimal
    metric: str | None

    @property
    def earlier_alone(self) -> bool:
        """Whether the earlier courses pass the value by themselves."""
        return self.prior_gy > exact(self.limit_gy)


def one_metric(terms: Sequence[Term]) -> str | None:
    """The metric the doses share; the maximum for several near-maximum ones."""
    stated = {one.metric for one in terms}
    if len(stated) == 1:
        return stated.pop()
    return "Dmax" if {metric_class(one) for one in stated} == {NEAR_MAX} else None


def passed_finding(case: Case, held: ComparisonInForce, passed: Passed) -> Finding:
    """A sum above a value."""
    doses = {
        "alphaBetaGy": passed.alpha_beta_gy,
        "priorEqd2Gy": passed.prior_gy or None,
        "proposedEqd2Gy": passed.new_gy or None,
        "cumulativeEqd2Gy": passed.prior_gy + passed.new_gy,
        "limitGy": passed.limit_gy,
    }
    values: dict[str, JSON] = {name: number(dose, passed.limit_gy) for name, dose in doses.items() if dose is not None}
    if passed.metric is not None:
        values["metric"] = passed.metric
    beyond = ALREADY_BEYOND if passed.earlier_alone else SUM_BEYOND
    notes = (beyond if held.comparison.single_course else None, held.value.note)
    words: dict[str, JSON] = {"earlierAlone": passed.earlier_alone}
    return _made(case, held, "caution", values, words, notes, _earlier(case))


def physical_finding(case: Case, held: ComparisonInForce, dose: PhysicalDose) -> Finding:
    """A physical dose of one course above a value; its names are its own, for it is no EQD2 and is never added."""
    values: dict[str, JSON] = {
        "physicalDoseGy": number(dose.dose_gy, dose.limit_gy),
        "limitPhysicalGy": number(dose.limit_gy),
    }
    optional = {"fractions": dose.fractions, "metric": dose.metric}
    values |= {name: value for name, value in optional.items() if value is not None}
    fractions = "" if dose.fractions is None else f" in {dose.fractions} fx"
    against = f"{number(dose.limit_gy)} Gy ({_labels(held)})"
    said = f"{number(dose.dose_gy)} Gy{fractions} against {against}, physical dose of one course"
    notes = (said, ALREADY_BEYOND if held.comparison.single_course else None, held.value.note)
    return _made(case, held, "caution", values, _doses_on_file(case), notes, dose.evidence)


def unanswered_finding(case: Case, held: ComparisonInForce, reason: str) -> Finding:
    """A rule that no sum of points answers, or a structure without any validated limit."""
    rule = f"{held.value.statement} ({_labels(held)})" if held.comparison.form == "volumetric" else None
    words: dict[str, JSON] = (
        {"reason": reason} if rule is None else {"reason": reason, "statement": held.value.statement}
    )
    return _made(
        case, held, "cannot-assess", {}, words | _doses_on_file(case), (rule, reason, held.value.note), _earlier(case)
    )


def _labels(held: ComparisonInForce) -> str:
    """The sources, to stand beside a number that is not in the table of sums."""
    return "; ".join(source.label for source in held.sources)


def _earlier(case: Case) -> tuple[str, ...]:
    return tuple(share.course.reference for share in case.earlier)


def _made(
    case: Case,
    held: ComparisonInForce,
    status: Status,
    values: dict[str, JSON],
    words: dict[str, JSON],
    notes: Sequence[str | None],
    evidence: tuple[str, ...],
) -> Finding:
    entry, value = held.comparison, held.value
    said: dict[str, JSON] = {
        "title": entry.title,
        "applies": entry.applies,
        "agreement": value.agreement,
        "basisWord": "published value",
        "limitMetric": value.metric or METRIC_NOT_STATED,
        "reviewed": bool(value.reviewed_by),
        "singleCourse": entry.single_course,
        "recoveryBasis": entry.recovery,
        "note": "; ".join(filter(None, notes)),
    }
    stated: dict[str, JSON] = {"structure": case.structure.label, "basis": "documented", "recoveryScheme": "none"}
    return Finding(
        rule=f"{rule_id(case.structure.name).rpartition('.')[0]}.{entry.id.rpartition('.')[2]}",
        status=status,
        topic="reirradiation",
        values=stated | values,
        evidence=evidence,
        sources=held.sources,
        words=said | words,
    )


def _doses_on_file(case: Case) -> dict[str, JSON]:
    """The records that no sum is made of, so that a reader sees them nevertheless."""
    return {"terms": [*_on_file(case.earlier, new=False), *_on_file(case.new, new=True)]}


def _on_file(shares: Sequence[Share], *, new: bool) -> Iterator[dict[str, JSON]]:
    """The doses on file for the structure, as they stand in the records."""
    for share in shares:
        for volume in share.organs:
            optional = {
                "metric": metric_of(volume),
                "fractions": volume.fractions,
                "missing": volume.unusable,
                "totalDoseGy": None if volume.total_dose_gy is None else number(volume.total_dose_gy),
            }
            words: dict[str, JSON] = {name: word for name, word in optional.items() if word is not None}
            known: dict[str, JSON] = {"reference": share.course.reference, "new": new, "basis": "documented"}
            yield known | {"doseBasis": volume.basis} | words
