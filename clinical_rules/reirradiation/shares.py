"""What each course may have given a structure: the doses on file for it, or where it lies to the course."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from clinical_rules.anatomy import Anatomy, vertebrae
from clinical_rules.facts import BodySite, DoseToVolume, RadiotherapyCourse
from clinical_rules.intervals import Interval
from clinical_rules.reirradiation.pairs import Pair, by_course, is_field
from clinical_rules.reirradiation.targets import Target, region_sites

Placement = Literal["inside", "adjacent", "unknown"]
Side = Literal["left", "right"]
_EITHER_SIDE = frozenset({"both", "unknown", "midline", None})


@dataclass(frozen=True, slots=True)
class Structure:
    """A TG-263 structure, of paired ones a side."""

    name: str
    side: Side | None = None

    @property
    def label(self) -> str:
        """The TG-263 name with its side: `OpticNrv_L`."""
        return self.name if self.side is None else f"{self.name}_{self.side[0].upper()}"


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


def earlier_shares(found: Sequence[Pair], structure: Structure, anatomy: Anatomy) -> tuple[Share, ...]:
    """The shares of the earlier courses that count, by course."""
    shares = (
        _share(
            pairs[0].course,
            structure,
            anatomy,
            near=any(pair.near for pair in pairs),
            field=all(pair.field for pair in pairs),
            intervals=tuple(pair.interval for pair in pairs),
        )
        for pairs in by_course(found)
    )
    return tuple(share for share in shares if share.counts)


def new_shares(targets: Iterable[Target], structure: Structure, anatomy: Anatomy) -> tuple[Share, ...]:
    """The shares of the orders that count."""
    orders = (target.order for target in targets)
    shares = (
        _share(order, structure, anatomy, near=True, field=is_field(anatomy, region_sites(order)), intervals=())
        for order in orders
        if order is not None
    )
    return tuple(share for share in shares if share.counts)


def placement(anatomy: Anatomy, sites: Sequence[BodySite], structure: Structure) -> Placement | None:
    """Where a structure lies to these places; `unknown` where a place is not known and none holds it."""
    found: set[Placement] = set() if sites else {"unknown"}
    for site in sites:
        region = anatomy.regions.get(site.region)
        if region is None or region.kind == "unknown":
            found.add("unknown")
        found |= {
            at.relation
            for at in anatomy.structures(site)
            if at.name == structure.name and (structure.side is None or {structure.side, "midline"} & set(at.sides))
        }
    return next((kind for kind in ("inside", "adjacent", "unknown") if kind in found), None)


def named_structures(volume: DoseToVolume, course: RadiotherapyCourse, anatomy: Anatomy) -> tuple[str, ...]:
    """The structures an organ-at-risk dose is for; the thecal sac by the level of the volume, else of the course."""
    if volume.site is None or not (volume.volume_type == "organ-at-risk" or volume.point_dose):
        return ()
    levels = [vertebrae(site.subsite) for site in (volume.site, *region_sites(course))]
    return anatomy.groups.stands_for(volume.site.structures, next((level for level in levels if level), None))


def _share(
    course: RadiotherapyCourse,
    structure: Structure,
    anatomy: Anatomy,
    *,
    near: bool,
    field: bool,
    intervals: tuple[Interval, ...],
) -> Share:
    organs = tuple(
        volume
        for volume in course.volumes
        if structure.name in named_structures(volume, course, anatomy) and _same_side(volume.site, structure)
    )
    targets = [volume for volume in course.volumes if volume.volume_type != "organ-at-risk" and not volume.point_dose]
    around = tuple(
        volume for volume in targets if volume.site is None or placement(anatomy, [volume.site], structure) == "inside"
    )
    placed = placement(anatomy, region_sites(course), structure)
    return Share(course, organs, around, placed, near, field, intervals)


def _same_side(site: BodySite | None, structure: Structure) -> bool:
    """A dose whose side is not known counts for both sides."""
    return structure.side is None or site is None or site.side in _EITHER_SIDE or site.side == structure.side
