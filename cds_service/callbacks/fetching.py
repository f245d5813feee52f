"""One key fetched: by `patient` or by `subject`, page after page, with a bound on everything."""

from dataclasses import dataclass
from re import IGNORECASE
from re import compile as pattern

import msgspec

from cds_service.callbacks.client import FhirClient
from cds_service.callbacks.pages import Page, joined
from cds_service.callbacks.queries import Query
from cds_service.callbacks.reasons import NotFetchedError, Reason
from cds_service.outbound.addresses import Address

PAGES_AT_MOST = 20
ENTRIES_AT_MOST = 5000

_UNKNOWN = pattern(r"unknown|unsupported|not support|not known|unrecogni|not recogni|invalid|ignor|no such", IGNORECASE)
_PATIENT = pattern(r"\bpatient\b", IGNORECASE)


@dataclass(frozen=True, slots=True)
class Found:
    """What came of a key: a Page, whole or in part, and why no more."""

    page: Page | None
    reason: Reason | None = None


class _Text(msgspec.Struct, gc=False):
    text: str | None = None


class _Issue(msgspec.Struct, gc=False):
    details: _Text | None = None
    diagnostics: str | None = None


class _Outcome(msgspec.Struct, rename="camel", gc=False):
    resource_type: str | None = None
    issue: list[_Issue] | None = None


class _Entry(msgspec.Struct, gc=False):
    resource: _Outcome | None = None


_OUTCOME = msgspec.json.Decoder(_Outcome)
_OUTCOME_ENTRY = msgspec.json.Decoder(_Entry)


def fetch_key(client: FhirClient, query: Query) -> Found:
    """All that the server has for a query."""
    try:
        first = _checked(_first_page(client, query), query)
    except NotFetchedError as error:
        return Found(None, error.reason)
    return follow(client, first, query) if query.is_search else Found(first)


def follow(client: FhirClient, first: Page, query: Query) -> Found:
    """A first page with those after it, as far as they can be had from the same server."""
    pages, at = [first], Address.parse(f"{client.base.base}/{query.resource_type}")
    seen: set[str] = set()
    while (link := pages[-1].next) is not None:
        at = at.follow(link) if at is not None else None
        if at is None or at.text in seen or len(pages) >= PAGES_AT_MOST:
            return Found(joined(pages), Reason.PAGES)
        seen.add(at.text)
        try:
            pages.append(_checked(client.get(at), query))
        except NotFetchedError as error:
            return Found(joined(pages), error.reason)
        if sum(len(page.entries) for page in pages) > ENTRIES_AT_MOST:
            return Found(joined(pages[:-1]), Reason.TOO_MUCH)
    return Found(joined(pages))


def _first_page(client: FhirClient, query: Query) -> Page:
    """By `patient`; by `subject` where the server says that it does not know the other."""
    by_subject = query.by_subject()
    try:
        page = client.ask(query)
    except NotFetchedError as error:
        if by_subject is None or error.status not in {400, 422}:
            raise
        return client.ask(by_subject)
    if by_subject is None or not _disowns_parameter(page):
        return page
    try:
        return client.ask(by_subject)
    except NotFetchedError:
        return page  # then it holds more than was asked for, and what is of other patients is dropped


def _checked(page: Page, query: Query) -> Page:
    """The page if it is what was asked for."""
    if page.resource_type == "OperationOutcome":
        raise NotFetchedError(Reason.OUTCOME)
    if not query.is_search:
        if page.resource_type != query.resource_type or page.id != query.read_id:
            raise NotFetchedError(Reason.NOT_FHIR)
        return page
    others = page.kinds() - {None, "OperationOutcome"} if page.resource_type == "Bundle" else {page.resource_type}
    if page.resource_type != "Bundle" or (others and query.resource_type not in others):
        raise NotFetchedError(Reason.NOT_FHIR)
    if len(page.entries) > ENTRIES_AT_MOST:
        raise NotFetchedError(Reason.TOO_MUCH)
    return page


def _disowns_parameter(page: Page) -> bool:
    """Whether an OperationOutcome, as the value or as an entry, says that `patient` is no parameter here."""
    if page.resource_type == "OperationOutcome":
        return _says_unknown(_OUTCOME, page.raw)
    return any(b"OperationOutcome" in entry and _says_unknown(_OUTCOME_ENTRY, entry) for entry in page.entries)


def _says_unknown(decoder: "msgspec.json.Decoder[_Outcome] | msgspec.json.Decoder[_Entry]", raw: bytes) -> bool:
    try:
        found = decoder.decode(raw)
    except (msgspec.MsgspecError, RecursionError):
        return False
    outcome = found.resource if isinstance(found, _Entry) else found
    if outcome is None or outcome.resource_type != "OperationOutcome":
        return False
    texts = (f"{issue.details.text if issue.details else ''} {issue.diagnostics}" for issue in outcome.issue or ())
    return any(_PATIENT.search(text) and _UNKNOWN.search(text) for text in texts)
