"""What each course may have given a structure: the doses on file for it, or where it lies to the course."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from clinical_rules.anatomy import vertebrae
from clinical_rules.anatomy_groups import Groups
from clinical_rules.call import Call
from clinical_rules.facts import BodySite, DoseToVolume, RadiotherapyCourse
from clinical_rules.intervals import Interval
from clinical_rules.reirradiation.pairs import Pair, by_course, is_field, is_stereotactic
from clinical_rules.reirradiation.places import Placement, Places, Structure
from clinical_rules.reirradiation.targets import Target, region_sites
from clinical_rules.reirradiation.timing import asks_whether_one_course

_EITHER_SIDE = frozenset({"both", "unknown", "midline", None})
OrganDose = tuple[DoseToVolume, tuple[str, ...]]
"""A dose to an organ at risk, with the structures that it is for."""


@dataclass(frozen=True, slots=True)
class Share:
    """One course and one structure: `organs` are the doses on file for it, `prescriptions` those to targets around it.

    `near` is False for an earlier course that the records tell apart from the new target.
    """

    course: RadiotherapyCourse
    organs: tuple[DoseToVolume, ...]
    prescriptions: tuple[DoseToVolume, ...]
    placed: Placement | None
    near: bool
    field: bool
    intervals: tuple[Interval, ...] = ()

    @property
    def counts(self) -> bool:
        """Whether the course is one of the structure's: with a dose to it, in it, next to it, or perhaps so."""
        return bool(self.organs) or self.placed is not None

    @property
    def certain(self) -> bool:
        """Whether it surely is one of them."""
        return bool(self.organs) or self.placed in ("inside", "adjacent")


@dataclass(frozen=True, slots=True)
class Part:
    """One course as every structure meets it; `small` where its fields are."""

    course: RadiotherapyCourse
    organ_doses: tuple[OrganDose, ...]
    near: bool
    field: bool
    small: bool
    intervals: tuple[Interval, ...] = ()


def earlier_parts(found: Sequence[Pair], call: Call) -> tuple[Part, ...]:
    """The earlier courses, each once."""
    return tuple(
        _part(
            pairs[0].course,
            call,
            near=any(pair.near for pair in pairs),
            field=all(pair.field for pair in pairs),
            intervals=tuple(_interval(pair, call) for pair in pairs),
        )
        for pairs in by_course(found)
    )


def _interval(pair: Pair, call: Call) -> Interval:
    """The interval; not one that a condition can break where order and course may be one treatment."""
    return replace(pair.interval, span=None) if asks_whether_one_course(pair, call) else pair.interval


def new_parts(targets: Iterable[Target], call: Call) -> tuple[Part, ...]:
    """The orders."""
    orders = (target.order for target in targets if target.order is not None)
    return tuple(
        _part(order, call, near=True, field=is_field(call.knowledge.anatomy, region_sites(order))) for order in orders
    )


def _part(
    course: RadiotherapyCourse, call: Call, *, near: bool, field: bool, intervals: tuple[Interval, ...] = ()
) -> Part:
    doses = tuple(organ_doses(course, call.knowledge.anatomy.groups))
    return Part(course, doses, near, field, is_stereotactic(course, call), intervals)


def organ_doses(course: RadiotherapyCourse, groups: Groups) -> Iterator[OrganDose]:
    """The organ-at-risk doses of a course; one to the thecal sac by the level of the volume, else of the course."""
    for volume in course.volumes:
        if volume.site is not None and (volume.volume_type == "organ-at-risk" or volume.point_dose):
            levels = (vertebrae(site.subsite) for site in (volume.site, *region_sites(course)))
            yield volume, groups.stands_for(volume.site.structures, next((level for level in levels if level), None))


def shares_of(parts: Iterable[Part], structure: Structure, places: Places) -> tuple[Share, ...]:
    """The shares of the courses that count."""
    return tuple(share for part in parts if (share := _share(part, structure, places)).counts)


def _share(part: Part, structure: Structure, places: Places) -> Share:
    course = part.course
    organs = tuple(
        volume for volume, names in part.organ_doses if structure.name in names and _same_side(volume.site, structure)
    )
    targets = (volume for volume in course.volumes if volume.volume_type != "organ-at-risk" and not volume.point_dose)
    around = tuple(
        volume
        for volume in targets
        if volume.site is None or places.placement((volume.site,), structure, stereotactic=part.small) == "inside"
    )
    placed = places.placement(region_sites(course), structure, stereotactic=part.small)
    return Share(course, organs, around, placed, part.near, part.field, part.intervals)


def _same_side(site: BodySite | None, structure: Structure) -> bool:
    """A dose whose side is not known counts for both sides."""
    return structure.side is None or site is None or site.side in _EITHER_SIDE or site.side == structure.side
