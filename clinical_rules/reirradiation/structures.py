"""The findings `reirradiation.<structure>.cumulative-eqd2`: what each structure has had, and would have."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from clinical_rules.findings import Finding, Status
from clinical_rules.knowledge import LimitInForce
from clinical_rules.reirradiation.choice import choose_limit, last_interval
from clinical_rules.reirradiation.judge import DoseSum, Judgement, judge
from clinical_rules.reirradiation.pairs import Pair
from clinical_rules.reirradiation.people import guard
from clinical_rules.reirradiation.places import Places, Side, Structure
from clinical_rules.reirradiation.shares import (
    Share,
    earlier_shares,
    named_structures,
    new_shares,
)
from clinical_rules.reirradiation.structure_urgency import structure_urgency
from clinical_rules.reirradiation.structure_words import structure_values, structure_words
from clinical_rules.reirradiation.targets import Setting, Target
from clinical_rules.reirradiation.terms import Term, preferred_class, term

_WORD_START = re.compile(r"(?<=[a-z])(?=[A-Z])|_")


@dataclass(frozen=True, slots=True)
class Case:
    """One structure with the shares of earlier courses and orders; `touches` where the target may meet it."""

    structure: Structure
    earlier: tuple[Share, ...]
    new: tuple[Share, ...]
    touches: bool


def structure_findings(
    targets: Sequence[Target], found: Sequence[Pair], unrecorded: Sequence[str], setting: Setting
) -> tuple[Finding, ...]:
    """One finding for each structure with a deciding limit that earlier and new treatment may share."""
    places = Places(setting.knowledge.anatomy)
    documented = _documented_names(found, targets, places)
    there = {name for target in targets for site in target.sites for name in places.at(site)}
    findings: list[Finding] = []
    for name, sides in _candidates(documented, there, setting):
        cases = [case for side in sides if (case := _case(Structure(name, side), targets, found, places, setting))]
        if len(cases) > 1 and _alike(cases):
            cases = [replace(cases[0], structure=Structure(name))]
        for case in cases:
            findings.extend(_finding(case, targets, unrecorded, setting))
    return tuple(findings)


def rule_id(structure: str) -> str:
    """The rule of a structure.

    >>> rule_id("OpticNrv"), rule_id("A_Carotid")
    ('reirradiation.optic-nrv.cumulative-eqd2', 'reirradiation.a-carotid.cumulative-eqd2')
    """
    return f"reirradiation.{_WORD_START.sub('-', structure).lower()}.cumulative-eqd2"


def _candidates(
    documented: set[str], there: set[str], setting: Setting
) -> Iterator[tuple[str, tuple[Side | None, ...]]]:
    """Names to judge with their sides: those of the limits, and of a group the members with a dose on file."""
    anatomy = setting.knowledge.anatomy
    names: set[str] = set()
    for found in setting.knowledge.all_limits:
        members = documented.intersection(found.limit.structures)
        names |= members if members and found.limit.structure not in documented else members | {found.limit.structure}
    for name in sorted(names & (documented | there)):
        paired = name in anatomy.traits and not anatomy.traits[name].midline
        yield name, ("left", "right") if paired else (None,)


def _documented_names(found: Sequence[Pair], targets: Sequence[Target], places: Places) -> set[str]:
    courses = [pair.course for pair in found] + [target.order for target in targets if target.order is not None]
    return {
        name for course in courses for volume in course.volumes for name in named_structures(volume, course, places)
    }


def _case(
    structure: Structure, targets: Sequence[Target], found: Sequence[Pair], places: Places, setting: Setting
) -> Case | None:
    """The structure's shares, where there is something to say of it."""
    earlier = earlier_shares(found, structure, places, setting)
    new = new_shares(targets, structure, places, setting) if setting.ordering else ()
    near = any(share.near for share in earlier)
    met = bool(new) or any(places.placement(target.sites, structure) for target in targets)
    case = Case(structure, earlier, new, touches=near and met)
    return case if _worth_judging(case) else None


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


def _alike(cases: Sequence[Case]) -> bool:
    """Whether left and right rest on the very same records: then the side is not known, and one finding says it."""

    def records(case: Case) -> list[tuple[Share, ...]]:
        return [case.earlier, case.new]

    return all(records(case) == records(cases[0]) for case in cases)


def _finding(case: Case, targets: Sequence[Target], unrecorded: Sequence[str], setting: Setting) -> Iterator[Finding]:
    limits = setting.knowledge.limits(case.structure.name)
    found = choose_limit(limits, case.earlier, case.new, targets, setting)
    if found is None:
        return
    dose_sum = _sum(case, found, unrecorded, setting)
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
        urgency=structure_urgency(status, case.touches, dose_sum, found, judgement, targets, setting),
        evidence=tuple(share.course.reference for share in case.earlier),
        sources=found.sources,
        words=structure_words(dose_sum, found, judgement, setting) | {"touches": case.touches},
    )


def _sum(case: Case, found: LimitInForce, unrecorded: Sequence[str], setting: Setting) -> DoseSum:
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
        guarded=guard(setting) is not None,
        near_fraction=setting.knowledge.number("dose.near-fraction"),
    )


def _status(case: Case, dose_sum: DoseSum, judgement: Judgement) -> Status | None:
    """The status where the target may meet the structure; elsewhere only what is documented to exceed is told.

    Earlier doses that exceed by themselves are a caution there. A new dose on file for the structure counts
    wherever the target lies.
    """
    if case.touches or any(one.basis == "documented" for one in dose_sum.new):
        return judgement.status
    return "caution" if judgement.over else None
