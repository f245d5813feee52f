"""gunicorn's gevent worker, with answers and log lines that hold nothing of the request, and a polite close."""

from typing import Any

from gunicorn.http import errors, wsgi
from gunicorn.util import close_graceful
from gunicorn.workers.ggevent import GeventWorker

from cds_service.log import frame_of, make_log

LINGER_SECONDS = 2.0
LINGER_BYTES = 64 * 1024 * 1024

STATUS_OF: dict[type[Exception], tuple[int, str]] = {
    errors.LimitRequestLine: (414, "URI Too Long"),
    errors.LimitRequestHeaders: (431, "Request Header Fields Too Large"),
    errors.UnsupportedTransferCoding: (501, "Not Implemented"),
    errors.ExpectationFailed: (417, "Expectation Failed"),
    errors.ParseException: (400, "Bad Request"),
}
_BODY = (
    b'{"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"structure",'
    b'"details":{"text":"The HTTP request is not well formed, or larger than allowed."}}]}'
)


class _Response(wsgi.Response):  # type: ignore[misc]  # gunicorn has no types
    """An answer that does not name the server."""

    def default_headers(self) -> list[str]:
        return [header for header in super().default_headers() if not header.startswith("Server:")]


class Worker(GeventWorker):  # type: ignore[misc]  # gunicorn has no types
    """One worker process: a greenlet for each connection."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        wsgi.Response = _Response  # gunicorn offers no setting for it
        self._events = make_log()

    def handle(self, listener: Any, client: Any, addr: Any) -> None:
        """Serves one connection, and reads on a little after the last answer so that it is not cut off."""
        kept = client.dup()
        try:
            super().handle(listener, client, addr)
        finally:
            close_graceful(kept, timeout=LINGER_SECONDS, max_drain=LINGER_BYTES)

    def handle_error(self, req: Any, client: Any, addr: Any, exc: BaseException) -> None:
        """Answers a request that did not reach the application; gunicorn's own answer and log would quote it."""
        status, reason = next((found for kind, found in STATUS_OF.items() if isinstance(exc, kind)), (500, "Error"))
        self._events.warning("not-http", status=status, error=type(exc).__name__, frame=frame_of(exc))
        head = (
            f"HTTP/1.1 {status} {reason}\r\nConnection: close\r\n"
            f"Content-Type: application/fhir+json\r\nContent-Length: {len(_BODY)}\r\n\r\n"
        )
        try:
            client.sendall(head.encode("ascii") + _BODY)
        except OSError:
            self._events.info("gone", error="OSError")
