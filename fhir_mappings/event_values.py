"""The value of an event: as stated, or what it comes to for scores and yes-or-no statements."""

from decimal import Decimal

from clinical_rules.facts import EventKind
from fhir_mappings.code_table import CodeTable
from fhir_mappings.genomic_outcomes import outcome_of
from fhir_mappings.jsontools import Json, number, obj
from fhir_mappings.observations import plain_decimal, value_text
from fhir_mappings.prefetch import Selected

MOST_POINTS = "plausible.max-sins-points"
_HORMONE = {"hormone resistant": "positive", "hormone sensitive": "negative"}


def event_value(kind: EventKind, item: str, entry: Selected, codes: CodeTable) -> str | None:
    """Of a score the points, of resistance and imaging positive, negative or unknown, else what is stated."""
    if kind == "hormone-resistance":
        return _HORMONE.get(item)
    if kind == "psma-imaging":
        return outcome_of(entry.resource)
    if entry.resource_type != "Observation":
        return None
    return _points(entry.resource, codes) if kind == "spine-instability" else value_text(entry.resource)


def _points(resource: Json, codes: CodeTable) -> str | None:
    """The points of the spine score; None beyond its scale."""
    quantity = obj(resource.get("valueQuantity"))
    stated = number(quantity.get("value"))
    points = number(resource.get("valueInteger")) if stated is None else stated
    if points is None or quantity.get("comparator") is not None:
        return None
    most = codes.bounds.get(MOST_POINTS, Decimal(0))
    return plain_decimal(points) if 0 <= points <= most else None
