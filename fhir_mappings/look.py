"""The cheap look at a prefetch value: types the little that decides selection, leaves the rest as bytes.

One pass of msgspec over the bytes; objects exist only for the elements named here. Everything that is used
later is read again, strictly, from the bytes of its own entry (`raw_entries`).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import msgspec
from msgspec import Raw

from fhir_mappings.look_shapes import Kind, Look, RawBundle, RawEntry, Value

_VALUE = msgspec.json.Decoder(Value)
_LOOK = msgspec.json.Decoder(Look)
_KIND = msgspec.json.Decoder(Kind)
_RAW_BUNDLE = msgspec.json.Decoder(RawBundle)
_RAW_ENTRY = msgspec.json.Decoder(RawEntry)
_RAW_LIST = msgspec.json.Decoder(list[Raw])
_UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


@dataclass(slots=True)
class Looked:
    """The first look at one value: its resources in the order they came, and what the Bundle says of itself.

    `looks` holds None where an entry has no resource or cannot be typed; `broken` are the positions of the latter.
    `included` is how many entries the search only added, looked at where a total is stated. `cut` gives the bytes.
    """

    cut: Callable[[], bytes]
    is_bundle: bool
    looks: list[Look | None]
    broken: list[int] = field(default_factory=list)
    next_link: bool = False
    total: int | None = None
    included: int = 0
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
        return looked_at(_VALUE.decode(raw), lambda: raw)
    except _UNREADABLE:
        return _look_one_by_one(raw)


def looked_at(value: Value, cut: Callable[[], bytes]) -> Looked:
    """The first look at a value that is typed already; `cut` gives its bytes."""
    if value.resource_type != "Bundle" and value.entry is None:
        return Looked(cut, False, [value])
    entries = value.entry or ()
    looked = Looked(cut, True, [entry.resource for entry in entries])
    if value.link:
        looked.next_link = any(link.relation == "next" for link in value.link)
    if value.total is not None:
        looked.total = value.total
        looked.included = sum(entry.search is not None and entry.search.mode == "include" for entry in entries)
    return looked


def _look_one_by_one(raw: bytes) -> Looked:
    """Entry by entry, so that one that is wrongly built does not take the others with it."""
    try:
        bundle = _RAW_BUNDLE.decode(raw)
    except _UNREADABLE:
        return Looked(lambda: raw, False, [], refused=True)
    is_bundle = bundle.resource_type == "Bundle" or bundle.entry is not None
    looked = Looked(lambda: raw, is_bundle, [], next_link=is_bundle and b'"next"' in raw)
    for position, (part, _) in enumerate(raw_entries(looked)):
        try:
            looked.looks.append(_LOOK.decode(part) if part else None)
        except _UNREADABLE:
            looked.looks.append(None)
            looked.broken.append(position)
    return looked


def raw_entries(looked: Looked) -> list[tuple[bytes, str | None]]:
    """The bytes and fullUrl of each resource of a value, at the positions of `looks`; empty where there is none."""
    return [raw_entry(looked, part) for part in raw_parts(looked)]


def raw_parts(looked: Looked) -> list[Raw]:
    """The entries of a value, still unread: what stands at the positions of `looks`."""
    if looked.refused:
        return []
    raw = looked.cut()
    return (_RAW_BUNDLE.decode(raw).entry or []) if looked.is_bundle else [Raw(raw)]


def raw_entry(looked: Looked, part: Raw) -> tuple[bytes, str | None]:
    """The resource of an entry and its fullUrl; an entry that is none stands for its resource, to be refused."""
    raw = bytes(part)
    if not looked.is_bundle:
        return raw, None
    try:
        entry = _RAW_ENTRY.decode(raw)
    except _UNREADABLE:
        return raw, None
    resource = bytes(entry.resource)
    return b"" if resource == b"null" else resource, entry.full_url


def matched_entries(looked: Looked) -> int:
    """How many entries the search itself found: those only included, and its own messages, do not count."""
    resources = sum(look is None or look.resource_type != "OperationOutcome" for look in looked.looks)
    return resources - looked.included


def kinds_in(looked: Looked) -> Iterator[tuple[str | None, str | None]]:
    """resourceType and id of each resource of a value, as far as they can be read."""
    parts = raw_entries(looked) if looked.broken else ()
    yield from ((look.resource_type, look.id) for look in looked.looks if look is not None)
    yield from (kind_of(parts[position][0]) for position in looked.broken)


def kind_of(raw: bytes) -> tuple[str | None, str | None]:
    """resourceType and id of a resource that cannot be typed further, where they can be read."""
    try:
        kind = _KIND.decode(raw)
    except _UNREADABLE:
        return None, None
    return kind.resource_type, kind.id
