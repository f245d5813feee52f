"""Findings on records that could not be used as they stand."""

from collections.abc import Iterator, Mapping

from clinical_rules.call import Call
from clinical_rules.duplicates import same_side
from clinical_rules.facts import CancerDiagnosis, DataProblem, PatientFacts
from clinical_rules.findings import JSON, Finding, Urgency

ALWAYS_SHOWN = frozenset({"left-out", "foreign-patient"})
"""What a quiet chart may not keep to itself."""


def findings(call: Call, *, spoke: bool) -> tuple[Finding, ...]:
    """One finding for each record that could not be used; the same problem of a record is told once.

    `spoke` tells whether another rule raised a card: in an otherwise quiet chart only records that were
    left out, were another patient's, or could not be read at all raise one of their own.
    """
    facts = call.facts
    if facts.patient.deceased:
        return ()
    told = sorted((*facts.problems, *_of_diagnoses(facts)), key=lambda problem: problem.matters)
    problems = {_key(problem): problem for problem in told}
    speaks = spoke or (call.ordering and bool(facts.orders))
    return tuple(_finding(problems[key], speaks) for key in sorted(problems))


def _finding(problem: DataProblem, speaks: bool) -> Finding:
    shown = problem.matters and (speaks or problem.problem in ALWAYS_SHOWN or _is_lost(problem))
    read: Mapping[str, JSON] = {name: value for name, value in problem.read.items() if value is not None}
    return Finding(
        rule=f"data.{problem.problem}",
        status="cannot-assess",
        topic="data-quality",
        values={**read, "problem": problem.problem, "reference": problem.reference},
        urgency=Urgency.WARNING if shown else None,
        evidence=(problem.reference,) if problem.reference else (),
        words={"detail": problem.detail},
    )


def _is_lost(problem: DataProblem) -> bool:
    """Whether a whole record could not be read, not an element of one: nobody can say what it would have told."""
    return problem.problem == "unreadable" and "element" not in problem.read


def _key(problem: DataProblem) -> tuple[str, str, str, str]:
    """What makes two problems the same, whether they matter or not."""
    return problem.problem, problem.reference, problem.detail, repr(sorted(problem.read.items()))


def _of_diagnoses(facts: PatientFacts) -> Iterator[DataProblem]:
    """What diagnoses say against themselves or each other; nothing is guessed from either."""
    told = {(problem.problem, problem.reference) for problem in facts.problems}
    for entry in facts.diagnoses:
        if entry.conflict is not None and ("conflicting-codes", entry.reference) not in told:
            yield DataProblem("conflicting-codes", entry.reference, entry.conflict)
        if entry.role == "history" and any(_still_active(other, entry) for other in facts.diagnoses):
            detail = "a history code and an active diagnosis of the same site are both on file"
            yield DataProblem("history-and-active", entry.reference, detail, matters=False)


def _still_active(other: CancerDiagnosis, history: CancerDiagnosis) -> bool:
    """Whether an entry calls the cancer active that another calls history."""
    if other.role != "primary" or other.clinical_status not in {"active", "recurrence", "relapse"}:
        return False
    regions = {place.region for place in (other.body_site, history.body_site) if place}
    return other.site == history.site and len(regions) < 2 and same_side(other, history)
