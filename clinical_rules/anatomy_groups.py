"""What belongs together in the anatomy: structures judged as one, parts of an organ, names that drain alike."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from clinical_rules.anatomy_levels import Levels
from clinical_rules.anatomy_rows import Relation


@dataclass(frozen=True, slots=True, eq=False)
class Groups:
    """The groups of `groups.toml`.

    `spine` are the regions whose subsites are vertebrae. `structures` are TG-263 names judged as one.
    `substitutes` tell for which structures another stands (ThecalSac), and between which vertebrae.
    `whole`, `named`, `parts` describe subsites: those that are the whole organ, those that are a bounded part
    of it, and those that hold others. `told_apart` are the organs whose parts lie beside each other in small fields.
    `drains_like` maps a name to the row of the drainage table that holds for it. `site_texts` are plain words
    for regions.
    """

    spine: frozenset[str]
    structures: Mapping[str, tuple[str, ...]]
    substitutes: Mapping[str, tuple[tuple[str, Levels], ...]]
    whole: frozenset[str]
    named: frozenset[str]
    parts: Mapping[str, frozenset[str]]
    told_apart: frozenset[str]
    drains_like: Mapping[str, str]
    site_texts: Mapping[str, str]

    def members(self, structure: str) -> tuple[str, ...]:
        """The structures judged together with this one, itself among them."""
        return next((names for names in self.structures.values() if structure in names), (structure,))

    def stands_for(self, structures: Sequence[str], levels: Levels | None) -> tuple[str, ...]:
        """The structures meant by these names at these vertebrae: the thecal sac is cord above, cauda below."""
        meant = (
            name
            for structure in structures
            for name, where in self.substitutes.get(structure, ((structure, levels),))
            if levels is None or where is None or where.steps_to(levels) == 0
        )
        return tuple(dict.fromkeys(meant))

    def by_subsite(self, region: str, a: str | None, b: str | None, stereotactic: bool) -> Relation:
        """How two subsites of one organ lie: the whole holds every part, and a part itself and its own parts."""
        if a in self.whole or b in self.whole:
            return "in-region"
        if a is None or b is None or a not in self.named or b not in self.named:
            return "unknown"
        if a == b or b in self.parts.get(a, ()) or a in self.parts.get(b, ()):
            return "in-region"
        return "adjacent" if stereotactic and region in self.told_apart else "unknown"
