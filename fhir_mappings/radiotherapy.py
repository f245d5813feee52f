"""Procedure, ServiceRequest and dose Observation -> RadiotherapyRecord, whatever guide and version wrote them."""

from collections.abc import Mapping

from clinical_rules.facts import CourseStatus, PartialDate
from fhir_mappings.code_table import CodeTable
from fhir_mappings.dates import first_date, read_date
from fhir_mappings.jsontools import Json, obj, text
from fhir_mappings.prefetch import Selected
from fhir_mappings.radiotherapy_assembly import record_of
from fhir_mappings.radiotherapy_content import Content, read_content
from fhir_mappings.radiotherapy_notes import Notes
from fhir_mappings.radiotherapy_observation import read_dose_observation
from fhir_mappings.radiotherapy_recognise import recognise
from fhir_mappings.radiotherapy_record import RadiotherapyRecord
from fhir_mappings.resources import Resources

__all__ = ["read_dose_observation", "read_order", "read_procedure"]

_STATUSES: Mapping[str, CourseStatus] = {
    "completed": "completed", "in-progress": "in-progress", "stopped": "stopped", "on-hold": "on-hold",
    "aborted": "stopped", "suspended": "on-hold",
}  # fmt: skip
_NOT_GIVEN = frozenset({"not-done", "entered-in-error", "preparation"})
_NOT_ORDERED = frozenset({"revoked", "entered-in-error"})


def read_procedure(entry: Selected, resources: Resources, codes: CodeTable) -> RadiotherapyRecord | None:
    """What a Procedure says of radiotherapy given; None where it is not radiotherapy."""
    resource: Json = entry.resource
    recognition = recognise(resource, codes)
    if recognition is None:
        return None
    notes = Notes(entry.reference)
    status = text(resource.get("status")) or ""
    content = read_content(entry, resources, codes, recognition, notes)
    start, end = _performed(resource, content, notes)
    return record_of(
        entry, resources, codes, recognition, content, notes,
        resource_type="Procedure", status=_STATUSES.get(status, "unknown"), start=start, end=end,
        left_out=_left_out(status, content),
    )  # fmt: skip


def read_order(entry: Selected, resources: Resources, codes: CodeTable) -> RadiotherapyRecord | None:
    """What a ServiceRequest says of radiotherapy ordered or planned; None where it is not radiotherapy."""
    resource: Json = entry.resource
    recognition = recognise(resource, codes)
    if recognition is None:
        return None
    notes = Notes(entry.reference)
    status = text(resource.get("status")) or ""
    left_out = status if status in _NOT_ORDERED else "do-not-perform" if resource.get("doNotPerform") is True else None
    start = first_date(resource, "occurrenceDateTime", "occurrencePeriod") or _timing_start(resource)
    return record_of(
        entry, resources, codes, recognition, read_content(entry, resources, codes, recognition, notes), notes,
        resource_type="ServiceRequest", status=_STATUSES.get(status, "unknown"), start=start,
        end=read_date(obj(resource.get("occurrencePeriod")).get("end")), left_out=left_out,
    )  # fmt: skip


def _performed(resource: Json, content: Content, notes: Notes) -> tuple[PartialDate | None, PartialDate | None]:
    """Start and end; a single date is when a course of several fractions began, else it is the whole of it."""
    period = obj(resource.get("performedPeriod"))
    start = _read_date("performedPeriod.start", period.get("start"), notes)
    end = _read_date("performedPeriod.end", period.get("end"), notes)
    single = _read_date("performedDateTime", resource.get("performedDateTime"), notes)
    if start is not None or end is not None:
        return start, end
    single = single or read_date(resource.get("performedString"))
    return single, single if content.fractions in (None, 1) else None


def _read_date(element: str, value: object, notes: Notes) -> PartialDate | None:
    found = read_date(value) if value is not None else None
    if found is None and value is not None:
        notes.unreadable(f"Procedure.{element}", "a date")
    return found


def _left_out(status: str, content: Content) -> str | None:
    """Why a record does not count as given: its status, or stopped before the first fraction."""
    if status in _NOT_GIVEN:
        return status
    stated = [number for number in (content.counts.top, content.counts.sessions) if number is not None]
    nothing = [volume.unusable == "nothing-delivered" for volume in content.volumes]
    if status == "stopped" and (stated or nothing) and all(nothing) and not any(stated):
        return "stopped-before-start"
    return None


def _timing_start(resource: Json) -> PartialDate | None:
    """When a Timing begins: its first event, else the start of its bounds."""
    timing = obj(resource.get("occurrenceTiming"))
    events = timing.get("event")
    dates = [found for one in events if (found := read_date(one))] if isinstance(events, list) else []
    bounds = obj(obj(timing.get("repeat")).get("boundsPeriod"))
    return min(dates, key=lambda day: day.earliest, default=None) or read_date(bounds.get("start"))
