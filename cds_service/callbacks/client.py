"""One FHIR server as one call meets it: its base, the token, the moment all must be over, the bytes left to read."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from re import ASCII, IGNORECASE
from re import compile as pattern
from threading import Lock
from time import monotonic

from pydantic import SecretStr

from cds_service.callbacks.pages import Page, read_page
from cds_service.callbacks.queries import LONGEST_ADDRESS, Query
from cds_service.callbacks.reasons import NotFetchedError, Reason
from cds_service.outbound.addresses import Address
from cds_service.outbound.errors import FetchError, StatusError, TooLateError, UnfitAnswerError
from cds_service.outbound.fetch import Ask, Fetched, fetch

BYTES_OF_ANSWER = 8 * 1024 * 1024
ACCEPT = "application/fhir+json, application/json;q=0.9"
_JSON = pattern(r"application/(?:fhir\+json|json|json\+fhir)", ASCII | IGNORECASE)
_RELEASES = ("4.0", "4.3")
_ANOTHER_METHOD = frozenset({404, 405, 406, 411, 413, 414, 415, 431, 501})
"""Statuses after which the same question may still be answered by the other method."""


class Budget:
    """How many bytes one call may still read, over all its keys."""

    def __init__(self, size: int) -> None:
        self._left, self._lock = size, Lock()

    def take(self, size: int) -> None:
        """NotFetchedError if that is more than is left."""
        with self._lock:
            self._left -= size
            if self._left < 0:
                raise NotFetchedError(Reason.TOO_MUCH)


@dataclass(frozen=True, slots=True)
class FhirClient:
    """Asks one server on behalf of one call."""

    base: Address
    token: SecretStr | None
    ends: float
    budget: Budget

    def address(self, query: Query) -> Address | None:
        """Where a query is asked by GET; None if it cannot be asked so."""
        return Address.parse(f"{self.base.base}/{query.path}")

    def get(self, address: Address) -> Page:
        """What is at an address; NotFetchedError if it does not lie below the base, or nothing usable comes."""
        if not self.base.holds(address):
            raise NotFetchedError(Reason.PAGES)
        return self._page(Ask(address.text, accept=ACCEPT, token=self.token))

    def ask(self, query: Query) -> Page:
        """The first page of a query: by GET, or by POST where the address is too long; the other way if refused."""
        address = self.address(query)
        ways: list[Callable[[], Page]] = [] if address is None else [partial(self.get, address)]
        if query.is_search:
            ways.append(partial(self._post, query))
        if address is not None and len(address.text) > LONGEST_ADDRESS:
            ways.reverse()
        for way in ways[:-1]:
            try:
                return way()
            except NotFetchedError as error:
                if error.status not in _ANOTHER_METHOD:
                    raise
        return ways[-1]()

    def _post(self, query: Query) -> Page:
        address = f"{self.base.base}/{query.resource_type}/_search"
        return self._page(Ask(address, accept=ACCEPT, token=self.token, form=query.form))

    def _page(self, ask: Ask) -> Page:
        try:
            fetched = fetch(ask, seconds=self.ends - monotonic(), bytes_at_most=BYTES_OF_ANSWER)
        except FetchError as error:
            raise _not_fetched(error) from None
        _check_media_type(fetched)
        self.budget.take(len(fetched.body))
        return read_page(fetched.body)


def _not_fetched(error: FetchError) -> NotFetchedError:
    if isinstance(error, StatusError):
        return NotFetchedError(_reason_of(error.status), error.status)
    if isinstance(error, TooLateError):
        return NotFetchedError(Reason.LATE)
    return NotFetchedError(Reason.TOO_MUCH if isinstance(error, UnfitAnswerError) else Reason.UNREACHABLE)


def _reason_of(status: int) -> Reason:
    if status in {401, 403}:
        return Reason.REFUSED
    if status in {429, 503}:
        return Reason.BUSY
    return Reason.REJECTED if 400 <= status < 500 or status == 501 else Reason.STATUS


def _check_media_type(fetched: Fetched) -> None:
    """NotFetchedError unless this is JSON in UTF-8 and, if it says so, FHIR R4 or R4B."""
    kind, *parameters = (part.strip() for part in fetched.headers.get("content-type", "").split(";"))
    pairs = (parameter.partition("=") for parameter in parameters)
    named = {name.strip().lower(): value.strip('" ').lower() for name, _, value in pairs}
    if not _JSON.fullmatch(kind) or named.get("charset", "utf-8") not in {"utf-8", "utf8"}:
        raise NotFetchedError(Reason.NOT_FHIR)
    if not named.get("fhirversion", "4.0").startswith(_RELEASES):
        raise NotFetchedError(Reason.RELEASE)
