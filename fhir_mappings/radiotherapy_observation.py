"""Dose Observations of the European survivorship guide -> RadiotherapyRecord; imaging dose is never therapy."""

from clinical_rules.facts import CourseStatus, Modality, PartialDate
from fhir_mappings.body_sites import read_body_site
from fhir_mappings.code_table import LOINC, SCT, CodeTable
from fhir_mappings.dates import first_date, read_date
from fhir_mappings.jsontools import Json, codings, items, obj, text
from fhir_mappings.prefetch import Selected
from fhir_mappings.radiotherapy_dose import dose_of_quantity
from fhir_mappings.radiotherapy_elements import inner, snomed_codes, system_codes
from fhir_mappings.radiotherapy_links import official_ids, references, version
from fhir_mappings.radiotherapy_notes import Notes
from fhir_mappings.radiotherapy_recognise import recognise
from fhir_mappings.radiotherapy_record import RadiotherapyRecord
from fhir_mappings.resources import Resources, reference_of
from fhir_mappings.rt_codes import BOOST_DOSE_OBSERVATION, DCM, TOTAL_DOSE_OBSERVATION
from fhir_mappings.units import DoseRefused, read_gy
from fhir_mappings.volumes import Volume, named_volume, read_volume

_THERAPY = frozenset({TOTAL_DOSE_OBSERVATION, BOOST_DOSE_OBSERVATION})
_IMAGING_SUMMARY = "73569-6"
_DICOM_TOTAL = "113725"
"""Dose (RP) total: of imaging, unless in Gy and named by a radiotherapy Procedure (survivorship guide)."""
_DOSES = _THERAPY | {_DICOM_TOTAL}
_RELATED = "resource-relatedinfo"
_FINAL = frozenset({"final", "amended", "corrected"})
_NOT_GIVEN = frozenset({"entered-in-error", "cancelled"})


def read_dose_observation(entry: Selected, resources: Resources, codes: CodeTable) -> RadiotherapyRecord | None:
    """What a dose Observation says of radiotherapy; None for imaging dose and everything else."""
    resource: Json = entry.resource
    concept = obj(resource.get("code"))
    if not any(code in _DOSES for _, code in codings(concept)):
        return None
    stated = {*snomed_codes(concept), *(code for system, code in system_codes(concept) if not system)} & _THERAPY
    therapy = bool(stated) and not _is_imaging(concept)
    procedures = _procedures(entry, resources) if therapy or (DCM, _DICOM_TOTAL) in system_codes(concept) else ()
    if not therapy and not (_of_radiotherapy(procedures, resources, codes) and _in_gray(resource)):
        return None
    notes = Notes(entry.reference)
    if resource.get("valueQuantity") is None:
        notes.unreadable("Observation.valueQuantity", "a dose in Gy or cGy")
    target = _target(resource, entry, resources, codes)
    volume = dose_of_quantity(resource.get("valueQuantity") or {"value": None}, target, notes)
    status = text(resource.get("status")) or ""
    start, end = _effective(resource)
    return RadiotherapyRecord(
        reference=entry.reference,
        resource_type="Observation",
        level="generic",
        status=_status(status),
        modalities=(Modality.UNKNOWN,),
        volumes=(volume,),
        volume_keys=(target.key,),
        sites=() if target.site is None else (target.site,),
        official_ids=official_ids(resource),
        version=version(resource, 0),
        part_of=procedures,
        based_on=references(resource, "basedOn", entry, resources),
        start=start,
        end=end,
        increment=BOOST_DOSE_OBSERVATION in stated,
        coded=SCT in {system for system, code in system_codes(concept) if code in _THERAPY} or not therapy,
        left_out=status if status in _NOT_GIVEN else None,
        problems=notes.problems,
    )


def _is_imaging(concept: Json) -> bool:
    """True where the Observation is also coded as an imaging dose summary."""
    return any(
        (system == LOINC and code == _IMAGING_SUMMARY) or system == DCM for system, code in system_codes(concept)
    )


def _of_radiotherapy(procedures: tuple[str, ...], resources: Resources, codes: CodeTable) -> bool:
    """Whether one of the Procedures that it belongs to is radiotherapy."""
    found = (resources.find(reference) for reference in procedures)
    return any(one is not None and recognise(one.resource, codes) is not None for one in found)


def _in_gray(resource: Json) -> bool:
    """Whether the value is in a unit of therapy dose."""
    return not isinstance(read_gy(resource.get("valueQuantity")), DoseRefused)


def _status(status: str) -> CourseStatus:
    """A final dose is that of a finished treatment; any other status does not tell."""
    return "completed" if status in _FINAL else "unknown"


def _effective(resource: Json) -> tuple[PartialDate | None, PartialDate | None]:
    """When the dose was given: a period, or the day by which it had been given."""
    period = obj(resource.get("effectivePeriod"))
    if period:
        return read_date(period.get("start")), read_date(period.get("end"))
    return None, first_date(resource, "effectiveDateTime", "effectiveInstant")


def _target(resource: Json, entry: Selected, resources: Resources, codes: CodeTable) -> Volume:
    """Where it was given: the Observation's bodySite, else a BodyStructure that it is about."""
    site = read_body_site(resource.get("bodySite"), codes)
    focus = next(
        (part for part in items(resource.get("focus")) if "BodyStructure/" in (reference_of(part) or "")), None
    )
    if focus is not None:
        return read_volume(focus, entry, resources, codes, () if site is None else (site,))
    return named_volume(None, codes, () if site is None else (site,))


def _procedures(entry: Selected, resources: Resources) -> tuple[str, ...]:
    """The Procedures it belongs to: by partOf, or because a Procedure names it as related information."""
    found = list(references(entry.resource, "partOf", entry, resources))
    for other in sorted(resources.entries, key=lambda one: one.reference):
        if other.resource_type == "Procedure":
            named = (reference_of(part.get("valueReference")) for part in inner(other.resource, _RELATED))
            if any(name and resources.normalise(name, other) == entry.reference for name in named):
                found.append(other.reference)
    return tuple(dict.fromkeys(found))
