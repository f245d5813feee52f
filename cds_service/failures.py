"""Every error becomes an OperationOutcome; the log says which, without a word of what the call held."""

from uuid import uuid4

from flask import Flask, Response, g
from structlog.typing import FilteringBoundLogger
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from cds_service.errors import (
    STATUS,
    RequestError,
    TooManyCallsError,
    TrustDownError,
    UnknownAddressError,
    WrongMethodError,
)
from cds_service.log import frame_of
from cds_service.metrics import count_store_failure
from cds_service.wire import outcome

RETRY_AFTER_SECONDS = "1"


def correlation_id() -> str:
    """The id of this call, under which the log has it."""
    known: str | None = g.get("correlation_id")
    if known is None:
        known = g.correlation_id = str(uuid4())
    return known


def add_failures(app: Flask, log: FilteringBoundLogger) -> None:
    """Error handlers for what we raise, what the framework raises, and what nobody foresaw."""

    @app.errorhandler(RequestError)
    def refused(error: RequestError) -> Response:
        status, code = STATUS[type(error)]
        client = {"client": error.client} if error.client else {}
        log.info("refused", correlation_id=correlation_id(), status=status, reason=error.reason, **client)
        answer = outcome(status, code, error.texts, correlation_id())
        if status == 401:
            answer.headers["WWW-Authenticate"] = "Bearer"
        if status == 503:
            answer.headers["Retry-After"] = RETRY_AFTER_SECONDS
        if isinstance(error, WrongMethodError):
            answer.headers["Allow"] = ", ".join(error.allowed)
        if isinstance(error, TrustDownError):
            count_store_failure("tokens")
        if isinstance(error, TooManyCallsError):
            answer.headers["Retry-After"] = str(error.retry_after_seconds)
        return answer

    @app.errorhandler(HTTPException)
    def framework(error: HTTPException) -> Response:
        if isinstance(error, MethodNotAllowed):
            return refused(WrongMethodError(sorted(error.valid_methods or ())))
        if error.code == 404:
            return refused(UnknownAddressError("Nothing is served at this address."))
        status = error.code or 500
        log.info("refused", correlation_id=correlation_id(), status=status, reason=type(error).__name__)
        return outcome(status, "processing", ["The call cannot be answered."], correlation_id())

    @app.errorhandler(Exception)
    def unforeseen(error: Exception) -> Response:
        log.error(
            "failed", correlation_id=correlation_id(), status=500, error=type(error).__name__, frame=frame_of(error)
        )
        text = "The service failed while it judged this call; nothing can be said."
        return outcome(500, "exception", [text], correlation_id())
