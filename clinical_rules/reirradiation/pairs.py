"""Each earlier course against each target: how they lie by their codes, and how long ago it ended."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import product

from clinical_rules.anatomy import Anatomy, Relation, worst
from clinical_rules.call import Call
from clinical_rules.facts import BodySite, RadiotherapyCourse
from clinical_rules.intervals import Interval, interval_since
from clinical_rules.reirradiation.one_treatment import combined_with
from clinical_rules.reirradiation.targets import Target, region_sites


@dataclass(frozen=True, slots=True)
class Pair:
    """An earlier course and a target. `serial` tells of a serial structure that both have in or next to them.

    `one_treatment` says that order and course are external beam and brachytherapy of one planned treatment.
    """

    target: Target
    course: RadiotherapyCourse
    relation: Relation
    interval: Interval
    serial: bool
    field: bool
    one_treatment: bool = False

    @property
    def near(self) -> bool:
        """Whether the records do not tell the two apart."""
        return self.relation != "none-found"


def pairs(found: Sequence[Target], call: Call) -> tuple[Pair, ...]:
    """Every earlier course with every target, in the order of both."""
    return tuple(pair for target in found for pair in _of_target(target, call))


def _of_target(target: Target, call: Call) -> Iterable[Pair]:
    """A re-irradiation flag is evidence for overlap: without a course in the same region it may be any of them."""
    anatomy, rules = call.knowledge.anatomy, call.time_rules
    relations = [_relation(target, course, call) for course in target.earlier]
    flagged = target.flagged and "in-region" not in relations
    combined = combined_with(target, call)
    for course, relation in zip(target.earlier, relations, strict=True):
        yield Pair(
            target=target,
            course=course,
            relation="unknown" if flagged else relation,
            interval=interval_since(course, target.start, rules),
            serial=_serial_in_common(anatomy, region_sites(course), target.sites),
            field=is_field(anatomy, region_sites(course)) or is_field(anatomy, target.sites),
            one_treatment=course.reference in combined,
        )


def worst_relation(found: Iterable[Pair]) -> Relation:
    """The most urgent relation of several pairs."""
    return worst(pair.relation for pair in found)


def by_course(found: Iterable[Pair]) -> tuple[tuple[Pair, ...], ...]:
    """The pairs of each course together, in the order of the courses."""
    groups: dict[str, list[Pair]] = {}
    for pair in found:
        groups.setdefault(pair.course.reference, []).append(pair)
    return tuple(tuple(group) for group in groups.values())


def is_field(anatomy: Anatomy, sites: Sequence[BodySite]) -> bool:
    """Total-body or craniospinal treatment: it meets everything, and says little of any one place."""
    return any(site.region in anatomy.regions and anatomy.regions[site.region].kind == "field" for site in sites)


def is_stereotactic(course: RadiotherapyCourse, call: Call) -> bool:
    """Few large fractions to every target volume; decides whether fields count as small."""
    least_gy = call.knowledge.number("dose.stereotactic-min-gy-per-fraction")
    most = call.knowledge.number("dose.stereotactic-max-fractions")
    sizes = [
        volume.total_dose_gy is not None
        and volume.fractions is not None
        and volume.fractions <= most
        and volume.total_dose_gy >= least_gy * volume.fractions
        for volume in course.volumes
        if volume.volume_type != "organ-at-risk" and not volume.point_dose
    ]
    return bool(sizes) and all(sizes)


def _relation(target: Target, course: RadiotherapyCourse, call: Call) -> Relation:
    small = target.order is not None and all(is_stereotactic(one, call) for one in (target.order, course))
    return call.knowledge.anatomy.relation_of_any(region_sites(course), target.sites, stereotactic=small)


def _serial_in_common(anatomy: Anatomy, one: Sequence[BodySite], other: Sequence[BodySite]) -> bool:
    for a, b in product(one, other):
        there = anatomy.structures_at(b)
        for at in anatomy.structures(a):
            same = there.get(at.name) if at.serial else None
            if same is not None and same.serial and not set(at.sides).isdisjoint(same.sides):
                return True
    return False
