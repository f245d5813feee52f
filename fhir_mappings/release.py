"""Recognises what has the form of another FHIR release and would otherwise not be seen at all.

Most of R5 and STU3 is told by its elements when a resource is validated. A drug of R5 is not: its name stands where
nobody who reads R4 looks, so it would pass for something that does not concern us.
"""

from collections.abc import Iterable

from fhir_mappings.jsontools import Json
from fhir_mappings.look_shapes import Look

OTHER_RELEASE = "not FHIR R4: it has elements of another FHIR release"


def drugs_of_another_release(looks: Iterable[Look | None]) -> int:
    """How many entries name their drug as R5 does; R4 has no element of that name."""
    return sum(look is not None and bytes(look.medication).startswith(b"{") for look in looks)


def is_drug_order_of_another_release(order: Json) -> bool:
    """Whether an order names its drug where R5 has it; a ServiceRequest of R5 is told when it is validated.

    >>> is_drug_order_of_another_release({"resourceType": "MedicationRequest", "medication": {"concept": {}}})
    True
    """
    return order.get("resourceType") == "MedicationRequest" and "medication" in order
