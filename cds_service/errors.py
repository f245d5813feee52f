"""Errors of the web edge, and the one table that turns them into answers.

CDSServiceError
├── SettingsError          the settings cannot be used; all problems at once
├── InputRefusedError      a file given on the command line cannot be used
└── RequestError           a call cannot be answered; its text names a field or prefetch key, never a value
    ├── BadRequestError        400  the call is not what the hook defines
    ├── NotTrustedError        401  no valid token of a client we know
    ├── UnknownAddressError    404  nothing is served here
    ├── WrongMethodError       405  something is, by another method
    ├── SlowBodyError          408  the body did not arrive in time
    ├── MissingDataError       412  indispensable prefetch is not there
    ├── BodyTooLargeError      413
    ├── WrongMediaTypeError    415
    ├── TooManyCallsError      429  more calls than RATE_PER_CLIENT allows
    ├── DeadlinePassedError    503  judging took longer than the deadline
    ├── StoreDownError         503  feedback cannot be kept now
    └── TrustDownError         503  tokens cannot be checked now
"""

from collections.abc import Sequence


class CDSServiceError(Exception):
    """Base of all errors of this package."""


class SettingsError(CDSServiceError):
    """Settings that cannot be used; `problems` names each with the value expected, never the value found."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


class InputRefusedError(CDSServiceError):
    """What the command line was given cannot be used; one line says what and where."""


class RequestError(CDSServiceError):
    """A call that cannot be answered; each of `texts` becomes one issue. The rest is for the log."""

    client: str | None = None

    def __init__(self, *texts: str) -> None:
        super().__init__(" ".join(texts))
        self.texts = texts
        self.reason = type(self).__name__


class BadRequestError(RequestError):
    """The call is not what the hook defines."""


class NotTrustedError(RequestError):
    """No valid token of a client we know. The caller is told the same whatever the reason; the log has it."""

    def __init__(self, reason: str, client: str | None = None) -> None:
        super().__init__("The call needs a valid token.")
        self.reason, self.client = str(reason), client


class UnknownAddressError(RequestError):
    """Nothing is served at this address."""


class WrongMethodError(RequestError):
    """Something is served here, by another method; `allowed` lists them."""

    def __init__(self, allowed: Sequence[str]) -> None:
        super().__init__(f"This address answers {', '.join(allowed)} only.")
        self.allowed = tuple(allowed)


class SlowBodyError(RequestError):
    """The body did not arrive in time."""


class MissingDataError(RequestError):
    """Prefetch without which nothing can be judged is not there."""


class BodyTooLargeError(RequestError):
    """The body is larger than MAX_BODY_BYTES."""


class WrongMediaTypeError(RequestError):
    """The body is not plain `application/json` in UTF-8."""


class TooManyCallsError(RequestError):
    """The client calls more often than RATE_PER_CLIENT allows; it may try again after so many seconds."""

    def __init__(self, retry_after_seconds: int) -> None:
        super().__init__("Too many calls of this client; try again after the time in Retry-After.")
        self.retry_after_seconds = retry_after_seconds


class DeadlinePassedError(RequestError):
    """Judging took longer than DEADLINE_MS; nothing certain can be said."""


class StoreDownError(RequestError):
    """Feedback cannot be kept durably now; nothing of the call was."""


class TrustDownError(RequestError):
    """Tokens cannot be checked now: what was seen before cannot be looked up."""


STATUS: dict[type[RequestError], tuple[int, str]] = {
    BadRequestError: (400, "invalid"),
    NotTrustedError: (401, "login"),
    UnknownAddressError: (404, "not-found"),
    WrongMethodError: (405, "not-supported"),
    SlowBodyError: (408, "timeout"),
    MissingDataError: (412, "required"),
    BodyTooLargeError: (413, "too-long"),
    WrongMediaTypeError: (415, "not-supported"),
    TooManyCallsError: (429, "throttled"),
    DeadlinePassedError: (503, "timeout"),
    StoreDownError: (503, "transient"),
    TrustDownError: (503, "transient"),
}
"""Exception to HTTP status and FHIR issue code. What is not listed is a fault of ours: 500, `exception`."""
