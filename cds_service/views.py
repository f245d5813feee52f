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
from cds_service.trust.authenticate import Trust
from cds_service.trust.caller import Caller
from cds_service.wire import NO_CARDS, json_answer, to_json


def add_views(app: Flask, parts: Parts, trust: Trust | None, time_limit: TimeLimit) -> None:
    """Routes of the CDS services; without `trust` everyone may call."""
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
        caller = _caller(trust, f"{parts.settings.public_base_url}/cds-services/{service.id}")
        body = read_body(request.environ, at_most=parts.settings.max_body_bytes, time_limit=time_limit)
        deadline = Deadline(parts.settings.deadline_ms)
        cds_request = read_request(body, service.hook)
        check_patient(cds_request)
        judged = judge_call(cds_request, service, parts, on=datetime.now(parts.settings.zone).date(), deadline=deadline)
        silent = _is_silent(service, parts, caller)
        answer = json_answer(_body(judged, silent=silent))
        _record(parts, service, cds_request, judged, started, caller=caller, silent=silent)
        return answer

    @app.get("/health/live")
    def live() -> Response:
        return json_answer(b'{"status":"live"}')

    @app.get("/health/ready")
    def ready() -> Response:
        if trust is not None and not trust.is_up():
            return json_answer(b'{"status":"not-ready"}', status=503)
        return json_answer(to_json({"status": "ready", "knowledgeVersion": parts.knowledge.version}))


def _caller(trust: Trust | None, endpoint: str) -> Caller | None:
    """Who calls; asked before the body is read, with the address that we publish and not the one that was called."""
    return trust.authenticate(request.environ.get("HTTP_AUTHORIZATION"), endpoint) if trust else None


def _is_silent(service: Service, parts: Parts, caller: Caller | None) -> bool:
    listed = parts.switches.current().silent
    return parts.settings.mode == "silent" or service.id in listed or (caller is not None and caller.name in listed)


def _body(judged: Judged, *, silent: bool) -> bytes:
    """The answer as JSON; in silent mode it is made all the same, so that what would fail does fail."""
    if not judged.response.cards:
        return NO_CARDS
    body = to_json(judged.response.model_dump(by_alias=True, exclude_none=True))
    return NO_CARDS if silent else body


def _record(
    parts: Parts,
    service: Service,
    cds_request: CDSRequest,
    judged: Judged,
    started: float,
    *,
    caller: Caller | None,
    silent: bool,
) -> None:
    findings = judged.assessment.findings if judged.assessment else ()
    parts.log.info(
        "call",
        correlation_id=correlation_id(),
        service=service.id,
        client=caller.name if caller else None,
        hook_instance=cds_request.hook_instance,
        knowledge=parts.knowledge.version,
        cards=len(judged.response.cards),
        silent=silent,
        rules=sorted({finding.rule for finding in findings}),
        keys=judged.facts.availability if judged.facts else None,
        duration_ms=round((perf_counter() - started) * 1000, 2),
    )
