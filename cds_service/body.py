"""The body of a call, read in one place: its type, its length, its end, and not for ever."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from re import compile as pattern
from typing import Any

from gunicorn.http.errors import ParseException

from cds_service.errors import BadRequestError, BodyTooLargeError, WrongMediaTypeError

BODY_SECONDS = 10.0
"""How long a body may take to arrive; a buffering proxy or an EHR needs milliseconds."""

TimeLimit = Callable[[float], AbstractContextManager[None]]
"""Runs a block for so many seconds at most, or raises SlowBodyError; the server supplies one that can interrupt."""

_JSON = pattern(r'application/json\s*(;\s*charset\s*=\s*("utf-8"|utf-8)\s*)?;?\s*\Z')


def no_limit(_seconds: float) -> AbstractContextManager[None]:
    """The limit where no socket is read from: tests and the command line."""
    return nullcontext()


def read_body(environ: Mapping[str, Any], *, at_most: int, time_limit: TimeLimit = no_limit) -> bytes:
    """The whole body of the call, never a part of it.

    WSGI servers hand over a body that was cut, at a cap or by a connection closed early, as if it were whole. So the
    length is compared, and one byte beyond the cap is asked for.
    """
    _check_media_type(environ)
    _check_transfer_coding(environ)
    length = _content_length(environ)
    if length is not None and length > at_most:
        raise _too_large(at_most)
    wanted = length if length is not None else at_most + 1
    if length is None and not environ.get("wsgi.input_terminated"):
        wanted = 0  # without a length and without a server that knows the end there is no body
    with time_limit(BODY_SECONDS):
        body = _read(environ["wsgi.input"], wanted)
    if length is not None and len(body) != length:
        raise BadRequestError("The body is shorter than its Content-Length.")
    if len(body) > at_most:
        raise _too_large(at_most)
    return body


def _read(stream: Any, wanted: int) -> bytes:
    try:
        return bytes(stream.read(wanted))
    except (ParseException, OSError):  # a chunk that is none, a chunk that ends early, a connection that is gone
        raise BadRequestError("The body cannot be read to its end.") from None


def _content_length(environ: Mapping[str, Any]) -> int | None:
    text = environ.get("CONTENT_LENGTH") or ""
    if not text or "chunked" in environ.get("HTTP_TRANSFER_ENCODING", "").lower():
        return None
    if not (text.isascii() and text.isdigit()):
        raise BadRequestError("Content-Length is not a number.")
    return int(text) if len(text) < 20 else 10**20  # longer than any cap, and not worth converting


def _check_media_type(environ: Mapping[str, Any]) -> None:
    if environ.get("HTTP_CONTENT_ENCODING", "identity").strip().lower() not in {"identity", ""}:
        raise WrongMediaTypeError("Content-Encoding is not supported; send the body as it is.")
    if not _JSON.match(environ.get("CONTENT_TYPE", "").strip().lower()):
        raise WrongMediaTypeError("Content-Type must be application/json in UTF-8.")


def _check_transfer_coding(environ: Mapping[str, Any]) -> None:
    """The server takes chunks apart and leaves any other coding as it is, for the next reader to take for the body."""
    if environ.get("HTTP_TRANSFER_ENCODING", "chunked").strip().lower() != "chunked":
        raise BadRequestError("Transfer-Encoding must be chunked, or left out.")


def _too_large(at_most: int) -> BodyTooLargeError:
    return BodyTooLargeError(f"The body is larger than {at_most} bytes.")
