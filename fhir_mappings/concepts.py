"""CodeableConcepts in the first look: left raw there, and weighed by their JSON, which repeats from entry to entry."""

from collections.abc import Callable

import msgspec
from msgspec import Raw, Struct

from fhir_mappings.matching_lists import NONE


class Coding(Struct, gc=False):
    """Only the code: its system is compared after a hit."""

    code: str | None = None


class Concept(Struct, gc=False):
    """A CodeableConcept."""

    coding: list[Coding] | None = None
    text: str | None = None

    def codes(self) -> list[str]:
        """The codes of all systems."""
        return [coding.code for coding in self.coding or () if coding.code]


UNREADABLE = 3
"""What a concept weighs that is not built as FHIR has it: more than any other, for its entry has to be reported."""

_CONCEPT = msgspec.json.Decoder(Concept | None)
_CONCEPTS = msgspec.json.Decoder(list[Concept] | Concept | None)


class Weighed(dict[bytes, int]):
    """What the concepts of one element weigh, by their JSON; those of one call repeat, so each is decoded once."""

    def __init__(self, weigh: Callable[[Concept], int]) -> None:
        self._weigh = weigh  # empty at first, so that there is nothing for dict to do

    def __missing__(self, stated: bytes) -> int:
        weight = self[stated] = self._first(stated) if stated else NONE
        return weight

    def _first(self, stated: bytes) -> int:
        try:
            concept = _CONCEPT.decode(stated)
        except msgspec.MsgspecError:
            return UNREADABLE
        return self._weigh(concept) if concept is not None else NONE


class AnyWeighed(Weighed):
    """The same of an element that may repeat: the largest weight; what is unreadable weighs nothing."""

    def _first(self, stated: bytes) -> int:
        return max(map(self._weigh, _concepts(stated)), default=NONE)


def read_concept(raw: Raw) -> Concept | None:
    """The concept, where it is one."""
    try:
        return _CONCEPT.decode(raw) if raw else None
    except msgspec.MsgspecError:
        return None


def _concepts(stated: bytes) -> list[Concept]:
    try:
        found = _CONCEPTS.decode(stated)
    except msgspec.MsgspecError:
        return []
    return found if isinstance(found, list) else [found] if found else []
