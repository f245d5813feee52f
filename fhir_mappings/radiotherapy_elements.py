"""Extensions and codes of radiotherapy records, found tolerantly: by the last part of an extension's URL."""

from collections.abc import Sequence
from functools import lru_cache

from fhir_mappings.code_table import ICD10CM, ICDO3, LOINC, SCT
from fhir_mappings.jsontools import Json, codings, obj, parts
from fhir_mappings.rt_codes import SYSTEM_ALIASES

_LONGEST_KEPT = 200  # no address that a guide defines is longer
_KNOWN_SYSTEMS = {
    **{system: system for system in (SCT, LOINC, ICD10CM, ICDO3, *SYSTEM_ALIASES.values())},
    **SYSTEM_ALIASES,
}
"""Nearly every system is spelled in one of these ways, and needs no second look."""


def tail(url: object) -> str:
    """The last part of an extension's or profile's URL, lower case, without a version.

    >>> tail("http://hl7.org/fhir/us/mcode/StructureDefinition/mcode-procedure-intent|4.0.0")
    'mcode-procedure-intent'
    """
    if not isinstance(url, str):
        return ""
    return _tail(url) if len(url) <= _LONGEST_KEPT else _tail.__wrapped__(url)


@lru_cache(maxsize=512)  # the same few addresses stand in every record
def _tail(url: str) -> str:
    return url.strip().split("|", 1)[0].rstrip("/").rsplit("/", 1)[-1].lower()


class Extensions(tuple[tuple[str, Json], ...]):
    """The extensions of an element under the last part of their URL: for an element that is asked for many of them."""

    __slots__ = ()


def extensions_of(element: object) -> Extensions:
    """All extensions of an element."""
    stated = parts(element, "extension")
    return Extensions([(tail(part.get("url")), part) for part in stated if isinstance(part, dict)])


def inner(element: object, *names: str) -> Sequence[Json]:
    """The extensions of an element whose URL ends in one of the names (given in lower case)."""
    if isinstance(element, Extensions):
        return [part for name, part in element if name in names]
    stated = parts(element, "extension")
    return [part for part in stated if isinstance(part, dict) and tail(part.get("url")) in names] if stated else ()


def first(element: object, *names: str) -> Json | None:
    """The first such extension."""
    return next(iter(inner(element, *names)), None)


def flag(element: object, *names: str) -> bool | None:
    """The valueBoolean of the first such extension."""
    value = (first(element, *names) or {}).get("valueBoolean")
    return value if isinstance(value, bool) else None


def value_of(part: Json) -> object:
    """The value[x] of an extension, whatever its type."""
    for key, value in part.items():
        if key.startswith("value"):
            return value
    return None


def concepts(element: object, *names: str) -> tuple[Json, ...]:
    """The CodeableConcepts of such extensions; a valueCoding counts as a concept of one coding."""
    found: list[Json] = []
    for part in inner(element, *names):
        coding = obj(part.get("valueCoding"))
        found.append({"coding": [coding]} if coding else obj(part.get("valueCodeableConcept")))
    return tuple(concept for concept in found if concept)


def system_codes(concept: object) -> tuple[tuple[str, str], ...]:
    """All (canonical system, code) of a concept."""
    return tuple([(_KNOWN_SYSTEMS.get(system) or canonical(system), code) for system, code in codings(concept)])


def canonical(system: str) -> str:
    """The system under its canonical URL, without a version; a SNOMED CT edition counts as SNOMED CT."""
    name = system.partition("|")[0]
    return SCT if name.startswith(SCT + "/") else SYSTEM_ALIASES.get(name, name)


def snomed_codes(concept: object) -> tuple[str, ...]:
    """The SNOMED CT codes of a concept; a ValueSet's URL in place of the system counts (seen in test servers)."""
    return tuple([code for system, code in system_codes(concept) if system == SCT or "/ValueSet/" in system])
