"""Patient -> Patient: birth date, death, administrative gender."""

from collections.abc import Iterable, Iterator

import msgspec

from clinical_rules.facts import DataProblem, Patient
from fhir_mappings.brought import brought
from fhir_mappings.dates import read_date
from fhir_mappings.errors import StrictJSONError
from fhir_mappings.jsontools import Json, items, obj, text
from fhir_mappings.look import raw_entries
from fhir_mappings.look_shapes import Value
from fhir_mappings.prefetch import Prefetch
from fhir_mappings.strict_json import loads

_ELEMENTS = (
    ("birthDate", "birth_date"),
    ("deceasedBoolean", "deceased_boolean"),
    ("deceasedDateTime", "deceased_date_time"),
    ("gender", "gender"),
)


def read_patient(prefetch: Prefetch, *, strictly: bool = True) -> tuple[Patient, tuple[DataProblem, ...]]:
    """The patient asked about, and what of the record could not be used.

    Only the reference where no readable Patient with that id came along. Not `strictly` is enough where nothing else
    of the chart concerns a rule: then what the first look has typed counts, and no bytes are cut out for it.
    """
    reference = f"Patient/{prefetch.patient_id}"
    problems: list[DataProblem] = []
    resources = (None if strictly else _looked(prefetch)) or _resources(prefetch, reference, problems)
    found = [_patient(each, reference) for each in resources] or [Patient(reference)]
    patient = found[0] if len(found) == 1 else max(found, key=repr)
    unreadable = (problem for each, read in zip(resources, found, strict=False) for problem in _unreadable(each, read))
    return patient, (*problems, *_replaced(resources, reference), *unreadable)


def _looked(prefetch: Prefetch) -> list[Json] | None:
    """The elements that are read here of a Patient that stands by itself under its key, as it mostly does."""
    values = brought(prefetch.raw).looks("patient")
    look = values[0].looks[0] if len(values) == 1 and len(values[0].looks) == 1 else None
    if not isinstance(look, Value) or look.resource_type != "Patient" or look.id != prefetch.patient_id:
        return None
    read: dict[str, object] = {"link": [{"type": link.type} for link in look.link or ()]}
    for name, element in _ELEMENTS:
        if raw := getattr(look, element):
            read[name] = msgspec.json.decode(raw)
    return [read]


def _replaced(resources: Iterable[Json], reference: str) -> Iterator[DataProblem]:
    """That the record of the patient was merged into another: what stands under the other one is not seen."""
    links = [link for resource in resources for link in items(resource.get("link"))]
    if any(link.get("type") == "replaced-by" for link in links):
        detail = "the record of this patient was replaced by another one, and what stands there was not looked at"
        yield DataProblem("replaced-patient", reference, detail)


def _unreadable(resource: Json, read: Patient) -> Iterator[DataProblem]:
    """Age and death decide for whom anything is said: what is stated of them and cannot be read is told."""
    birth, deceased = resource.get("birthDate"), resource.get("deceasedBoolean")
    if birth is not None and read.birth_date is None:
        detail = "the birth date is no usable date; whether the patient is of age is not known"
        yield DataProblem("unreadable", read.reference, detail, {"element": "birthDate"})
    if deceased is not None and not isinstance(deceased, bool):
        detail = "whether the patient has died is not stated as true or false"
        yield DataProblem("unreadable", read.reference, detail, {"element": "deceasedBoolean"})


def _resources(prefetch: Prefetch, reference: str, problems: list[DataProblem]) -> list[Json]:
    """Every Patient resource with the id of the patient, wherever it stands under the key `patient`."""
    found = []
    for value in brought(prefetch.raw).looks("patient"):
        for look, (raw, _) in zip(value.looks, raw_entries(value), strict=True):
            if look is None or (look.resource_type == "Patient" and look.id == prefetch.patient_id):
                try:
                    resource = obj(loads(raw))
                except StrictJSONError as error:
                    problems.append(DataProblem("unreadable", reference, str(error)))
                    continue
                if resource.get("resourceType") == "Patient" and resource.get("id") == prefetch.patient_id:
                    found.append(resource)
    return found


def _patient(resource: Json, reference: str) -> Patient:
    return Patient(
        reference,
        birth_date=read_date(resource.get("birthDate")),
        deceased=resource.get("deceasedBoolean") is True or text(resource.get("deceasedDateTime")) is not None,
        gender=text(resource.get("gender")),
    )
