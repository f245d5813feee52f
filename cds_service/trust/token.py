"""From an Authorization header to a token read strictly; nothing in it is believed yet.

Libraries for JWT read more than one spelling: padding, doubled names (the last one wins), UTF-16, members that they do
not know. Two readers could then see two tokens. So this reader stands before the library and knows one spelling only.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from re import ASCII
from re import compile as pattern

from cds_service.errors import NotTrustedError
from cds_service.trust.refusals import Refusal
from fhir_mappings.errors import StrictJSONError
from fhir_mappings.strict_json import loads

TOKEN_LENGTH = 8192
TEXT_LENGTH = 256
"""Longest key id and token id."""

REQUIRED = frozenset({"alg", "kid", "typ"})
KNOWN = REQUIRED | {"jku", "x5t", "x5t#S256"}
"""Header members that are read or harmless. Any other could change what the token means, so it is refused:
`crit`, `b64` and `zip` do, and `jwk`, `x5u` and `x5c` bring a key of the sender's own choice."""

_BEARER = pattern(r"bearer ([\w-]+\.[\w-]+\.[\w-]+)", ASCII)


@dataclass(frozen=True, slots=True)
class Token:
    """A token with its parts decoded; `compact` is how it came, and has no readable form."""

    compact: str = field(repr=False)
    algorithm: str
    key_id: str
    key_address: object
    claims: Mapping[str, object] = field(repr=False)


def read_token(authorization: str | None) -> Token:
    """The token of a Bearer header; NotTrustedError if it has not exactly one, or one that is not well formed."""
    if not authorization:
        raise NotTrustedError(Refusal.ABSENT)
    scheme, _, rest = authorization.partition(" ")
    # gunicorn joins several headers of one name with commas, which no token holds
    found = _BEARER.fullmatch(f"{scheme.lower()} {rest}") if len(authorization) <= TOKEN_LENGTH else None
    if found is None:
        raise NotTrustedError(Refusal.MALFORMED)
    compact = found[1]
    header, claims, _signature = map(decode_part, compact.split("."))
    members = read_object(header)
    _check_header(members)
    return Token(
        compact=compact,
        algorithm=str(members["alg"]),
        key_id=str(members["kid"]),
        key_address=members.get("jku"),
        claims=read_object(claims),
    )


def decode_part(part: str) -> bytes:
    """The bytes of base64url text without padding, in its one canonical spelling."""
    if len(part) % 4 == 1:
        raise NotTrustedError(Refusal.MALFORMED)
    decoded = urlsafe_b64decode(part + "=" * (-len(part) % 4))
    if urlsafe_b64encode(decoded).rstrip(b"=") != part.encode("ascii"):
        raise NotTrustedError(Refusal.MALFORMED)
    return decoded


def read_object(raw: bytes) -> Mapping[str, object]:
    """A JSON object, read strictly."""
    try:
        value = loads(raw)
    except StrictJSONError:
        raise NotTrustedError(Refusal.MALFORMED) from None
    if not isinstance(value, dict):
        raise NotTrustedError(Refusal.MALFORMED)
    return value


def is_short_text(value: object) -> bool:
    """Whether this is a string of 1 to 256 printable characters that are not all blank."""
    return isinstance(value, str) and len(value) <= TEXT_LENGTH and value.isprintable() and bool(value.strip())


def _check_header(members: Mapping[str, object]) -> None:
    if not members.keys() >= REQUIRED or not members.keys() <= KNOWN:
        raise NotTrustedError(Refusal.HEADER)
    if members["typ"] != "JWT" or not isinstance(members["alg"], str) or not is_short_text(members["kid"]):
        raise NotTrustedError(Refusal.HEADER)
