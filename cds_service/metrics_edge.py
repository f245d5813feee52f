"""Metrics at the web edge: each service call is counted, and /metrics answers where it may."""

from time import perf_counter

from flask import Flask, Response, g, request

from cds_service.errors import UnknownAddressError
from cds_service.metrics import count_call
from cds_service.metrics_text import CONTENT_TYPE, registry, text
from cds_service.services import BY_ID
from cds_service.settings import Settings

PATH = "/metrics"


def add_metrics(app: Flask, settings: Settings, knowledge_version: str) -> None:
    """Counting, and the page: in development at the usual port too, in production at METRICS_PORT only."""
    port = None if settings.metrics_port is None else str(settings.metrics_port)
    ours = registry(knowledge_version)

    @app.before_request
    def begin() -> None:
        # the port is that of the socket that was called; no header can claim another one
        g.began = perf_counter()
        if port is not None and request.environ["SERVER_PORT"] == port and request.path != PATH:
            raise UnknownAddressError("Only metrics are served at this port.")

    @app.after_request
    def count(answer: Response) -> Response:
        if request.endpoint == "call_service" and request.method == "POST":
            service = str((request.view_args or {}).get("service_id"))
            if service in BY_ID:
                count_call(service, answer.status_code, perf_counter() - g.began)
        return answer

    @app.get(PATH)
    def metrics() -> Response:
        if settings.production and request.environ["SERVER_PORT"] != port:
            raise UnknownAddressError("Nothing is served at this address.")
        page = Response(text(ours), content_type=CONTENT_TYPE)
        page.headers["Cache-Control"] = "no-store"
        page.headers["X-Content-Type-Options"] = "nosniff"
        return page
