"""One gap filled: what was fetched is used where it is more than what came along."""

from dataclasses import dataclass

from cds_service.callbacks.client import FhirClient
from cds_service.callbacks.fetching import Found, fetch_key, follow
from cds_service.callbacks.gaps import Gap, is_short
from cds_service.callbacks.pages import Page, read_page
from cds_service.callbacks.queries import Query
from cds_service.callbacks.reasons import NotFetchedError, Reason
from fhir_mappings.availability import availability
from fhir_mappings.look import look_at

WHOLE = frozenset({"found", "nothing-found"})

_OF_THIS_PAGE = frozenset({Reason.PAGES, Reason.REJECTED, Reason.NOT_FHIR, Reason.OUTCOME})
"""Why following pages ended, where the whole query asked anew may fare better: a link may be stale or not ours."""


@dataclass(frozen=True, slots=True)
class Filled:
    """The value of a key to judge by (None: as it came), and why it is not whole."""

    raw: bytes | None
    reason: Reason | None = None


def fill(client: FhirClient, query: Query, gap: Gap, sent: bytes | None) -> Filled:
    """What a gap is filled with."""
    if gap is Gap.PARTIAL and sent is not None:
        return _rest(client, query, sent)
    found = fetch_key(client, query)
    if gap is Gap.SHORT and sent is not None:
        return Filled(_longer(sent, found.page))  # if no more can be had, the missing entries are reported
    return _filled(found)


def _rest(client: FhirClient, query: Query, sent: bytes) -> Filled:
    """The pages after the one that came along; else the whole query anew."""
    followed = Found(None, Reason.PAGES)
    try:
        page = read_page(sent)
    except NotFetchedError:
        page = None
    if page is not None and page.next is not None:
        followed = follow(client, page, query)
        if not (followed.reason in _OF_THIS_PAGE or _holds_failure(followed)):
            return _filled(followed)
    anew = fetch_key(client, query)
    if anew.reason is None or _entries(anew.page) > _entries(followed.page):
        return _filled(anew)
    return _filled(Found(followed.page, anew.reason))


def _holds_failure(followed: Found) -> bool:
    """Whether all pages are there, and one of them tells of an error."""
    page = followed.page
    return followed.reason is None and page is not None and availability(look_at(page.raw)) not in WHOLE


def _filled(found: Found) -> Filled:
    return Filled(found.page.raw if found.page is not None else None, found.reason)


def _longer(sent: bytes, page: Page | None) -> bytes | None:
    if page is None or page.next is not None:
        return None
    sent_entries = sent.count(b'"resource"')
    return page.raw if not is_short(look_at(page.raw)) or len(page.entries) > sent_entries else None


def _entries(page: Page | None) -> int:
    return len(page.entries) if page is not None else 0
