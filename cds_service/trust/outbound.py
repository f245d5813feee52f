"""How a key set is fetched: by the guarded way out, without any secret."""

from cds_service.outbound.errors import FetchError
from cds_service.outbound.fetch import Ask, Fetched
from cds_service.outbound.fetch import fetch as guarded_fetch

__all__ = ["FetchError", "Fetched", "fetch"]


def fetch(address: str, *, seconds: float, bytes_at_most: int) -> Fetched:
    """What the address answers within `seconds`; FetchError if it is not a plain 200."""
    return guarded_fetch(Ask(address), seconds=seconds, bytes_at_most=bytes_at_most)
