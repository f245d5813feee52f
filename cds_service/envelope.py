"""The envelope of a call: its own members strictly, everything inside as the first look leaves it.

One pass of msgspec over the body types what that look needs of each resource. Where something in the body is not
built as FHIR has it, and where a hook brings resources in its context, the members are cut out as raw JSON instead.
"""

from collections.abc import Mapping
from typing import Any, TypeVar

import msgspec
from msgspec import Raw

from cds_service.errors import BadRequestError
from fhir_mappings.body_limits import check_body
from fhir_mappings.brought import Brought
from fhir_mappings.depth import MAX_DEPTH
from fhir_mappings.errors import StrictJSONError
from fhir_mappings.look_shapes import Value

T = TypeVar("T")
_ENVELOPE = "the envelope"
Members = Mapping[str, object]
"""By name: the value of a member, or its `Raw` JSON."""


class _Name(str):
    """A name as it stands in the body. Two that read alike are two, so that no value hides another.

    A reader that takes the first of them and one that takes the last would judge different patients.
    """

    __slots__ = ()
    __hash__ = object.__hash__

    def __eq__(self, other: object) -> bool:
        return self is other


class Envelope(msgspec.Struct, frozen=True, gc=False):
    """What a call holds: its members, those of `context`, and `prefetch` by key."""

    members: Members
    context: Members
    prefetch: Brought


class _Prefetch(msgspec.Struct, gc=False):
    prefetch: dict[str, Raw]


def _decoder(wanted: Any) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(wanted, dec_hook=lambda kind, text: kind(text))


_Plain = str | bool | int | float | list[Raw] | None
_LOOKED = _decoder(dict[_Name, _Plain | dict[_Name, _Plain | Value]])
_RAWS = _decoder(dict[_Name, Raw])
_RAWS_OR_NULL = _decoder(dict[_Name, Raw] | None)
_PLAIN = _decoder(dict[_Name, Any])
_PREFETCH = msgspec.json.Decoder(_Prefetch)


def open_envelope(raw: bytes, *, look: bool = True) -> Envelope:
    """The envelope in these bytes; BadRequestError says which member is wrong.

    With `look` the prefetch is looked at in the same pass. Without it, and where something is not built as FHIR has
    it, all members are left raw, those of `context` too.
    """
    try:
        check_body(raw)
        return (_looked_at(raw) if look else None) or _cut(raw)
    except StrictJSONError as error:
        raise BadRequestError(f"The body is refused: {error}.") from None
    except msgspec.ValidationError:
        raise BadRequestError("The body must be a JSON object.") from None
    except msgspec.DecodeError:
        raise BadRequestError("The body is not JSON.") from None
    except RecursionError:
        raise BadRequestError(f"The body is refused: nested deeper than {MAX_DEPTH} levels.") from None


def refuse_repeated_names(raw: bytes, where: str) -> None:
    """BadRequestError if a name occurs twice in the object that these bytes are; what is deeper is not looked at."""
    _by_name(_RAWS.decode(raw), where)


def members_of(value: object, where: str) -> Members:
    """The members of an object within the envelope; BadRequestError if it is none or a name in it occurs twice."""
    try:
        found = _PLAIN.decode(value) if isinstance(value, Raw) else value
    except msgspec.MsgspecError:
        found = None
    if not isinstance(found, dict):
        raise BadRequestError(f"{where} must be an object.")
    return _by_name(found, where)


def _looked_at(raw: bytes) -> Envelope | None:
    try:
        members = _by_name(_LOOKED.decode(raw), _ENVELOPE)
    except msgspec.ValidationError:
        return None
    values = _part(members, "prefetch")
    return Envelope(members, _part(members, "context"), Brought.decoded(values, lambda: _PREFETCH.decode(raw).prefetch))


def _cut(raw: bytes) -> Envelope:
    members = _by_name(_RAWS.decode(raw), _ENVELOPE)
    values = {key: bytes(value) for key, value in _part(members, "prefetch").items()}
    return Envelope(members, _part(members, "context"), Brought(values))


def _part(members: Members, name: str) -> dict[str, Any]:
    """The members of `context` or `prefetch`; only the latter may be null."""
    value = members.get(name, {})
    try:
        found = _RAWS_OR_NULL.decode(value) if isinstance(value, Raw) else value
    except msgspec.ValidationError:
        found = False
    if found is None and name == "prefetch":
        return {}
    if not isinstance(found, dict):
        raise BadRequestError(f"{name} must be a JSON object.")
    return _by_name(found, name)


def _by_name(members: Mapping[str, T], where: str) -> dict[str, T]:
    by_name = {str(name): value for name, value in members.items()}
    if len(by_name) < len(members):
        raise BadRequestError(f"A name occurs twice in {where}.")
    return by_name
