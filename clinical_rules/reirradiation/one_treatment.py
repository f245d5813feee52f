"""Planned combinations: external beam and brachytherapy of one treatment, recorded or ordered apart.

They are one course in progress only where everything says so: one diagnosis, one place and side, unlike
radiation, a short gap, no re-irradiation flag and no recurrence between. What is not known stays two courses.
"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import product

from clinical_rules.anatomy import Anatomy
from clinical_rules.call import Call
from clinical_rules.facts import BodySite, Modality, RadiotherapyCourse
from clinical_rules.picture import PresentTumour
from clinical_rules.reirradiation.returned import returned_between
from clinical_rules.reirradiation.targets import Target, region_sites

EXTERNAL_BEAM = frozenset({
    Modality.PHOTON, Modality.ELECTRON, Modality.PROTON, Modality.CARBON, Modality.EXTERNAL_BEAM,
})  # fmt: skip
BRACHYTHERAPY = frozenset({Modality.BRACHYTHERAPY, Modality.PERMANENT_IMPLANT})
DAYS_PER_WEEK = 7
_NO_SITE = frozenset({None, "other"})
_SIDES = frozenset({"left", "right", "both"})


def combined_with(target: Target, call: Call) -> frozenset[str]:
    """The references of earlier courses that an order is one planned treatment with.

    Also through a part between the two: the next implant after one that belongs to the external beam. External
    beam again, after the brachytherapy of one treatment, is no planned part of it as far as the records tell.
    """
    if target.order is None:
        return frozenset()
    order, earlier = replace(target.order, start=target.start), target.earlier
    weeks = int(call.knowledge.number("interval.running-course-weeks"))
    direct = [course for course in earlier if one_treatment(course, order, target.tumours, call)]
    alike = [course for course in earlier if is_brachytherapy(course) is is_brachytherapy(order)]
    before = [course for course in alike if _continued(course, order, weeks, target.tumours, call)]
    linked = [course for course in earlier if any(one_treatment(course, part, target.tumours, call) for part in before)]
    return frozenset(course.reference for course in (*direct, *linked))


def one_treatment(
    one: RadiotherapyCourse, other: RadiotherapyCourse, tumours: Sequence[PresentTumour], call: Call
) -> bool:
    """Whether one of two is external beam and the other brachytherapy, and both are parts of one treatment."""
    kinds = is_brachytherapy(one), is_brachytherapy(other)
    weeks = int(call.knowledge.number("interval.one-treatment-weeks"))
    return set(kinds) == {True, False} and _continued(one, other, weeks, tumours, call)


def is_brachytherapy(course: RadiotherapyCourse) -> bool | None:
    """Whether all of a course is brachytherapy; False where all is external beam, None where it is not told."""
    stated = set(course.modalities)
    if not stated or not (stated <= BRACHYTHERAPY or stated <= EXTERNAL_BEAM):
        return None
    return stated <= BRACHYTHERAPY


def _continued(
    one: RadiotherapyCourse,
    other: RadiotherapyCourse,
    weeks: int,
    tumours: Sequence[PresentTumour],
    call: Call,
) -> bool:
    """Whether the later of two goes on where the other ended, fewer weeks later, for the same diagnosis and place."""
    first, later = sorted((one, other), key=first_day)
    gap_days = _gap_days(first, later)
    return (
        gap_days is not None
        and gap_days < weeks * DAYS_PER_WEEK
        and not (one.reirradiation or other.reirradiation)
        and _same_diagnosis(one, other, call.knowledge.anatomy)
        and _same_place(one, other, call.knowledge.anatomy)
        and not returned_between(first, later, tumours, call.facts)
    )


def first_day(course: RadiotherapyCourse) -> tuple[bool, str, bool, str]:
    """By the first day of a course; of one day an order comes last."""
    day = course.start or course.end
    return day is None, "" if day is None else day.earliest.isoformat(), course.planned, course.reference


def _gap_days(first: RadiotherapyCourse, later: RadiotherapyCourse) -> int | None:
    """The longest gap that the dates allow, nil where they overlap; None where it is not known.

    Of a running course nobody knows the end: there the gap counts from its start, which is never too short.
    """
    until = first.end or (first.start if first.status == "in-progress" else None)
    if until is None or later.start is None or first.date_problem or later.date_problem:
        return None
    return max(0, (later.start.latest - until.earliest).days)


def _same_diagnosis(one: RadiotherapyCourse, other: RadiotherapyCourse, anatomy: Anatomy) -> bool:
    """One and the same Condition; where one of them names none, one disease site, else one region of the body."""
    if one.reason_references and other.reason_references:
        return bool(set(one.reason_references) & set(other.reason_references))
    if one.reason_site not in _NO_SITE and other.reason_site not in _NO_SITE:
        return one.reason_site == other.reason_site
    shared = {site.region for site in region_sites(one)} & {site.region for site in region_sites(other)}
    return any(region in anatomy.regions and anatomy.regions[region].kind == "site" for region in shared)


def _same_place(one: RadiotherapyCourse, other: RadiotherapyCourse, anatomy: Anatomy) -> bool:
    """Whether they meet in a region, and wherever they do the side is told and the same."""
    places = product(region_sites(one), region_sites(other))
    meeting = [(a, b) for a, b in places if anatomy.relation(a, b) == "in-region"]
    return bool(meeting) and all(_same_side(a, b, anatomy) for a, b in meeting)


def _same_side(a: BodySite, b: BodySite, anatomy: Anatomy) -> bool:
    if any(anatomy.regions[site.region].paired for site in (a, b)):
        return a.side == b.side and a.side in _SIDES
    return (a.side or "midline") == (b.side or "midline") != "unknown"
