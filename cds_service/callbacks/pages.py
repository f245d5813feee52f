"""A page of a search: its entries as bytes, where the next one is, and what the server says in between."""

from dataclasses import dataclass

import msgspec
from msgspec import Raw

from cds_service.callbacks.reasons import NotFetchedError, Reason
from cds_service.envelope import refuse_repeated_names
from cds_service.errors import BadRequestError
from fhir_mappings.body_limits import check_body
from fhir_mappings.errors import StrictJSONError


class _Link(msgspec.Struct, gc=False):
    relation: str | None = None
    url: str | None = None


class _Bundle(msgspec.Struct, rename="camel", gc=False):
    resource_type: str | None = None
    id: str | None = None
    total: int | None = None
    link: list[_Link] | None = None
    entry: list[Raw] | None = None


class _Type(msgspec.Struct, rename="camel", gc=False):
    resource_type: str | None = None


class _Entry(msgspec.Struct, gc=False):
    resource: _Type | None = None


_BUNDLE = msgspec.json.Decoder(_Bundle)
_ENTRY = msgspec.json.Decoder(_Entry)


@dataclass(frozen=True, slots=True)
class Page:
    """One page as it came, or several put together."""

    raw: bytes
    resource_type: str
    id: str | None
    entries: tuple[bytes, ...]
    next: str | None
    total: int | None

    def kinds(self) -> frozenset[str | None]:
        """The resource types of the entries."""
        return frozenset(map(_kind, self.entries))


def read_page(raw: bytes) -> Page:
    """The page in these bytes, read as strictly as a body; NotFetchedError if it is no FHIR resource in JSON."""
    try:
        check_body(raw)
        refuse_repeated_names(raw, "a page")
        found = _BUNDLE.decode(raw)
    except (StrictJSONError, BadRequestError, msgspec.MsgspecError, RecursionError):
        raise NotFetchedError(Reason.NOT_FHIR) from None
    if found.resource_type is None:
        raise NotFetchedError(Reason.NOT_FHIR)
    links = [link.url for link in found.link or () if link.relation == "next"]
    return Page(
        raw=raw,
        resource_type=found.resource_type,
        id=found.id,
        entries=tuple(map(bytes, found.entry or ())),
        next=(links[0] or "") if links else None,
        total=found.total,
    )


def joined(pages: list[Page]) -> Page:
    """The pages as one; a next link of the last one stays, and with it the state `incomplete`."""
    if len(pages) == 1:
        return pages[0]
    entries = tuple(entry for page in pages for entry in page.entries)
    total = next((page.total for page in pages if page.total is not None), None)
    rest = pages[-1].next
    head: dict[str, object] = {"resourceType": "Bundle", "type": "searchset"}
    head |= {"total": total} if total is not None else {}
    head |= {"link": [{"relation": "next", "url": rest}]} if rest is not None else {}
    raw = msgspec.json.encode(head)[:-1] + b',"entry":[' + b",".join(entries) + b"]}"
    return Page(raw, "Bundle", None, entries, rest, total)


def _kind(entry: bytes) -> str | None:
    try:
        found = _ENTRY.decode(entry).resource
    except (msgspec.MsgspecError, RecursionError):
        return None
    return found.resource_type if found else None
