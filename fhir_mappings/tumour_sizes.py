"""Observation -> TumourSize: the longest diameter in mm (mCODE TumorSize); another unit is refused, never guessed."""

from decimal import Decimal

from clinical_rules.facts import DataProblem, TumourSize
from fhir_mappings.code_table import CodeTable
from fhir_mappings.jsontools import Json, items, obj, text
from fhir_mappings.observations import date_of, focus_of, is_result
from fhir_mappings.prefetch import Selected
from fhir_mappings.resources import Resources
from fhir_mappings.roles import role_of
from fhir_mappings.rt_codes import UCUM
from fhir_mappings.units import plain_number, printable_unit

LONGEST = "longest dimension"
_MM_PER_UNIT = {"mm": Decimal(1), "cm": Decimal(10)}


def read_tumour_size(entry: Selected, resources: Resources, codes: CodeTable) -> TumourSize | DataProblem | None:
    """The longest diameter that an Observation states by itself or in a component; None where it states none."""
    resource = entry.resource
    part = role_of(obj(resource.get("code")), "Observation", codes, ("tumour-size",))
    if part is None or not is_result(resource):
        return None
    stated = [obj(each.get("valueQuantity")) for each in items(resource.get("component")) if _is_longest(each, codes)]
    stated += [obj(resource.get("valueQuantity"))] if part.item == LONGEST else []
    stated = [
        quantity for quantity in stated if (value := plain_number(quantity.get("value"))) is not None and value > 0
    ]
    if not stated or any(quantity.get("comparator") is not None for quantity in stated):
        return None
    sizes = [_in_mm(quantity) for quantity in stated]
    known = [size for size in sizes if size is not None]
    if len(known) < len(sizes):
        return _refused(entry, next(quantity for quantity, size in zip(stated, sizes, strict=True) if size is None))
    return TumourSize(entry.reference, max(known), date_of(resource), focus_of(entry, resources))


def _is_longest(component: Json, codes: CodeTable) -> bool:
    part = role_of(obj(component.get("code")), "Observation", codes, ("tumour-size",))
    return part is not None and part.item == LONGEST


def _in_mm(quantity: Json) -> Decimal | None:
    """By the UCUM code; without a code by the printed unit."""
    code, unit = text(quantity.get("code")), text(quantity.get("unit"))
    if code is not None and quantity.get("system") not in (UCUM, None):
        return None
    value, factor = plain_number(quantity.get("value")), _MM_PER_UNIT.get(code or unit or "")
    return None if value is None or factor is None else value * factor


def _refused(entry: Selected, quantity: Json) -> DataProblem:
    """No advice depends on a size alone: it rides in the findings."""
    unit = printable_unit(quantity)
    if not (text(quantity.get("code")) or text(quantity.get("unit"))):
        return DataProblem("missing-unit", entry.reference, "the size of a tumour comes without a unit", matters=False)
    detail = "the size of a tumour comes in a unit other than mm or cm"
    return DataProblem("wrong-unit", entry.reference, detail, {"unit": unit} if unit else {}, matters=False)
