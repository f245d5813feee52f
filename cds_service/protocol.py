"""CDSRequest: what a call asks, checked against the CDS Hooks specification and the hook's own context.

https://cds-hooks.hl7.org/ and https://cds-hooks.org/hooks/. Members that we do not know are ignored.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from re import ASCII
from re import compile as pattern
from typing import TypeVar

import msgspec
from msgspec import Raw

from cds_service.callbacks.authorization import Authorization, read_authorization
from cds_service.envelope import Envelope, Members, members_of, open_envelope
from cds_service.errors import BadRequestError
from fhir_mappings.brought import Brought

T = TypeVar("T")

TEXT_LENGTH = 256
"""Longest hookInstance, user or patient id; a hookInstance need not be a UUID."""

_FHIR_ID = pattern(r"[A-Za-z0-9\-.]{1,64}", ASCII)
_REFERENCE_LENGTH = 1024

RESOURCES_OF_HOOK: Mapping[str, str | None] = {
    "patient-view": None,
    "order-select": "draftOrders",
    "order-sign": "draftOrders",
    "problem-list-item-create": "conditions",
}
"""Which member of the context holds resources, by hook."""


@dataclass(frozen=True, slots=True)
class CDSRequest:
    """One call of a service. `resources` is the raw JSON of `draftOrders` or `conditions`, by its name."""

    hook: str
    hook_instance: str
    user_id: str
    patient_id: str
    resources: Mapping[str, bytes]
    prefetch: Brought
    selections: tuple[str, ...] | None = None
    fhir_server: str | None = None
    authorization: Authorization | None = None


def read_request(raw: bytes, hook: str) -> CDSRequest:
    """The call in these bytes for a service on `hook`; BadRequestError names the field that is wrong."""
    envelope = open_envelope(raw, look=RESOURCES_OF_HOOK[hook] is None)
    asked = _text(envelope.members, "hook")
    if asked != hook:
        raise BadRequestError(f"hook must be {hook} for this service.")
    context = envelope.context
    patient_id = _patient_id(context)
    fhir_server, authorization = _fhir_access(envelope, patient_id)
    return CDSRequest(
        hook=asked,
        hook_instance=_text(envelope.members, "hookInstance"),
        user_id=_text(context, "userId", "context."),
        patient_id=patient_id,
        resources=_resources(context, RESOURCES_OF_HOOK[hook]),
        prefetch=envelope.prefetch,
        selections=_selections(context) if hook == "order-select" else None,
        fhir_server=fhir_server,
        authorization=authorization,
    )


def _decoded(value: object, wanted: type[T], field: str, expected: str) -> T:
    """A value that may be raw JSON still; BadRequestError if it is not what is expected there."""
    try:
        found = msgspec.json.decode(value, type=wanted) if isinstance(value, Raw) else value
    except msgspec.MsgspecError:
        found = None
    if not isinstance(found, wanted):
        raise BadRequestError(f"{field} must be {expected}.")
    return found


def _required(members: Members, name: str, prefix: str = "") -> object:
    value = members.get(name)
    if _is_null(value):
        raise BadRequestError(f"{prefix}{name} is missing.")
    return value


def _is_null(value: object) -> bool:
    return value is None or (isinstance(value, Raw) and bytes(value) == b"null")


def _text(members: Members, name: str, prefix: str = "") -> str:
    """A required string that is neither empty nor long."""
    expected = f"a string of 1 to {TEXT_LENGTH} characters"
    value = _decoded(_required(members, name, prefix), str, prefix + name, expected)
    if len(value) > TEXT_LENGTH or not value.strip():
        raise BadRequestError(f"{prefix}{name} must be {expected}.")
    return value


def _patient_id(context: Members) -> str:
    value = _text(context, "patientId", "context.")
    if not _FHIR_ID.fullmatch(value):
        raise BadRequestError("context.patientId must be a FHIR id.")
    return value


def _resources(context: Members, name: str | None) -> Mapping[str, bytes]:
    if name is None:
        return {}
    value = _required(context, name, "context.")
    kind = _decoded(value, _ResourceType, f"context.{name}", "a Bundle").resource_type
    if kind != "Bundle" or not isinstance(value, Raw):
        raise BadRequestError(f"context.{name} must be a Bundle.")
    return {name: bytes(value)}


class _ResourceType(msgspec.Struct, rename="camel"):
    resource_type: str | None = None


def _selections(context: Members) -> tuple[str, ...]:
    value = _required(context, "selections", "context.")
    references = _decoded(value, list, "context.selections", "an array of references")
    if not all(isinstance(each, str) and 0 < len(each) <= _REFERENCE_LENGTH for each in references):
        raise BadRequestError("context.selections must be an array of references.")
    return tuple(references)


def _fhir_access(envelope: Envelope, patient_id: str) -> tuple[str | None, Authorization | None]:
    """The FHIR server named and the token for it; whoever hands one over must say for which server and patient."""
    named = None if _is_null(envelope.members.get("fhirServer")) else _text(envelope.members, "fhirServer")
    authorization = envelope.members.get("fhirAuthorization")
    if _is_null(authorization):
        return named, None
    if named is None:
        raise BadRequestError("fhirAuthorization needs fhirServer beside it.")
    granted = members_of(authorization, "fhirAuthorization")
    if not _is_null(granted.get("patient")):
        patient = _decoded(granted["patient"], str, "fhirAuthorization.patient", "a string")
        if patient.removeprefix("Patient/") != patient_id:
            raise BadRequestError("fhirAuthorization.patient differs from context.patientId.")
    return named, read_authorization(granted)
