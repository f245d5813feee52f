"""Procedure, Observation, DiagnosticReport, Condition -> ClinicalEvent: work-up, care and emergencies by code."""

from collections.abc import Mapping
from typing import get_args

from clinical_rules.facts import BodySite, ClinicalEvent, EventKind, PartialDate
from fhir_mappings.body_sites import read_body_site
from fhir_mappings.code_table import CodeTable
from fhir_mappings.condition_status import has_ended, left_out
from fhir_mappings.confirm import code_of
from fhir_mappings.dates import first_date, read_date
from fhir_mappings.event_values import event_value
from fhir_mappings.jsontools import Json, codings, items, obj
from fhir_mappings.observations import date_of, is_result, reasons_of
from fhir_mappings.prefetch import Selected
from fhir_mappings.resources import Resources
from fhir_mappings.roles import Part, parts_of

KINDS: tuple[EventKind, ...] = get_args(EventKind)
_TRACER: EventKind = "psma-imaging"
_TRACERS = frozenset({_TRACER})
_OTHERS = frozenset(KINDS) - _TRACERS
_KIND_OF: Mapping[str, EventKind] = {kind: kind for kind in KINDS}
_PASSING: frozenset[str] = frozenset({"emergency", "hospice", "immune-event", "pain", "symptom"})
"""What a resolved problem no longer shows."""

_REFUSED = frozenset({"105480006"})
_NOT_DONE = frozenset({"not-done", "entered-in-error", "preparation"})
_NO_REPORT = frozenset({"entered-in-error", "cancelled", "registered"})
_DATES = {
    "Procedure": ("performedDateTime", "performedPeriod"),
    "Condition": ("onsetDateTime", "onsetPeriod", "recordedDate"),
    "DiagnosticReport": ("effectiveDateTime", "effectivePeriod", "issued"),
}


def read_events(entry: Selected, resources: Resources, codes: CodeTable) -> tuple[ClinicalEvent, ...]:
    """What a resource shows was done or found; nothing if it says that it was not."""
    parts = _roles(entry.resource, entry.resource_type, codes)
    declined = _declined(entry, resources, parts[0] if parts else None)
    if declined is not None:
        return (declined,)
    return tuple(
        _event(entry, resources, codes, part) for part in parts if _holds(entry.resource, entry.resource_type, part)
    )


def _roles(resource: Json, kind: str, codes: CodeTable) -> list[Part]:
    """The event kind by the code, else by a category (a report of pathology); the tracer of a scan comes beside it."""
    concepts = [code_of(resource)]
    if kind in ("DiagnosticReport", "Procedure"):
        concepts += items(resource.get("category"))
    looked_up = [parts_of(concept, kind, codes) for concept in concepts]
    played = [each for each in looked_up if each.by_code or each.by_text]
    if not played:
        return []
    found = (next(filter(None, [each.among(kinds) for each in played]), None) for kinds in (_OTHERS, _TRACERS))
    return [part for part in found if part is not None]


def _holds(resource: Json, kind: str, part: Part) -> bool:
    status = resource.get("status")
    if kind == "Condition":
        return left_out(resource) is None and not (part.role in _PASSING and has_ended(resource))
    if kind == "Observation":
        return is_result(resource)
    return status not in (_NOT_DONE if kind == "Procedure" else _NO_REPORT)


def _event(entry: Selected, resources: Resources, codes: CodeTable, part: Part) -> ClinicalEvent:
    kind = _KIND_OF[part.role]
    return ClinicalEvent(
        entry.reference,
        kind,
        part.item,
        date=_date(entry),
        value=event_value(kind, part.item, entry, codes),
        site=_site(entry.resource, codes),
        reasons=reasons_of(entry, resources),
        coded=part.coded,
    )


def _declined(entry: Selected, resources: Resources, part: Part | None) -> ClinicalEvent | None:
    """Treatment of a cancer that the patient refused: a Procedure not done for that reason."""
    resource = entry.resource
    if entry.resource_type != "Procedure" or resource.get("status") not in ("not-done", "stopped"):
        return None
    if not any(code in _REFUSED for _, code in codings(resource.get("statusReason"))):
        return None
    item = part.item if part else "procedure refused"
    reasons = reasons_of(entry, resources)
    return ClinicalEvent(entry.reference, "treatment-declined", item, date=_date(entry), reasons=reasons)


def _date(entry: Selected) -> PartialDate | None:
    if entry.resource_type == "Observation":
        return date_of(entry.resource)
    period = obj(entry.resource.get("performedPeriod"))
    return first_date(entry.resource, *_DATES.get(entry.resource_type, ())) or read_date(period.get("end"))


def _site(resource: Json, codes: CodeTable) -> BodySite | None:
    sites = (read_body_site(place, codes) for place in items(resource.get("bodySite")))
    return next((site for site in sites if site), None)
