"""Why a key could not be fetched: a closed list, in words for integrators. Nothing of a server's answer is in it."""

from enum import StrEnum


class Reason(StrEnum):
    """The reasons; the text stands in the 412 and in the log."""

    REFUSED = "the FHIR server refused the token"
    NOT_GRANTED = "the token's scopes do not cover it"
    REJECTED = "the FHIR server does not answer this question"
    STATUS = "the FHIR server answered with an error"
    BUSY = "the FHIR server asks to come back later"
    UNREACHABLE = "the FHIR server could not be reached"
    LATE = "the FHIR server did not answer in time"
    TOO_MUCH = "the answer is larger than is read"
    NOT_FHIR = "the answer is not what was asked for in FHIR JSON"
    RELEASE = "the FHIR server speaks another release than R4"
    OUTCOME = "the FHIR server answered with an OperationOutcome"
    PAGES = "not all pages could be fetched"
    CIRCUIT = "the FHIR server failed repeatedly and is left alone for a while"
    CROWD = "too many calls wait for the FHIR server"

    @property
    def blames_server(self) -> bool:
        """Whether it tells that the server as a whole is in trouble, not this question or this token."""
        return self in {Reason.STATUS, Reason.BUSY, Reason.UNREACHABLE, Reason.LATE}


class NotFetchedError(Exception):
    """A question that got no usable answer; `status` is that of HTTP, where there was one."""

    def __init__(self, reason: Reason, status: int | None = None) -> None:
        super().__init__(reason.value)
        self.reason, self.status = reason, status
