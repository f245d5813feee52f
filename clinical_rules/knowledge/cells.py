"""Cells of a CSV row: each is read against what it may hold, or refused with what would be right."""

from collections.abc import Collection, Mapping
from typing import TypeVar, cast

Cells = Mapping[str, str]
Word = TypeVar("Word", bound=str)


def filled(cells: Cells, column: str) -> str:
    """The text of a cell that may not be empty."""
    if not cells[column].strip():
        raise ValueError(f"{column} is empty")
    return cells[column].strip()


def one_of(cells: Cells, column: str, allowed: Collection[Word]) -> Word:
    """The word of a cell with a closed set of words."""
    if cells[column] not in allowed:
        raise ValueError(f"{column} is {cells[column]!r}; expected one of {', '.join(sorted(allowed))}")
    return cast("Word", cells[column])


def yes_or_no(cells: Cells, column: str) -> bool:
    """Whether a cell says yes."""
    return one_of(cells, column, ("yes", "no")) == "yes"


def region(cells: Cells, column: str, regions: Collection[str]) -> str:
    """The id of a region that regions.csv knows."""
    if cells[column] not in regions:
        raise ValueError(f"{column} is {cells[column]!r}, which is no region of regions.csv")
    return cells[column]


def words(cells: Cells, column: str, separator: str) -> tuple[str, ...]:
    """The words of a cell that lists several."""
    return tuple(word for word in cells[column].split(separator) if word)
