"""Patient -> Patient: birth date, death, administrative gender."""

from collections.abc import Iterable, Iterator

from clinical_rules.facts import DataProblem, Patient
from fhir_mappings.dates import read_date
from fhir_mappings.errors import FhirMappingsError
from fhir_mappings.jsontools import Json, items, obj, text
from fhir_mappings.look import look_at, raw_entries
from fhir_mappings.prefetch import Prefetch
from fhir_mappings.strict_json import loads


def read_patient(prefetch: Prefetch) -> tuple[Patient, tuple[DataProblem, ...]]:
    """The patient asked about, and what of the record could not be used.

    Only the reference where no readable Patient with that id came along.
    """
    reference = f"Patient/{prefetch.patient_id}"
    resources = _resources(prefetch)
    patient = max((_patient(each, reference) for each in resources), key=repr, default=Patient(reference))
    return patient, (*_replaced(resources, reference), *_unreadable(resources, reference))


def _replaced(resources: Iterable[Json], reference: str) -> Iterator[DataProblem]:
    """That the record of the patient was merged into another: what stands under the other one is not seen."""
    if any(link.get("type") == "replaced-by" for resource in resources for link in items(resource.get("link"))):
        detail = "the record of this patient was replaced by another one, and what stands there was not looked at"
        yield DataProblem("replaced-patient", reference, detail)


def _unreadable(resources: Iterable[Json], reference: str) -> Iterator[DataProblem]:
    """Age and death decide for whom anything is said: what is stated of them and cannot be read is told."""
    for resource in resources:
        birth, deceased = resource.get("birthDate"), resource.get("deceasedBoolean")
        if birth is not None and read_date(birth) is None:
            detail = "the birth date is no usable date; whether the patient is of age is not known"
            yield DataProblem("unreadable", reference, detail, {"element": "birthDate"})
        if deceased is not None and not isinstance(deceased, bool):
            detail = "whether the patient has died is not stated as true or false"
            yield DataProblem("unreadable", reference, detail, {"element": "deceasedBoolean"})


def _resources(prefetch: Prefetch) -> list[Json]:
    """Every Patient resource with the id of the patient, wherever it stands under the key `patient`."""
    found = []
    for value in look_at(prefetch.raw.get("patient", b"")):
        for look, (raw, _) in zip(value.looks, raw_entries(value), strict=True):
            if look is None or (look.resource_type == "Patient" and look.id == prefetch.patient_id):
                resource = _strict(raw)
                if resource.get("resourceType") == "Patient" and resource.get("id") == prefetch.patient_id:
                    found.append(resource)
    return found


def _strict(raw: bytes) -> Json:
    try:
        return obj(loads(raw))
    except FhirMappingsError:
        return {}


def _patient(resource: Json, reference: str) -> Patient:
    return Patient(
        reference,
        birth_date=read_date(resource.get("birthDate")),
        deceased=resource.get("deceasedBoolean") is True or text(resource.get("deceasedDateTime")) is not None,
        gender=text(resource.get("gender")),
    )
