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


def places(rows: Mapping[str, Sequence[StructureRow]]) -> Mapping[tuple[str, Side | None], Mapping[str, StructureAt]]:
    """The structures of every region as a whole, by its side; None where that is neither left nor right."""
    sides: tuple[Side | None, ...] = (None, "left", "right")
    return {(region, side): of_rows(held, side) for region, held in rows.items() for side in sides}


def of_rows(rows: Iterable[StructureRow], side: Side | None) -> Mapping[str, StructureAt]:
    """One entry a structure, by name; `inside` wins over `adjacent`."""
    found = {
        row.structure: StructureAt(row.structure, row.relation, row.serial, _sides(row.laterality_rule, side))
        for row in sorted(rows, key=lambda row: _INSIDE_LAST[row.relation])
    }
    return {name: found[name] for name in sorted(found)}


def with_own(
    found: Mapping[str, StructureAt], own: Sequence[str], side: Side | None, known: Mapping[str, Trait]
) -> Mapping[str, StructureAt]:
    """The structures with those that a code itself stands for, which are always inside."""
    held = dict(found)
    for name in own:
        if name in known:
            rule: LateralityRule = "midline" if known[name].midline else "same-side"
            held[name] = StructureAt(name, "inside", known[name].serial, _sides(rule, side))
    return {name: held[name] for name in sorted(held)}


def _sides(rule: LateralityRule, side: Side | None) -> tuple[Laterality, ...]:
    """The sides on which a structure counts; a side that is not known counts as either."""
    if rule == "midline":
        return ("midline",)
    if rule == "same-side" and side in ("left", "right"):
        return (side,)
    return ("left", "right")
