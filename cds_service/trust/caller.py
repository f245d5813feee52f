"""Who a call comes from."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Caller:
    """A registered client whose token was valid; names are those of the clients file."""

    name: str
    issuer: str
    tenant: str | None = None
