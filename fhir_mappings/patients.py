"""Patient -> Patient: birth date, death, administrative gender."""

from clinical_rules.facts import DataProblem, Patient
from fhir_mappings.dates import read_date
from fhir_mappings.errors import FhirMappingsError
from fhir_mappings.jsontools import Json, items, obj, text
from fhir_mappings.look import look_at, raw_entries
from fhir_mappings.prefetch import Prefetch
from fhir_mappings.strict_json import loads


def read_patient(prefetch: Prefetch) -> Patient:
    """The patient asked about; only the reference where no readable Patient with that id came along."""
    reference = f"Patient/{prefetch.patient_id}"
    found = [_patient(resource, reference) for resource in _resources(prefetch)]
    return max(found, key=repr, default=Patient(reference))


def replaced_patient(prefetch: Prefetch) -> tuple[DataProblem, ...]:
    """That the record of the patient was merged into another: what stands under the other one is not seen."""
    if b"replaced-by" not in prefetch.raw.get("patient", b""):
        return ()
    links = (link for resource in _resources(prefetch) for link in items(resource.get("link")))
    if not any(link.get("type") == "replaced-by" for link in links):
        return ()
    detail = "the record of this patient was replaced by another one, and what stands there was not looked at"
    return (DataProblem("replaced-patient", f"Patient/{prefetch.patient_id}", detail),)


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
