"""The findings `reirradiation.<structure>.cumulative-eqd2`: what each structure has had, and would have."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain

from clinical_rules.call import Call
from clinical_rules.findings import Finding, Status
from clinical_rules.knowledge import LimitInForce
from clinical_rules.reirradiation.cases import Case, Cases
from clinical_rules.reirradiation.choice import choose_limit, last_interval
from clinical_rules.reirradiation.judge import DoseSum, Judgement, judge
from clinical_rules.reirradiation.shares import Share
from clinical_rules.reirradiation.structure_urgency import structure_urgency
from clinical_rules.reirradiation.structure_words import structure_values, structure_words
from clinical_rules.reirradiation.targets import Target
from clinical_rules.reirradiation.terms import Term, preferred_class, term

_WORD_START = re.compile(r"(?<=[a-z])(?=[A-Z])|_")


def structure_findings(cases: Cases, unrecorded: Sequence[str]) -> tuple[Finding, ...]:
    """One finding for each structure with a deciding limit that earlier and new treatment may share."""
    return tuple(
        finding
        for name in _names(cases)
        for case in cases.of(name)
        if _worth_judging(case)
        for finding in _finding(case, cases.targets, unrecorded, cases.call)
    )


def rule_id(structure: str) -> str:
    """The rule of a structure.

    >>> rule_id("OpticNrv"), rule_id("A_Carotid")
    ('reirradiation.optic-nrv.cumulative-eqd2', 'reirradiation.a-carotid.cumulative-eqd2')
    """
    return f"reirradiation.{_WORD_START.sub('-', structure).lower()}.cumulative-eqd2"


def _names(cases: Cases) -> list[str]:
    """Names to judge: those of the limits, and of a group the members with a dose on file.

    On a chart there is no new dose: what has none on file from an earlier course has nothing to judge.
    """
    documented = cases.documented
    there = documented | cases.at_targets if cases.call.ordering else documented
    if not there:
        return []
    names: set[str] = set()
    for found in cases.call.knowledge.all_limits:
        members = documented.intersection(found.limit.structures)
        names |= members if members and found.limit.structure not in documented else members | {found.limit.structure}
    return sorted(names & there)


def _worth_judging(case: Case) -> bool:
    """A dose on file for it, or a course and an order that both have it in or next to them."""
    if any(share.organs for share in case.earlier):
        return True
    if any(share.organs for share in case.new):
        return bool(case.earlier)
    placed = ("inside", "adjacent")
    return any(share.near and share.placed in placed for share in case.earlier) and any(
        share.placed in placed for share in case.new
    )


def _finding(case: Case, targets: Sequence[Target], unrecorded: Sequence[str], call: Call) -> Iterator[Finding]:
    limits = call.knowledge.limits(case.structure.name)
    found = choose_limit(limits, case.earlier, case.new, targets, call)
    if found is None:
        return
    dose_sum = _sum(case, found, unrecorded, call)
    judgement = judge(dose_sum, found.value)
    status = _status(case, dose_sum, judgement)
    if status is None:
        return
    name = case.structure.name
    yield Finding(
        rule=found.limit.id if name == found.limit.structure else rule_id(name),
        status=status,
        topic="reirradiation",
        values=structure_values(case.structure, dose_sum, found, judgement),
        urgency=structure_urgency(status, case.touches, dose_sum, found, judgement, targets, call),
        evidence=tuple(share.course.reference for share in case.earlier),
        sources=found.sources,
        words=structure_words(dose_sum, found, judgement, call) | {"touches": case.touches},
    )


def _sum(case: Case, found: LimitInForce, unrecorded: Sequence[str], call: Call) -> DoseSum:
    wanted = preferred_class(chain(case.earlier, case.new), found.value.metric)

    def terms(shares: Sequence[Share]) -> tuple[Term, ...]:
        return tuple(term(share, found.value.alpha_beta_gy, wanted) for share in shares)

    prior = terms(case.earlier)
    if unrecorded:
        prior = tuple(replace(one, unsure="earlier-course-not-on-file") for one in prior)
    return DoseSum(
        prior=prior,
        new=terms(case.new),
        interval=last_interval(case.earlier),
        guarded=call.guard is not None,
        near_fraction=call.knowledge.number("dose.near-fraction"),
    )


def _status(case: Case, dose_sum: DoseSum, judgement: Judgement) -> Status | None:
    """The status where the target may meet the structure; elsewhere only what is documented to exceed is told.

    Earlier doses that exceed by themselves are a caution there. A new dose on file for the structure counts
    wherever the target lies.
    """
    if case.touches or any(one.basis == "documented" for one in dose_sum.new):
        return judgement.status
    return "caution" if judgement.over else None
