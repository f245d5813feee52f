"""The claims of a token, checked against what we know of its client. The signature is another matter.

https://cds-hooks.hl7.org/#trusting-cds-clients
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from cds_service.errors import NotTrustedError
from cds_service.trust.refusals import Refusal
from cds_service.trust.token import is_short_text

if TYPE_CHECKING:
    from cds_service.settings_files import Client

SKEW_SECONDS = 30
"""How far a client's clock may differ from ours: `iat` and `nbf` may lie so far ahead, and then `exp` too. An `exp` in
the past gets none: a clock 30 s behind still leaves nearly all of a token's minutes."""

_MINUTE_SECONDS = 60

Claims = Mapping[str, object]
Fail = Callable[[Refusal], NotTrustedError]


@dataclass(frozen=True, slots=True)
class Accepted:
    """What is kept of claims that hold: when the token ends, its id, and the tenant."""

    expires: float
    token_id: str
    tenant: str | None


def check_claims(claims: Claims, client: "Client", endpoint: str, now: float) -> Accepted:
    """The claims of this client's token for this endpoint, now; NotTrustedError if one does not hold."""

    def fail(reason: Refusal) -> NotTrustedError:
        return NotTrustedError(reason, client.name)

    if not _audience_holds(claims.get("aud"), frozenset({endpoint, *client.audience_aliases})):
        raise fail(Refusal.AUDIENCE)
    expires = _check_times(claims, client.max_token_minutes * _MINUTE_SECONDS, now, fail)
    tenant, token_id = claims.get("tenant"), claims.get("jti")
    if client.tenants and not (isinstance(tenant, str) and tenant in client.tenants):
        raise fail(Refusal.TENANT)
    if not is_short_text(token_id):
        raise fail(Refusal.ID)
    return Accepted(expires, str(token_id), str(tenant) if client.tenants else None)


def _audience_holds(audience: object, accepted: frozenset[str]) -> bool:
    """Whether every entry is an address of ours: a token that is meant for others too could be replayed by them."""
    entries = audience if isinstance(audience, list) else [audience]
    return bool(entries) and all(isinstance(entry, str) and entry in accepted for entry in entries)


def _check_times(claims: Claims, longest_seconds: int, now: float, fail: Fail) -> float:
    expires, issued = _seconds(claims.get("exp")), _seconds(claims.get("iat"))
    not_before = _seconds(claims["nbf"]) if "nbf" in claims else now
    if expires is None or issued is None or not_before is None:
        raise fail(Refusal.TIMES)
    if expires <= now:
        raise fail(Refusal.EXPIRED)
    # ahead of our clock or, if that is further on, of the client's; and issued not long ago
    too_long = expires - max(issued, now) > longest_seconds or expires - issued > longest_seconds + SKEW_SECONDS
    if too_long or expires <= issued or max(issued, not_before) > now + SKEW_SECONDS:
        raise fail(Refusal.TIMES)
    return expires


def _seconds(value: object) -> float | None:
    """A number of seconds; the strict reader made it an int or a Decimal, and true is neither."""
    return float(value) if isinstance(value, int | Decimal) and not isinstance(value, bool) else None
