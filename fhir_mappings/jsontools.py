"""Small typed getters over FHIR JSON; they return empty values instead of raising, whatever stands there.

A JSON object is a `dict` here, as the strict decoder makes it: asked for by that name, not as a Mapping, which would
cost five times as much in what runs some thousand times a call.
"""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

Json = Mapping[str, object]
EMPTY: Json = {}
_NUMBERS = (int, float, Decimal)


def obj(value: object) -> Json:
    """The value if it is a JSON object, else an empty one."""
    return value if isinstance(value, dict) else EMPTY


def items(value: object) -> tuple[Json, ...]:
    """The objects of a JSON array; a single object counts as an array of one."""
    if isinstance(value, list):
        return tuple([entry for entry in value if isinstance(entry, dict)])
    return (value,) if isinstance(value, dict) else ()


def parts(element: object, name: str) -> Sequence[object]:
    """What stands in an element under a name, as `items` has it, but objects and others alike."""
    stated = element.get(name) if isinstance(element, dict) else None
    return stated if isinstance(stated, list) else (stated,) if stated else ()


def text(value: object) -> str | None:
    """The value if it is a string with something in it."""
    return value.strip() or None if isinstance(value, str) else None


def number(value: object) -> Decimal | None:
    """The value as a decimal if it is a finite JSON number; text is never read as a number."""
    if isinstance(value, bool) or not isinstance(value, _NUMBERS):
        return None
    decimal = value if isinstance(value, Decimal) else Decimal(str(value))
    return decimal if decimal.is_finite() else None


def whole(value: object) -> int | None:
    """The value as an integer if it is a whole JSON number (25, 25.0)."""
    decimal = number(value)
    return int(decimal) if decimal is not None and decimal == decimal.to_integral_value() else None


def codings(concept: object) -> tuple[tuple[str, str], ...]:
    """All (system, code) of a CodeableConcept; the system is "" where it is missing."""
    found = []
    for each in parts(concept, "coding"):
        if isinstance(each, dict) and (code := text(each.get("code"))):
            found.append((text(each.get("system")) or "", code))
    return tuple(found)


def concept_text(concept: object) -> str | None:
    """The text of a CodeableConcept, else its first display."""
    if isinstance(concept, dict) and (stated := text(concept.get("text"))):
        return stated
    for each in parts(concept, "coding"):
        if isinstance(each, dict) and (display := text(each.get("display"))):
            return display
    return None


def extensions(element: object, url: str) -> Iterator[Json]:
    """The extensions of an element with this URL."""
    return (entry for entry in items(obj(element).get("extension")) if entry.get("url") == url)


def extension(element: object, url: str) -> Json:
    """The first extension with this URL, else an empty object."""
    return next(extensions(element, url), EMPTY)
