"""Vertebrae, counted from C1 down across the junctions C7-T1, T12-L1 and L5-S1."""

import re
from dataclasses import dataclass

_ORDER = (
    *(f"C{n}" for n in range(1, 8)),
    *(f"T{n}" for n in range(1, 13)),
    *(f"L{n}" for n in range(1, 6)),
    *(f"S{n}" for n in range(1, 6)),
    "coccyx",
)
_INDEX = {name: index for index, name in enumerate(_ORDER)}
_VARIANTS = {"T13": ("T12", "L1"), "L6": ("L5", "S1")}
"""A thirteenth thoracic or a sixth lumbar vertebra lies between two that are counted."""

_REGION_OF_LETTER = {"C": "spine-cervical", "T": "spine-thoracic", "L": "spine-lumbar", "S": "sacrum", "c": "sacrum"}
_NAME = re.compile(r"([CTLS]\d{1,2}|coccyx)(?:-([CTLS]\d{1,2}|coccyx))?\Z", re.ASCII)


@dataclass(frozen=True, slots=True)
class Levels:
    """Vertebrae from `first` to `last`, both included, as counted from C1."""

    first: int
    last: int

    def steps_to(self, other: "Levels") -> int:
        """Vertebrae from the nearer end of one to the nearer end of the other; 0 where they share one.

        >>> vertebrae("T12").steps_to(vertebrae("L2"))
        2
        >>> vertebrae("C7-T1").steps_to(vertebrae("T1"))
        0
        """
        return max(0, other.first - self.last, self.first - other.last)

    @property
    def regions(self) -> tuple[str, ...]:
        """The spine regions these vertebrae belong to, from above down.

        >>> vertebrae("T12-L1").regions
        ('spine-thoracic', 'spine-lumbar')
        """
        return tuple(dict.fromkeys(_REGION_OF_LETTER[name[0]] for name in _ORDER[self.first : self.last + 1]))


def vertebrae(name: str | None) -> Levels | None:
    """The vertebrae a subsite names (`T10`, `C7-T1`, `coccyx`); None where it names none.

    >>> vertebrae("spinal-cord") is None
    True
    """
    match = _NAME.match(name or "")
    if match is None:
        return None
    ends = [_ends(part) for part in match.groups() if part]
    if any(end is None for end in ends):
        return None
    indices = [_INDEX[bound] for end in ends if end for bound in end]
    return Levels(min(indices), max(indices))


def _ends(name: str) -> tuple[str, str] | None:
    """The counted vertebrae between which a vertebra lies; None where there is no such vertebra."""
    return (name, name) if name in _INDEX else _VARIANTS.get(name)
