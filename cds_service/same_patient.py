"""One patient per call: what the context and the patient key bring must be of `context.patientId`."""

from collections.abc import Iterable, Iterator, Mapping

from cds_service.errors import BadRequestError
from cds_service.protocol import CDSRequest
from fhir_mappings.errors import StrictJSONError
from fhir_mappings.jsontools import Json, items, obj, text
from fhir_mappings.look import Looked, kinds_in
from fhir_mappings.release import is_drug_order_of_another_release
from fhir_mappings.resources import type_and_id
from fhir_mappings.strict_json import loads

_NO_PATIENTS: Mapping[str, str] = {}
_OLD_ORDERS = ("ProcedureRequest", "ReferralRequest", "MedicationOrder", "DiagnosticOrder", "DeviceUseRequest")
"""Orders of DSTU2 and STU3: to answer such a call with no card would look as if there were nothing to say."""


def check_patient(cds_request: CDSRequest) -> None:
    """BadRequestError if the patient resource, a draft order or an added condition is of another patient, or not R4."""
    if any(found != cds_request.patient_id for found in patients_in(cds_request.prefetch.looks("patient"))):
        raise BadRequestError("prefetch.patient is another patient than context.patientId.")
    for name, raw in cds_request.resources.items():
        bundle = _strictly(raw, f"context.{name}")
        for found in _patients_of(bundle):
            if found != cds_request.patient_id:
                raise BadRequestError(f"context.{name} holds a resource of another patient than context.patientId.")
        if any(_is_of_another_release(obj(entry.get("resource"))) for entry in items(bundle.get("entry"))):
            raise BadRequestError(f"context.{name} holds orders of another FHIR release; R4 is read here.")


def _is_of_another_release(resource: Json) -> bool:
    return resource.get("resourceType") in _OLD_ORDERS or is_drug_order_of_another_release(resource)


def _strictly(raw: bytes, where: str) -> Json:
    try:
        return obj(loads(raw))
    except StrictJSONError as error:
        raise BadRequestError(f"{where} is refused: {error}.") from None


def _patients_of(bundle: Json) -> Iterator[str]:
    """The ids of the patients that the entries are of, as far as they can be told."""
    entries = items(bundle.get("entry"))
    resources = [obj(entry.get("resource")) for entry in entries]
    by_full_url = {
        full_url: patient
        for entry, resource in zip(entries, resources, strict=True)
        if resource.get("resourceType") == "Patient"
        and (full_url := text(entry.get("fullUrl")))
        and (patient := text(resource.get("id")))
    }
    for resource in resources:
        if resource.get("resourceType") == "Patient" and (patient := text(resource.get("id"))):
            yield patient
        for element in ("subject", "patient"):
            reference = text(obj(resource.get(element)).get("reference"))
            if reference and (patient := patient_of(reference, by_full_url)):
                yield patient


def patient_of(reference: str, by_full_url: Mapping[str, str] = _NO_PATIENTS) -> str | None:
    """The id of the patient that a reference points to; None where it does not tell.

    >>> patient_of("https://ehr.example.org/fhir/Patient/p1/_history/2")
    'p1'
    >>> patient_of("urn:uuid:2f1a") is None
    True
    """
    kind, _, patient = (type_and_id(reference) or "").partition("/")
    return patient if kind == "Patient" else by_full_url.get(reference)


def patients_in(values: Iterable[Looked]) -> tuple[str, ...]:
    """The ids of the Patients that the patient key holds: one, or from some clients a Bundle with one."""
    return tuple(
        found for value in values for kind, found in kinds_in(value) if kind == "Patient" and found is not None
    )
