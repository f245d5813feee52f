"""What all readers of Observations share: status, date, value, focus."""

from decimal import Decimal

from clinical_rules.facts import PartialDate
from fhir_mappings.dates import first_date, read_date
from fhir_mappings.jsontools import Json, concept_text, items, number, obj, text
from fhir_mappings.prefetch import Selected
from fhir_mappings.resources import Resources

_NO_RESULT = frozenset({"entered-in-error", "cancelled", "registered"})


def is_result(resource: Json) -> bool:
    """Whether the Observation states something; not if entered in error, cancelled or only registered."""
    return resource.get("status") not in _NO_RESULT and "dataAbsentReason" not in resource


def date_of(resource: Json) -> PartialDate | None:
    """When it held: effective, else issued."""
    return first_date(resource, "effectiveDateTime", "effectivePeriod", "effectiveInstant") or read_date(
        resource.get("issued")
    )


def focus_of(entry: Selected, resources: Resources) -> tuple[str, ...]:
    """`Type/id` of what the Observation is about, beside the patient."""
    return _names_of(entry.resource.get("focus"), entry, resources)


def reasons_of(entry: Selected, resources: Resources) -> tuple[str, ...]:
    """`Type/id` of the Conditions (and others) that it was done or ordered for."""
    return _names_of(entry.resource.get("reasonReference"), entry, resources)


def _names_of(stated: object, entry: Selected, resources: Resources) -> tuple[str, ...]:
    literal = [text(part.get("reference")) for part in items(stated)] if stated else ()
    return tuple(sorted({resources.normalise(reference, entry) for reference in literal if reference}))


def value_text(resource: Json) -> str | None:
    """The value as text, with its unit; a code by its text or display, else by the code."""
    quantity = obj(resource.get("valueQuantity"))
    if (value := number(quantity.get("value"))) is not None:
        return " ".join(
            part for part in (text(quantity.get("comparator")), plain_decimal(value), unit_of(quantity)) if part
        )
    concept = obj(resource.get("valueCodeableConcept"))
    if concept:
        return concept_text(concept) or next(
            (text(coding.get("code")) for coding in items(concept.get("coding"))), None
        )
    whole = number(resource.get("valueInteger"))
    return text(resource.get("valueString")) if whole is None else plain_decimal(whole)


def unit_of(quantity: Json) -> str | None:
    """The unit of a Quantity: its UCUM code, else what is printed."""
    return text(quantity.get("code")) or text(quantity.get("unit"))


def plain_decimal(value: Decimal) -> str:
    """A decimal without exponent.

    >>> plain_decimal(Decimal("1E+2"))
    '100'
    """
    return f"{value:f}"
