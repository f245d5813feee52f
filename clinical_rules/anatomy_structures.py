"""From rows of the structure table to the structures at one place."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from clinical_rules.anatomy_rows import Laterality, LateralityRule, StructureAt, StructureRow
from clinical_rules.facts import Side

_INSIDE_LAST = {"adjacent": 0, "inside": 1}


@dataclass(frozen=True, slots=True)
class Trait:
    """What holds of a structure wherever it is: serial or not, in the midline or paired."""

    serial: bool
    midline: bool


def traits(rows: Iterable[StructureRow]) -> dict[str, Trait]:
    """The traits of every structure the table names."""
    return {row.structure: Trait(row.serial, row.laterality_rule == "midline") for row in rows}


def place(
    rows: Sequence[StructureRow], own: Sequence[str], side: Side | None, known: Mapping[str, Trait]
) -> tuple[StructureAt, ...]:
    """One entry a structure, by name; `inside` wins over `adjacent`, and `own` structures are always inside."""
    found: dict[str, StructureAt] = {}
    for row in sorted(rows, key=lambda row: _INSIDE_LAST[row.relation]):
        found[row.structure] = StructureAt(row.structure, row.relation, row.serial, _sides(row.laterality_rule, side))
    for name in own:
        if name in known:
            rule: LateralityRule = "midline" if known[name].midline else "same-side"
            found[name] = StructureAt(name, "inside", known[name].serial, _sides(rule, side))
    return tuple(found[name] for name in sorted(found))


def _sides(rule: LateralityRule, side: Side | None) -> tuple[Laterality, ...]:
    """The sides on which a structure counts; a side that is not known counts as either."""
    if rule == "midline":
        return ("midline",)
    if rule == "same-side" and side in ("left", "right"):
        return (side,)
    return ("left", "right")
