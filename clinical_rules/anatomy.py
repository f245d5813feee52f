"""Anatomy: how two places lie to each other, which structures lie where, and what drains into which nodes.

The tables know nothing of beams, dose or patient position: the best answer is "same anatomical region
(fields not compared)". What is not in a table has no answer, and that is never read as "apart".
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from clinical_rules.anatomy_groups import Groups
from clinical_rules.anatomy_levels import Levels, vertebrae
from clinical_rules.anatomy_rows import (
    MOST_URGENT_FIRST,
    DiagnosisRow,
    Drainage,
    Neighbours,
    Region,
    Relation,
    SiteRow,
    StructureAt,
    StructureRow,
)
from clinical_rules.anatomy_structures import Trait, of_rows, with_own
from clinical_rules.facts import BodySite, Side

__all__ = [
    "MOST_URGENT_FIRST", "Anatomy", "DiagnosisRow", "Drainage", "Groups", "LevelSteps", "Levels", "Neighbours",
    "Region", "Relation", "SiteRow", "StructureAt", "StructureRow", "vertebrae", "worst",
]  # fmt: skip

_SIDES = {"left", "right"}


def worst(relations: Iterable[Relation]) -> Relation:
    """The most urgent of several relations; `unknown` where there is none to judge by.

    >>> worst(["none-found", "adjacent", "unknown"])
    'unknown'
    """
    return min(relations, key=MOST_URGENT_FIRST.index, default="unknown")


def _mildest(one: Relation, other: Relation) -> Relation:
    return max(one, other, key=MOST_URGENT_FIRST.index)


@dataclass(frozen=True, slots=True)
class LevelSteps:
    """How many vertebrae apart still count as the same region, and as adjacent."""

    same: int
    adjacent: int


@dataclass(frozen=True, slots=True, eq=False)
class Anatomy:
    """The tables with their indices, made once; every question is a few dictionary look-ups."""

    regions: Mapping[str, Region]
    sites: tuple[SiteRow, ...]
    diagnoses: tuple[DiagnosisRow, ...]
    neighbours: Mapping[frozenset[str], Neighbours]
    structure_rows: Mapping[str, tuple[StructureRow, ...]]
    drainages: Mapping[tuple[str, str], Drainage]
    traits: Mapping[str, Trait]
    groups: Groups
    level_steps: LevelSteps
    whole_regions: Mapping[tuple[str, Side | None], Mapping[str, StructureAt]]

    @property
    def structure_groups(self) -> Mapping[str, tuple[str, ...]]:
        """Structures that are judged together, by the group's name: `airway`, `great-vessels`."""
        return self.groups.structures

    def with_level_steps(self, steps: LevelSteps) -> "Anatomy":
        """The same tables read with other steps between vertebrae."""
        return replace(self, level_steps=steps)

    def relation(self, a: BodySite, b: BodySite, *, stereotactic: bool = False) -> Relation:
        """How two places lie, from their codes alone.

        `stereotactic` says that both fields are small: only then do different parts of brain, lung or liver
        count as beside each other; in larger fields they are not told apart.
        """
        one, other = self.regions.get(a.region), self.regions.get(b.region)
        if one is None or other is None or "unknown" in (one.kind, other.kind):
            return "unknown"
        levels = self._levels(a), self._levels(b)
        if levels[0] is not None and levels[1] is not None:
            return self._by_level(levels[0].steps_to(levels[1]))
        if one is other:
            return self._in_one_region(one, a, b, stereotactic)
        return self._across_sides(self._of_regions(one, other), one, other, a, b)

    def relation_of_any(self, a: Iterable[BodySite], b: Iterable[BodySite], *, stereotactic: bool = False) -> Relation:
        """The most urgent relation among two sets of places; `unknown` where either is empty."""
        others = tuple(b)
        return worst(self.relation(one, other, stereotactic=stereotactic) for one in a for other in others)

    def structures(self, site: BodySite) -> tuple[StructureAt, ...]:
        """The structures inside or beside a place, by name; those the code itself stands for are inside."""
        return tuple(self.structures_at(site).values())

    def structures_at(self, site: BodySite) -> Mapping[str, StructureAt]:
        """The same, each by its name."""
        levels = self._levels(site)
        there = self._whole_region(site) if levels is None else of_rows(self._rows_at(levels), site.side)
        if not site.structures:
            return there
        return with_own(there, self.groups.stands_for(site.structures, levels), site.side, self.traits)

    def _whole_region(self, site: BodySite) -> Mapping[str, StructureAt]:
        return self.whole_regions.get((site.region, site.side if site.side in _SIDES else None), {})

    def drainage(self, primary: str, node_group: str) -> Drainage | None:
        """What the table says of a node group for a site, subsite or region; None where it says nothing."""
        return self.drainages.get((self.groups.drains_like.get(primary, primary), node_group))

    def drainage_of(self, site: str, region: str | None, subsite: str | None, node_group: str) -> Drainage | None:
        """The same by the finest name that the table knows: subsite, else region, else site."""
        names = (name for name in (subsite, region, site) if name)
        return next((row for name in names if (row := self.drainage(name, node_group))), None)

    def _levels(self, site: BodySite) -> Levels | None:
        return vertebrae(site.subsite) if site.region in self.groups.spine else None

    def _by_level(self, steps: int) -> Relation:
        if steps <= self.level_steps.same:
            return "in-region"
        return "adjacent" if steps <= self.level_steps.adjacent else "none-found"

    def _in_one_region(self, region: Region, a: BodySite, b: BodySite, stereotactic: bool) -> Relation:
        if _opposite(a, b) and region.opposite_side != "in-region":
            return region.opposite_side
        if region.same_region == "in-region":
            return "in-region"
        if region.same_region == "by-level":
            return "unknown"
        return self.groups.by_subsite(region.id, a.subsite, b.subsite, stereotactic)

    def _of_regions(self, one: Region, other: Region) -> Relation:
        """The row of two regions; a container or field without a row borders what any of its parts borders."""
        row = self.neighbours.get(frozenset((one.id, other.id)))
        if row is not None:
            return row.relation
        parts = {frozenset((part, other.id)) for part in one.members}
        parts |= {frozenset((part, one.id)) for part in other.members}
        return "adjacent" if any(pair in self.neighbours for pair in parts) else "none-found"

    def _across_sides(self, relation: Relation, one: Region, other: Region, a: BodySite, b: BodySite) -> Relation:
        """Opposite sides of two regions: never more urgent than the regions, nor than their own opposite sides."""
        if not _opposite(a, b):
            return relation
        return _mildest(relation, worst((one.opposite_side, other.opposite_side)))

    def _rows_at(self, levels: Levels) -> Iterator[StructureRow]:
        """The rows of the spine that hold at these vertebrae."""
        rows = (row for region in levels.regions for row in self.structure_rows.get(region, ()))
        return (row for row in rows if row.levels is None or row.levels.steps_to(levels) == 0)


def _opposite(a: BodySite, b: BodySite) -> bool:
    """Whether both sides are known and differ; `both` shares a side with left and with right."""
    return a.side in _SIDES and b.side in _SIDES and a.side != b.side
