"""Where an entry stands in what a call brought, and why it was looked at."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """Where an entry stands: key, value under that key, position in it."""

    key: str
    value: int
    position: int
    broken: bool = False
    context: bool = False
    speaks: bool = True
