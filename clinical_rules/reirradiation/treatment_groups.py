"""Which courses and orders are listed as one treatment."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from clinical_rules.call import Call
from clinical_rules.facts import RadiotherapyCourse
from clinical_rules.findings import JSON
from clinical_rules.reirradiation.one_treatment import DAYS_PER_WEEK, first_day, is_brachytherapy, one_treatment
from clinical_rules.reirradiation.pairs import Pair

UNFINISHED = frozenset({"in-progress", "on-hold"})


def treatment_groups(found: Sequence[Pair], call: Call) -> list[dict[str, JSON]]:
    """External beam and brachytherapy of one treatment near the target: their references, and whether it goes on."""
    courses = {pair.course.reference: pair.course for pair in found if pair.near}
    parts = [(pair.target.reference, pair.course.reference) for pair in found if pair.one_treatment]
    parts += _of_courses(list(courses.values()), found, call)
    ongoing = {reference for reference, course in courses.items() if course.status in UNFINISHED}
    ongoing |= {pair.target.reference for pair in found if pair.one_treatment}
    return [
        {"references": sorted(group), "inProgress": bool(group & ongoing)} for group in sorted(_joined(parts), key=min)
    ]


def _of_courses(courses: Sequence[RadiotherapyCourse], found: Sequence[Pair], call: Call) -> list[tuple[str, str]]:
    """The courses on file that belong together, two by two."""
    tumours = found[0].target.tumours if found else ()
    return [
        (first.reference, later.reference)
        for first, later in _near_in_time(courses, int(call.knowledge.number("interval.one-treatment-weeks")))
        if one_treatment(first, later, tumours, call)
    ]


def _near_in_time(
    courses: Sequence[RadiotherapyCourse], weeks: int
) -> Iterator[tuple[RadiotherapyCourse, RadiotherapyCourse]]:
    """Courses of unlike radiation of which the later may begin in time, found in one pass over the days."""
    open_still: list[RadiotherapyCourse] = []
    for later in sorted(courses, key=first_day):
        kind = is_brachytherapy(later)
        if kind is None:
            continue
        if later.start is not None:
            open_still = [first for first in open_still if _may_go_on(first, later.start.earliest, weeks)]
            yield from ((first, later) for first in open_still if is_brachytherapy(first) is not kind)
        open_still.append(later)


def _may_go_on(first: RadiotherapyCourse, day: date, weeks: int) -> bool:
    last = first.end or first.start
    return last is not None and (day - last.latest).days < weeks * DAYS_PER_WEEK


def _joined(parts: Iterable[tuple[str, str]]) -> list[set[str]]:
    """The references that hang together, each once."""
    groups: list[set[str]] = []
    for part in parts:
        touching = [group for group in groups if group & set(part)]
        groups = [group for group in groups if group not in touching] + [set(part).union(*touching)]
    return groups
