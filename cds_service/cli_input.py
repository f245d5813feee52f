"""What the command line is given: a CDS Hooks request, a FHIR Bundle of any kind, or a single resource."""

import sys
from datetime import date, datetime
from pathlib import Path

from cds_service.cli_bundle import read_bundle
from cds_service.deadline import Deadline
from cds_service.errors import InputRefusedError, RequestError
from cds_service.judge import Judged, advise, judge_call
from cds_service.parts import Parts
from cds_service.protocol import RESOURCES_OF_HOOK, read_request
from cds_service.same_patient import check_patient
from cds_service.services import SERVICES
from fhir_mappings import read_facts
from fhir_mappings.body_limits import check_body
from fhir_mappings.errors import StrictJSONError
from fhir_mappings.jsontools import Json
from fhir_mappings.strict_json import loads

PATIENCE_MS = 600_000
"""Nobody waits at a bedside for the command line."""


def judge_file(name: str, hook: str | None, on: date | None, parts: Parts) -> Judged:
    """The answer to what is in a file (`-`: standard input); InputRefusedError says what cannot be used."""
    raw, value = read_object(name, parts.settings.max_body_bytes)
    day = on or datetime.now(parts.settings.zone).date()
    try:
        return (
            _judge_request(name, raw, value, hook, day, parts)
            if "hook" in value
            else _judge_fhir(name, value, hook or "patient-view", day, parts)
        )
    except RequestError as error:
        raise InputRefusedError(f"{name}: {error}") from None


def read_object(name: str, at_most: int) -> tuple[bytes, Json]:
    """The bytes of a file (`-`: standard input) and the JSON object in it; InputRefusedError where there is none."""
    raw = _read(name, at_most)
    try:
        check_body(raw)
        value = loads(raw)
    except StrictJSONError as error:
        raise InputRefusedError(f"{name}: {error}") from None
    if not isinstance(value, dict):
        raise InputRefusedError(f"{name}: expected a JSON object, a CDS Hooks request, FHIR Bundle or FHIR resource")
    return raw, value


def _read(name: str, at_most: int) -> bytes:
    try:
        raw = sys.stdin.buffer.read(at_most + 1) if name == "-" else _read_path(Path(name), at_most + 1)
    except OSError as error:
        raise InputRefusedError(f"{name}: {error.strerror}") from None
    if len(raw) > at_most:
        raise InputRefusedError(f"{name}: larger than {at_most} bytes (RERT_CDS_MAX_BODY_BYTES)")
    return raw


def _read_path(path: Path, at_most: int) -> bytes:
    with path.open("rb") as file:
        return file.read(at_most)


def _judge_request(name: str, raw: bytes, value: Json, hook: str | None, on: date, parts: Parts) -> Judged:
    asked = value.get("hook")
    if hook not in {None, asked}:
        raise InputRefusedError(f"{name}: the request is for another hook than --hook {hook}")
    service = next((service for service in SERVICES if service.hook == asked), None)
    if service is None:
        raise InputRefusedError(f"{name}: hook must be one of {', '.join(RESOURCES_OF_HOOK)}")
    cds_request = read_request(raw, service.hook)
    check_patient(cds_request)
    return judge_call(cds_request, service, parts, on=on, deadline=Deadline(PATIENCE_MS))


def _judge_fhir(name: str, value: Json, hook: str, on: date, parts: Parts) -> Judged:
    service = next(service for service in SERVICES if service.hook == hook)
    prefetch = read_bundle(name, value, service.hook)
    facts = read_facts(prefetch, parts.codes)
    orders = prefetch.context_raw.get("draftOrders")
    return advise(facts, service.hook, parts, on=on, deadline=Deadline(PATIENCE_MS), orders=orders)
