"""What is served at which address: discovery, the call of a service, health."""

from datetime import UTC, datetime
from time import perf_counter

from flask import Flask, Response, request

from cds_service.body import TimeLimit, read_body
from cds_service.deadline import Deadline
from cds_service.errors import UnknownAddressError
from cds_service.failures import correlation_id
from cds_service.judge import Judged, judge_call
from cds_service.metrics import count_cards
from cds_service.metrics_callbacks import counted
from cds_service.parts import Parts
from cds_service.protocol import read_request
from cds_service.rate import make_rate_limit
from cds_service.same_patient import check_patient
from cds_service.services import BY_ID, Service, discovery
from cds_service.store.answers import Answered
from cds_service.store.store import Store
from cds_service.trust.authenticate import Trust
from cds_service.trust.caller import Caller
from cds_service.wire import NO_CARDS, json_answer, to_json


def add_views(app: Flask, parts: Parts, trust: Trust | None, store: Store, time_limit: TimeLimit) -> None:
    """Routes of the CDS services; without `trust` everyone may call."""
    discovered = to_json(discovery(parts.prefetch))
    rate_limit = make_rate_limit(parts.settings)

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
        if rate_limit is not None:
            rate_limit.take(caller.name if caller else None)
        body = read_body(request.environ, at_most=parts.settings.max_body_bytes, time_limit=time_limit)
        deadline = Deadline(parts.settings.deadline_ms)
        cds_request = read_request(body, service.hook)
        check_patient(cds_request)
        today = datetime.now(parts.settings.zone).date()
        call = correlation_id()
        complete = parts.callbacks.of(caller.name if caller else None, call)
        judged = judge_call(cds_request, service, parts, on=today, deadline=deadline, complete=counted(complete))
        silent = _is_silent(service, parts, caller)
        answer = json_answer(_body(judged, silent=silent))
        answered = Answered(
            call=call,
            at=datetime.now(UTC),
            caller=caller,
            service=service,
            request=cds_request,
            judged=judged,
            silent=silent,
            duration_ms=round((perf_counter() - started) * 1000, 2),
        )
        store.record(answered)
        _log(parts, answered, started)
        count_cards(_topics(judged), silent=silent)
        return answer

    @app.get("/health/live")
    def live() -> Response:
        return json_answer(b'{"status":"live"}')

    @app.get("/health/ready")
    def ready() -> Response:
        if trust is not None and not trust.is_up():
            return json_answer(b'{"status":"not-ready"}', status=503)
        said = {"knowledgeVersion": parts.knowledge.version, "store": "up" if store.is_up() else "down"}
        return json_answer(to_json({"status": "ready", **said}))


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
    body = to_json(judged.response.to_wire())
    return NO_CARDS if silent else body


def _topics(judged: Judged) -> list[tuple[str, str]]:
    return [(card.source.topic.code, card.indicator) for card in judged.response.cards if card.source.topic]


def _log(parts: Parts, answered: Answered, started: float) -> None:
    judged = answered.judged
    findings = judged.assessment.findings if judged.assessment else ()
    parts.log.info(
        "call",
        correlation_id=answered.call,
        service=answered.service.id,
        client=answered.caller.name if answered.caller else None,
        hook_instance=answered.request.hook_instance,
        knowledge=parts.knowledge.version,
        cards=len(judged.response.cards),
        silent=answered.silent,
        rules=sorted({finding.rule for finding in findings}),
        keys=judged.facts.availability if judged.facts else None,
        duration_ms=round((perf_counter() - started) * 1000, 2),
    )
