"""What the selected entries refer to: volumes, parent procedures, reasons. They come along, wherever they stand."""

from collections.abc import Iterator

from fhir_mappings.jsontools import Json
from fhir_mappings.look_shapes import Look
from fhir_mappings.resources import type_and_id

LINKED = frozenset({"Procedure", "Condition", "BodyStructure", "Observation", "Medication", "ServiceRequest"})
"""Types that a selected entry may need beside itself."""

_NESTED = (dict, list)  # a union in its place would be made anew each time it is asked for
_FROM = frozenset({"Procedure", "ServiceRequest", "MedicationRequest", "Observation"})


def references_in(resource: Json) -> Iterator[str]:
    """All literal references of a resource that may lead to something the readers need."""
    if resource.get("resourceType") not in _FROM:
        return
    waiting: list[object] = [
        value for name, value in resource.items() if isinstance(value, _NESTED) and name not in ("subject", "text")
    ]
    while waiting:
        element = waiting.pop()
        if isinstance(element, list):
            waiting.extend(element)
        elif isinstance(element, dict):
            reference = element.get("reference")
            if isinstance(reference, str):
                yield reference
            waiting.extend([value for value in element.values() if isinstance(value, _NESTED)])


def name_of(look: Look | None) -> str | None:
    """`Type/id` of a resource of these types."""
    if look is None or look.resource_type not in LINKED or look.id is None:
        return None
    return f"{look.resource_type}/{look.id}"


def names_for(reference: str) -> tuple[str, ...]:
    """What an entry may be found under, for a reference: its own text (a fullUrl) and `Type/id`."""
    stated = type_and_id(reference)
    return (reference, stated) if stated else (reference,)
