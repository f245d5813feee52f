"""POST /cds-services/{id}/feedback: answered 200, with no body, once the feedback is on disk."""

from flask import Flask, Response, request

from cds_service.body import TimeLimit, read_body
from cds_service.errors import UnknownAddressError
from cds_service.failures import correlation_id
from cds_service.feedback import read_feedback
from cds_service.parts import Parts
from cds_service.services import BY_ID
from cds_service.store.store import Store
from cds_service.trust.authenticate import Trust


def add_feedback(app: Flask, parts: Parts, trust: Trust | None, store: Store, time_limit: TimeLimit) -> None:
    """The route of feedback; without `trust` everyone may send some."""

    @app.post("/cds-services/<service_id>/feedback")
    def feedback(service_id: str) -> Response:
        service = BY_ID.get(service_id)
        if service is None:
            raise UnknownAddressError("There is no CDS service with this id.")
        endpoint = f"{parts.settings.public_base_url}/cds-services/{service.id}/feedback"
        caller = trust.authenticate(request.environ.get("HTTP_AUTHORIZATION"), endpoint) if trust else None
        body = read_body(request.environ, at_most=parts.settings.max_body_bytes, time_limit=time_limit)
        received = read_feedback(body)
        store.keep(received, service.id, caller)
        parts.log.info(
            "feedback",
            correlation_id=correlation_id(),
            service=service.id,
            client=caller.name if caller else None,
            records=len(received),
        )
        answer = Response(b"", status=200)
        answer.headers.clear()
        answer.headers["Content-Length"] = "0"
        answer.headers["Cache-Control"] = "no-store"
        return answer
