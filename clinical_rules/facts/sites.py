"""Where in the body something lies, in the regions of `knowledge/anatomy`."""

from dataclasses import dataclass
from typing import Literal

Side = Literal["left", "right", "both", "midline", "unknown"]
"""The side as stated; `unknown` where two statements about it disagree. None where nothing is stated."""

UNSPECIFIED = "unspecified"
"""The region of a code that names no place we know."""


@dataclass(frozen=True, slots=True)
class BodySite:
    """A place in the body.

    `region` is an id of `regions.csv`; `subsite` a finer name inside it (a vertebra is `T10`);
    `structures` the TG-263 base names that the code itself stands for (an organ at risk);
    `label` what a card may print; `coded` is False where it was read from text against a closed list.
    """

    region: str
    label: str
    subsite: str | None = None
    side: Side | None = None
    structures: tuple[str, ...] = ()
    code: str | None = None
    system: str | None = None
    coded: bool = True
    partial: bool = False
