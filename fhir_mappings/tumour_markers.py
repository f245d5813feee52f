"""Observation -> TumourMarker (mCODE TumorMarkerTest): PSA, CEA, EBV DNA."""

from clinical_rules.facts import TumourMarker
from fhir_mappings.code_table import CodeTable
from fhir_mappings.jsontools import number, obj, text
from fhir_mappings.observations import date_of, is_result, unit_of
from fhir_mappings.prefetch import Selected
from fhir_mappings.roles import role_of

_BELOW = frozenset({"<", "<="})


def read_tumour_marker(entry: Selected, codes: CodeTable) -> TumourMarker | None:
    """The value of a tumour marker; None where the Observation is none. A value given as a bound is no value."""
    resource = entry.resource
    part = role_of(obj(resource.get("code")), "Observation", codes, ("tumour-marker",))
    if part is None or not is_result(resource):
        return None
    quantity = obj(resource.get("valueQuantity"))
    bound = text(quantity.get("comparator")) is not None and quantity.get("comparator") not in _BELOW
    value = None if bound else number(quantity.get("value"))
    return TumourMarker(entry.reference, part.item, value, unit_of(quantity), date_of(resource))
