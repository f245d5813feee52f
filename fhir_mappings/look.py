"""The cheap look at a prefetch value: types the little that decides selection, leaves the rest as bytes.

One pass of msgspec over the bytes; objects exist only for the elements named here. Everything that is used
later is read again, strictly, from the bytes of its own entry (`raw_entries`).
"""

from dataclasses import dataclass, field

import msgspec
from msgspec import Raw, Struct


class Coding(Struct, gc=False):
    """Only the code: its system is compared after a hit."""

    code: str | None = None


class Concept(Struct, gc=False):
    """A CodeableConcept."""

    coding: list[Coding] | None = None
    text: str | None = None


class Reference(Struct, gc=False):
    """A Reference."""

    reference: str | None = None
    display: str | None = None


class Url(Struct, gc=False):
    """An Extension, of which only the kind is looked at."""

    url: str | None = None


class Meta(Struct, gc=False):
    """The profiles a resource claims."""

    profile: list[str] | None = None


class Contained(Struct, gc=False):
    """A contained resource: a medication may stand there."""

    code: Concept | None = None


class Look(Struct, gc=False, rename="camel"):
    """What the first look knows of a resource."""

    resource_type: str | None = None
    id: str | None = None
    meta: Meta | None = None
    extension: list[Url] | None = None
    clinical_status: Concept | None = None
    status_reason: Concept | None = None
    effective_date_time: str | None = None
    category: list[Concept] | Concept | None = None
    code: Concept | None = None
    medication_codeable_concept: Concept | None = None
    medication_reference: Reference | None = None
    contained: list[Contained] | None = None
    subject: Reference | None = None
    patient: Reference | None = None


class Link(Struct, gc=False):
    """A link of a Bundle."""

    relation: str | None = None


class Entry(Struct, gc=False):
    """An entry of a Bundle."""

    resource: Look | None = None


class Value(Look, gc=False, rename="camel"):
    """A prefetch value: a Bundle, or the resource itself."""

    total: int | None = None
    link: list[Link] | None = None
    entry: list[Entry] | None = None


class RawEntry(Struct, gc=False, rename="camel"):
    """An entry of a Bundle with the bytes of its resource."""

    resource: Raw = Raw(b"")
    full_url: str | None = None


class RawBundle(Struct, gc=False, rename="camel"):
    """A Bundle whose entries stay bytes."""

    resource_type: str | None = None
    entry: list[Raw] | None = None


class Search(Struct, gc=False):
    """Why an entry is in a search result."""

    mode: str | None = None


class Found(Struct, gc=False):
    """An entry of a Bundle, as far as its search mode."""

    search: Search | None = None


class FoundBundle(Struct, gc=False):
    """A Bundle, as far as the search modes of its entries."""

    entry: list[Found] | None = None


class Kind(Struct, gc=False, rename="camel"):
    """What a resource is, when nothing else of it can be typed."""

    resource_type: str | None = None
    id: str | None = None


_VALUE = msgspec.json.Decoder(Value)
_LOOK = msgspec.json.Decoder(Look)
_KIND = msgspec.json.Decoder(Kind)
_RAW_BUNDLE = msgspec.json.Decoder(RawBundle)
_RAW_ENTRY = msgspec.json.Decoder(RawEntry)
_FOUND = msgspec.json.Decoder(FoundBundle)
_RAW_LIST = msgspec.json.Decoder(list[Raw])
_UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


@dataclass(slots=True)
class Looked:
    """The first look at one value: its resources in the order they came, and what the Bundle says of itself.

    `looks` holds None where an entry has no resource or cannot be typed; `broken` are the positions of the latter.
    """

    raw: bytes
    is_bundle: bool
    looks: list[Look | None]
    broken: list[int] = field(default_factory=list)
    next_link: bool = False
    total: int | None = None
    refused: bool = False


def look_at(raw: bytes) -> list[Looked]:
    """The first look at a prefetch value: a Bundle, one resource, or a list of either; empty where it is none."""
    start = raw.lstrip()[:1] if raw[:1].isspace() else raw[:1]
    if start == b"[":
        try:
            return [one for part in _RAW_LIST.decode(raw) for one in look_at(bytes(part))]
        except _UNREADABLE:
            return []
    return [_look_at_object(raw)] if start == b"{" else []


def _look_at_object(raw: bytes) -> Looked:
    try:
        value = _VALUE.decode(raw)
    except _UNREADABLE:
        return _look_one_by_one(raw)
    if value.resource_type != "Bundle" and value.entry is None:
        return Looked(raw, False, [value])
    links = any(link.relation == "next" for link in value.link or ())
    return Looked(raw, True, [entry.resource for entry in value.entry or ()], next_link=links, total=value.total)


def _look_one_by_one(raw: bytes) -> Looked:
    """Entry by entry, so that one that is wrongly built does not take the others with it."""
    try:
        bundle = _RAW_BUNDLE.decode(raw)
    except _UNREADABLE:
        return Looked(raw, False, [], refused=True)
    is_bundle = bundle.resource_type == "Bundle" or bundle.entry is not None
    looked = Looked(raw, is_bundle, [], next_link=is_bundle and b'"next"' in raw)
    for position, (part, _) in enumerate(raw_entries(looked)):
        try:
            looked.looks.append(_LOOK.decode(part) if part else None)
        except _UNREADABLE:
            looked.looks.append(None)
            looked.broken.append(position)
    return looked


def raw_entries(looked: Looked) -> list[tuple[bytes, str | None]]:
    """The bytes and fullUrl of each resource of a value, at the positions of `looks`; empty where there is none."""
    if not looked.is_bundle:
        return [(looked.raw, None)]
    return [_raw_entry(bytes(entry)) for entry in _RAW_BUNDLE.decode(looked.raw).entry or ()]


def _raw_entry(raw: bytes) -> tuple[bytes, str | None]:
    """The resource of an entry and its fullUrl; an entry that is none stands for its resource, to be refused."""
    try:
        entry = _RAW_ENTRY.decode(raw)
    except _UNREADABLE:
        return raw, None
    resource = bytes(entry.resource)
    return b"" if resource == b"null" else resource, entry.full_url


def matched_entries(looked: Looked) -> int:
    """How many entries the search itself found: those only included, and its own messages, do not count."""
    resources = sum(look is None or look.resource_type != "OperationOutcome" for look in looked.looks)
    if b'"include"' not in looked.raw:
        return resources
    try:
        entries = _FOUND.decode(looked.raw).entry or ()
    except _UNREADABLE:
        return resources
    return resources - sum(entry.search is not None and entry.search.mode == "include" for entry in entries)


def kind_of(raw: bytes) -> tuple[str | None, str | None]:
    """resourceType and id of a resource that cannot be typed further, where they can be read."""
    try:
        kind = _KIND.decode(raw)
    except _UNREADABLE:
        return None, None
    return kind.resource_type, kind.id
