"""What is served at which address: discovery, the call of a service, health."""

from datetime import datetime
from time import perf_counter

from flask import Flask, Response, request

from cds_service.body import TimeLimit, read_body
from cds_service.deadline import Deadline
from cds_service.errors import UnknownAddressError
from cds_service.failures import correlation_id
from cds_service.judge import Judged, judge_call
from cds_service.parts import Parts
from cds_service.protocol import CDSRequest, read_request
from cds_service.same_patient import check_patient
from cds_service.services import BY_ID, Service, discovery
from cds_service.wire import NO_CARDS, json_answer, to_json


def add_views(app: Flask, parts: Parts, time_limit: TimeLimit) -> None:
    """Routes of the CDS services."""
    discovered = to_json(discovery(parts.prefetch))

    @app.get("/cds-services")
    def discover() -> Response:
        return json_answer(discovered)

    @app.post("/cds-services/<service_id>")
    def call_service(service_id: str) -> Response:
        started = perf_counter()
        service = BY_ID.get(service_id)
        if service is None:
            raise UnknownAddressError("There is no CDS service with this id.")
        body = read_body(request.environ, at_most=parts.settings.max_body_bytes, time_limit=time_limit)
        deadline = Deadline(parts.settings.deadline_ms)
        cds_request = read_request(body, service.hook)
        check_patient(cds_request)
        judged = judge_call(cds_request, service, parts, on=datetime.now(parts.settings.zone).date(), deadline=deadline)
        answer = json_answer(_body(judged, service, parts))
        _record(parts, service, cds_request, judged, started)
        return answer

    @app.get("/health/live")
    def live() -> Response:
        return json_answer(b'{"status":"live"}')

    @app.get("/health/ready")
    def ready() -> Response:
        return json_answer(to_json({"status": "ready", "knowledgeVersion": parts.knowledge.version}))


def _is_silent(service: Service, parts: Parts) -> bool:
    return parts.settings.mode == "silent" or service.id in parts.switches.current().silent


def _body(judged: Judged, service: Service, parts: Parts) -> bytes:
    """The answer as JSON; in silent mode it is made all the same, so that what would fail does fail."""
    if not judged.response.cards:
        return NO_CARDS
    body = to_json(judged.response.model_dump(by_alias=True, exclude_none=True))
    return NO_CARDS if _is_silent(service, parts) else body


def _record(parts: Parts, service: Service, cds_request: CDSRequest, judged: Judged, started: float) -> None:
    findings = judged.assessment.findings if judged.assessment else ()
    parts.log.info(
        "call",
        correlation_id=correlation_id(),
        service=service.id,
        hook_instance=cds_request.hook_instance,
        knowledge=parts.knowledge.version,
        cards=len(judged.response.cards),
        silent=_is_silent(service, parts),
        rules=sorted({finding.rule for finding in findings}),
        keys=judged.facts.availability if judged.facts else None,
        duration_ms=round((perf_counter() - started) * 1000, 2),
    )
