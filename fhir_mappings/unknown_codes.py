"""The codes of a chart that no rule understands: what a hospital may want to add to its own lists."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from clinical_rules.facts import UNSPECIFIED
from fhir_mappings.body_sites import read_body_site
from fhir_mappings.code_table import CodeTable
from fhir_mappings.confirm import speaks, supports
from fhir_mappings.jsontools import Json, codings, items, obj, text
from fhir_mappings.radiotherapy_elements import canonical
from fhir_mappings.roles import DRUG, role_of

ELEMENTS = {
    "Condition": ("code", "bodySite"),
    "Procedure": ("code", "bodySite"),
    "ServiceRequest": ("code", "bodySite"),
    "Observation": ("code",),
    "DiagnosticReport": ("code",),
    "MedicationRequest": ("medicationCodeableConcept",),
    "Medication": ("code",),
    "BodyStructure": ("location",),
}
"""The types that rules look at, with the elements that say what a resource is about or where."""
_PLACES = frozenset({"bodySite", "location"})


@dataclass(frozen=True, slots=True)
class UnknownCode:
    """A code of a resource type with the number of its uses; without a code: elements that hold text only."""

    resource_type: str
    element: str
    system: str
    code: str
    count: int
    display: str = ""


def unknown_codes(value: Json, codes: CodeTable) -> tuple[UnknownCode, ...]:
    """The codes of concepts of which no code and no text is understood, the frequent ones of each type first."""
    uses: Counter[tuple[str, str, str, str]] = Counter()
    words: dict[tuple[str, str, str, str], set[str]] = {}
    for resource in _resources(value):
        kind = text(resource.get("resourceType")) or ""
        for element in ELEMENTS.get(kind, ()):
            for concept in items(resource.get(element)):
                if _understood(kind, element, concept, codes):
                    continue
                for key, word in _keys(kind, element, concept):
                    uses[key] += 1
                    words.setdefault(key, set()).update({word} - {""})
    found = (UnknownCode(*key, count, min(words[key], default="")) for key, count in uses.items())
    return tuple(
        sorted(found, key=lambda each: (each.resource_type, -each.count, each.element, each.system, each.code))
    )


def _keys(kind: str, element: str, concept: Json) -> Iterator[tuple[tuple[str, str, str, str], str]]:
    stated = codings(concept)
    displays = [
        text(coding.get("display")) or "" for coding in items(concept.get("coding")) if text(coding.get("code"))
    ]
    for (system, code), display in zip(stated, displays, strict=True):
        yield (kind, element, canonical(system), code), display
    if not stated:
        yield (kind, element, "", ""), text(concept.get("text")) or ""


def _understood(kind: str, element: str, concept: Json, codes: CodeTable) -> bool:
    """Whether a reader makes something of the concept, all its codings and its text together."""
    if element in _PLACES:
        place = read_body_site(concept, codes)
        return place is not None and place.region != UNSPECIFIED
    if element == "medicationCodeableConcept" or kind == "Medication":
        return role_of(concept, "MedicationRequest", codes, (DRUG,)) is not None
    bare = {"resourceType": kind, "code": concept}
    return speaks(bare, codes) or supports(bare, codes)


def _resources(value: object) -> Iterator[Json]:
    """Every resource in a value, however it is wrapped, those within others too."""
    waiting = [value]
    while waiting:
        each = waiting.pop()
        if isinstance(each, list):
            waiting.extend(each)
        elif isinstance(each, dict):
            if text(each.get("resourceType")) in ELEMENTS:
                yield obj(each)
            waiting.extend(inner for inner in each.values() if isinstance(inner, dict | list))
