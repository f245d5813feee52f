"""The envelope of a call: its own members strictly, everything inside left as the bytes it came in.

One pass of msgspec finds where each member begins and ends; a walk over the few names then makes sure that none
occurs twice, because a reader that takes the first and one that takes the last would judge different patients.
"""

from collections.abc import Mapping
from re import DOTALL, Match, Pattern
from re import compile as pattern

import msgspec
from msgspec import UNSET, Raw, UnsetType

from cds_service.errors import BadRequestError
from fhir_mappings.body_limits import check_body
from fhir_mappings.depth import MAX_DEPTH
from fhir_mappings.errors import StrictJSONError

Members = Mapping[str, bytes]

_OPEN = pattern(rb"[ \t\r\n]*\{")
_EMPTY = pattern(rb"[ \t\r\n]*\}")
_NAME = pattern(rb'[ \t\r\n]*"([^"\\]*(?:\\.[^"\\]*)*)"[ \t\r\n]*:[ \t\r\n]*', DOTALL)
_NEXT = pattern(rb"[ \t\r\n]*([,}])")


class _Wire(msgspec.Struct, rename="camel", gc=False):
    """The members of the envelope that we know; all but two stay raw."""

    hook: Raw | UnsetType = UNSET
    hook_instance: Raw | UnsetType = UNSET
    fhir_server: Raw | UnsetType = UNSET
    fhir_authorization: Raw | UnsetType = UNSET
    extension: Raw | UnsetType = UNSET
    context: dict[str, Raw] | UnsetType = UNSET
    prefetch: dict[str, Raw] | UnsetType | None = UNSET


class Envelope(msgspec.Struct, frozen=True, gc=False):
    """What a call holds: raw JSON by member, `context` and `prefetch` by member of their own."""

    members: Members
    context: Members
    prefetch: Members


_WIRE = msgspec.json.Decoder(_Wire)
_ALL = msgspec.json.Decoder(dict[str, Raw])
_NAMES = {"hook": "hook", "hookInstance": "hook_instance", "fhirServer": "fhir_server",
          "fhirAuthorization": "fhir_authorization", "extension": "extension"}  # fmt: skip


def open_envelope(raw: bytes) -> Envelope:
    """The envelope in these bytes; BadRequestError says which member is wrong."""
    try:
        check_body(raw)
        wire = _WIRE.decode(raw)
    except StrictJSONError as error:
        raise BadRequestError(f"The body is refused: {error}.") from None
    except msgspec.ValidationError as error:
        raise BadRequestError(_not_an_object(str(error))) from None
    except msgspec.DecodeError:
        raise BadRequestError("The body is not JSON.") from None
    except RecursionError:
        raise BadRequestError(f"The body is refused: nested deeper than {MAX_DEPTH} levels.") from None
    envelope = Envelope(
        members={name: bytes(value) for name, field in _NAMES.items() if (value := getattr(wire, field)) is not UNSET},
        context={} if wire.context is UNSET else {name: bytes(value) for name, value in wire.context.items()},
        prefetch={name: bytes(value) for name, value in (wire.prefetch or {}).items()},
    )
    _refuse_repeated_names(raw, wire, envelope)
    return envelope


def refuse_repeated_names(raw: bytes, where: str) -> None:
    """BadRequestError if a name occurs twice in the object that these bytes are; what is deeper is not looked at."""
    _walk(raw, 0, {name: bytes(value) for name, value in _ALL.decode(raw).items()}, {}, where)


def _not_an_object(message: str) -> str:
    for member in ("context", "prefetch"):
        if f"$.{member}" in message:
            return f"{member} must be a JSON object."
    return "The body must be a JSON object."


def _refuse_repeated_names(raw: bytes, wire: _Wire, envelope: Envelope) -> None:
    inner: dict[str, Members] = {}
    if wire.context is not UNSET:
        inner["context"] = envelope.context
    outer = dict(envelope.members)
    if wire.prefetch is None:
        outer["prefetch"] = b"null"
    elif wire.prefetch is not UNSET:
        inner["prefetch"] = envelope.prefetch
    _walk(raw, 0, outer, inner)


def _walk(raw: bytes, at: int, values: Members, inner: Mapping[str, Members], where: str = "the envelope") -> int:
    """Where the object that begins at `at` ends; BadRequestError if a name in it occurs twice.

    Each name must be followed by exactly the value that the decoder kept for it: of a repeated name the decoder
    kept the last, so the walk either meets the name again or stumbles over the first value.
    """
    at = _match(_OPEN, raw, at, where).end()
    if (empty := _EMPTY.match(raw, at)) is not None:
        return empty.end()
    seen: set[str] = set()
    while True:
        found = _match(_NAME, raw, at, where)
        name, at = _text(found[1]), found.end()
        if name in seen:
            raise _twice(where)
        seen.add(name)
        if name in inner:
            at = _walk(raw, at, inner[name], {}, name)
        else:
            if name not in values and inner:  # a member of the envelope that we do not know
                values = {other: bytes(value) for other, value in _ALL.decode(raw).items()}
            at = _over(values.get(name), raw, at, where)
        found = _match(_NEXT, raw, at, where)
        at = found.end()
        if found[1] == b"}":
            return at


def _over(value: bytes | None, raw: bytes, at: int, where: str) -> int:
    if value is None or not raw.startswith(value, at):
        raise _twice(where)
    return at + len(value)


def _text(name: bytes) -> str:
    return str(msgspec.json.decode(b'"' + name + b'"', type=str)) if b"\\" in name else name.decode()


def _match(wanted: Pattern[bytes], raw: bytes, at: int, where: str) -> Match[bytes]:
    found = wanted.match(raw, at)
    if found is None:
        raise _twice(where)
    return found


def _twice(where: str) -> BadRequestError:
    return BadRequestError(f"A name occurs twice in {where}.")
