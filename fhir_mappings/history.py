"""Condition, Observation, Procedure -> RadiotherapyHistory: that there was radiotherapy, and no more."""

from clinical_rules.facts import RadiotherapyHistory
from fhir_mappings.code_table import CodeTable
from fhir_mappings.condition_status import left_out
from fhir_mappings.dates import first_date
from fhir_mappings.history_codes import is_radiotherapy_history
from fhir_mappings.jsontools import obj
from fhir_mappings.observations import is_result
from fhir_mappings.prefetch import Selected

LABEL = "history of radiotherapy"
_NOT_DONE = frozenset({"not-done", "entered-in-error", "preparation"})


def read_history(entry: Selected, codes: CodeTable) -> RadiotherapyHistory | None:
    """What says that radiotherapy was given without saying which; None where nothing does."""
    resource, kind = entry.resource, entry.resource_type
    if not is_radiotherapy_history(obj(resource.get("code")), kind, codes):
        return None
    denied = resource.get("valueBoolean") is False or left_out(resource) is not None
    if denied or resource.get("status") in _NOT_DONE or not is_result(resource):
        return None
    date = first_date(resource, "onsetDateTime", "onsetPeriod", "performedDateTime", "performedPeriod",
                      "effectiveDateTime", "recordedDate")  # fmt: skip
    return RadiotherapyHistory(entry.reference, LABEL, date)
