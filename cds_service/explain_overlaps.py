"""rert-cds explain: which courses overlap by anatomy, and how far apart they lie in time."""

from collections.abc import Iterator
from itertools import combinations

from clinical_rules.anatomy import Anatomy
from clinical_rules.facts import PatientFacts, RadiotherapyCourse
from clinical_rules.intervals import months_between

RELATIONS = {
    "in-region": "overlapping: the same anatomical region (fields not compared)",
    "adjacent": "next to each other",
    "junction": "next to each other, a usual place where fields meet",
    "none-found": "apart by their site codes",
}
SAME_REGION = "overlapping: the same anatomical region (%s); which part is not told (fields not compared)"
NOT_KNOWN = "not known from the site codes, and counted as possible overlap"


def overlap_lines(facts: PatientFacts, anatomy: Anatomy) -> Iterator[str]:
    """One line for each pair of courses or orders."""
    for one, other in combinations((*facts.courses, *facts.orders), 2):
        said = _by_anatomy(one, other, anatomy) + _apart(one, other) + _flag(other)
        yield f"{one.reference} and {other.reference}: {said}"


def _by_anatomy(one: RadiotherapyCourse, other: RadiotherapyCourse, anatomy: Anatomy) -> str:
    relation = anatomy.relation_of_any(one.sites, other.sites)
    if relation != "unknown":
        return RELATIONS[relation]
    shared = {site.region for site in one.sites} & {site.region for site in other.sites}
    named = sorted(region for region in shared if anatomy.regions[region].kind == "site")
    return SAME_REGION % ", ".join(named) if named else NOT_KNOWN


def _apart(one: RadiotherapyCourse, other: RadiotherapyCourse) -> str:
    if one.end is None or other.start is None or other.start.earliest < one.end.latest:
        return ""
    months = months_between(one.end.latest, other.start.earliest)
    return f"; {months} months from the end of the first to the start of the second"


def _flag(course: RadiotherapyCourse) -> str:
    return "; the second is flagged as re-irradiation" if course.reirradiation else ""
