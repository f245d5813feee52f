"""What each course may have given a structure: the doses on file for it, or where it lies to the course."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from clinical_rules.anatomy import vertebrae
from clinical_rules.facts import BodySite, DoseToVolume, RadiotherapyCourse
from clinical_rules.intervals import Interval
from clinical_rules.reirradiation.pairs import Pair, by_course, is_field, is_stereotactic
from clinical_rules.reirradiation.places import Placement, Places, Structure
from clinical_rules.reirradiation.targets import Setting, Target, region_sites
from clinical_rules.reirradiation.timing import asks_whether_one_course

_EITHER_SIDE = frozenset({"both", "unknown", "midline", None})


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


def earlier_shares(found: Sequence[Pair], structure: Structure, places: Places, setting: Setting) -> tuple[Share, ...]:
    """The shares of the earlier courses that count, by course."""
    shares = (
        _share(
            pairs[0].course,
            structure,
            places,
            setting,
            near=any(pair.near for pair in pairs),
            field=all(pair.field for pair in pairs),
            intervals=tuple(_interval(pair, setting) for pair in pairs),
        )
        for pairs in by_course(found)
    )
    return tuple(share for share in shares if share.counts)


def _interval(pair: Pair, setting: Setting) -> Interval:
    """The interval; not one that a condition can break where order and course may be one treatment."""
    return replace(pair.interval, span=None) if asks_whether_one_course(pair, setting) else pair.interval


def new_shares(targets: Iterable[Target], structure: Structure, places: Places, setting: Setting) -> tuple[Share, ...]:
    """The shares of the orders that count."""
    orders = (target.order for target in targets)
    shares = (
        _share(
            order,
            structure,
            places,
            setting,
            near=True,
            field=is_field(places.anatomy, region_sites(order)),
            intervals=(),
        )
        for order in orders
        if order is not None
    )
    return tuple(share for share in shares if share.counts)


def named_structures(volume: DoseToVolume, course: RadiotherapyCourse, places: Places) -> tuple[str, ...]:
    """The structures an organ-at-risk dose is for; the thecal sac by the level of the volume, else of the course."""
    if volume.site is None or not (volume.volume_type == "organ-at-risk" or volume.point_dose):
        return ()
    levels = [vertebrae(site.subsite) for site in (volume.site, *region_sites(course))]
    return places.anatomy.groups.stands_for(volume.site.structures, next((level for level in levels if level), None))


def _share(
    course: RadiotherapyCourse,
    structure: Structure,
    places: Places,
    setting: Setting,
    *,
    near: bool,
    field: bool,
    intervals: tuple[Interval, ...],
) -> Share:
    organs = tuple(
        volume
        for volume in course.volumes
        if structure.name in named_structures(volume, course, places) and _same_side(volume.site, structure)
    )
    targets = [volume for volume in course.volumes if volume.volume_type != "organ-at-risk" and not volume.point_dose]
    small = is_stereotactic(course, setting)
    around = tuple(
        volume
        for volume in targets
        if volume.site is None or places.placement([volume.site], structure, stereotactic=small) == "inside"
    )
    placed = places.placement(region_sites(course), structure, stereotactic=small)
    return Share(course, organs, around, placed, near, field, intervals)


def _same_side(site: BodySite | None, structure: Structure) -> bool:
    """A dose whose side is not known counts for both sides."""
    return structure.side is None or site is None or site.side in _EITHER_SIDE or site.side == structure.side
