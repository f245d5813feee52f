"""Where structures lie to the places of one call; each place is looked up once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from clinical_rules.anatomy import Anatomy, StructureAt
from clinical_rules.facts import BodySite

Placement = Literal["inside", "adjacent", "unknown"]
Side = Literal["left", "right"]


@dataclass(frozen=True, slots=True)
class Structure:
    """A TG-263 structure, of paired ones a side."""

    name: str
    side: Side | None = None

    @property
    def label(self) -> str:
        """The TG-263 name with its side: `OpticNrv_L`."""
        return self.name if self.side is None else f"{self.name}_{self.side[0].upper()}"


@dataclass(frozen=True, slots=True, eq=False)
class Places:
    """The anatomy, and the places asked for so far."""

    anatomy: Anatomy
    seen: dict[BodySite, Mapping[str, StructureAt]] = field(default_factory=dict)

    def at(self, site: BodySite) -> Mapping[str, StructureAt]:
        """The structures at a place, by name."""
        if site not in self.seen:
            self.seen[site] = self.anatomy.structures_at(site)
        return self.seen[site]

    def placement(
        self, sites: Sequence[BodySite], structure: Structure, *, stereotactic: bool = False
    ) -> Placement | None:
        """Where a structure lies to these places; `unknown` where a place is not known and none holds it.

        A small field in a named part of an organ does not hold what lies elsewhere in the organ.
        """
        found: set[Placement] = set() if sites else {"unknown"}
        for site in sites:
            region = self.anatomy.regions.get(site.region)
            if region is None or region.kind == "unknown":
                found.add("unknown")
            there = self.at(site).get(structure.name)
            if there is not None and _on_side(there, structure.side):
                elsewhere = stereotactic and self._beside_part(site, structure)
                found.add("adjacent" if elsewhere else there.relation)
        return next((kind for kind in ("inside", "adjacent", "unknown") if kind in found), None)

    def _beside_part(self, site: BodySite, structure: Structure) -> bool:
        groups = self.anatomy.groups
        part = site.region in groups.told_apart and site.subsite in groups.named
        return part and structure.name not in groups.stands_for(site.structures, None)


def _on_side(there: StructureAt, side: Side | None) -> bool:
    return side is None or side in there.sides or "midline" in there.sides
