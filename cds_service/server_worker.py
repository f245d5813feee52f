"""gunicorn's gevent worker, with answers and log lines that hold nothing of the request, and a polite close."""

from contextlib import suppress
from socket import SHUT_WR
from time import monotonic
from typing import Any

import gevent
from gunicorn.http import errors, parser, wsgi
from gunicorn.http.unreader import SocketUnreader
from gunicorn.workers.ggevent import GeventWorker

from cds_service.log import frame_of, make_log

LINGER_SECONDS = 2.0
LINGER_BYTES = 64 * 1024 * 1024
UNREAD_BYTES = 64 * 1024
"""So much of a body that nobody wanted is read for the sake of the next call on the connection; beyond that it ends."""
TURN_SECONDS = 0.005
"""How long one connection may read without letting others come first."""

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


class FairUnreader(SocketUnreader):  # type: ignore[misc]  # gunicorn has no types
    """Reads from a socket, and gives way to others now and then.

    A greenlet gives way where it waits, and whoever sends fast enough never lets it wait: the others of the worker
    would stand still, and with them every time limit.
    """

    def __init__(self, sock: Any, max_chunk: int = 8192) -> None:
        super().__init__(sock, max_chunk)
        self._turn_ends = monotonic() + TURN_SECONDS

    def chunk(self, size_hint: int | None = None) -> bytes:
        """What the socket has."""
        if monotonic() > self._turn_ends:
            gevent.sleep(0)
            self._turn_ends = monotonic() + TURN_SECONDS
        received: bytes = super().chunk(size_hint)
        return received


class Worker(GeventWorker):  # type: ignore[misc]  # gunicorn has no types
    """One worker process: a greenlet for each connection."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        wsgi.Response, parser.SocketUnreader = _Response, FairUnreader  # gunicorn offers no setting for them
        self._events = make_log()

    def handle(self, listener: Any, client: Any, addr: Any) -> None:
        """Serves one connection, and reads on a little after the last answer so that it is not cut off."""
        kept = client.dup()
        try:
            super().handle(listener, client, addr)
        finally:
            _close_gently(kept)

    def handle_request(self, listener_name: Any, req: Any, sock: Any, addr: Any) -> None:
        """Answers one call, and ends the connection where much of its body is still to come."""
        super().handle_request(listener_name, req, sock, addr)
        if not _is_read(req.body):
            raise StopIteration

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


def _is_read(body: Any) -> bool:
    """Whether the rest of a body came at once and was little: gunicorn itself would read it whole, at any length."""
    rest: bytes | None = None
    with gevent.Timeout(LINGER_SECONDS, exception=False), suppress(errors.ParseException, OSError):
        rest = body.read(UNREAD_BYTES + 1)
    return rest is not None and len(rest) <= UNREAD_BYTES


def _close_gently(client: Any) -> None:
    """Ends a connection from our side, and reads on a little: else what was not read would cut off the answer."""
    left = LINGER_BYTES
    try:
        client.shutdown(SHUT_WR)
        with gevent.Timeout(LINGER_SECONDS, exception=False):
            while left > 0 and (received := client.recv(65536)):
                left -= len(received)
                gevent.sleep(0)  # as above: who is fast must not hold up the others
    except OSError:
        pass
    finally:
        client.close()
