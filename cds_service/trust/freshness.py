"""How long a fetched key set may be used, as the answer's Cache-Control says."""

from collections.abc import Mapping
from dataclasses import dataclass

DEFAULT_SECONDS = 300.0
"""Without a word from the server."""
AT_LEAST_SECONDS = 5.0
"""Even if the server allows none: else every call, of anyone, would cause a call of ours."""
AT_MOST_SECONDS = 24 * 3600.0
"""Keys older than this are used by no means."""

_STRICT = frozenset({"no-store", "no-cache", "must-revalidate"})


@dataclass(frozen=True, slots=True)
class Freshness:
    """For how long the set is fresh, and for how long it may serve if no newer one can be had."""

    fresh_seconds: float
    usable_seconds: float


def freshness(headers: Mapping[str, str]) -> Freshness:
    """From the header fields, whose names are in lower case."""
    directives = {part.strip().lower() for part in headers.get("cache-control", "").split(",")}
    ages = [int(text) for part in directives if (text := _digits(part.removeprefix("max-age=")))]
    fresh = DEFAULT_SECONDS if not ages else float(min(ages) - int(_digits(headers.get("age", "0")) or 0))
    if not directives.isdisjoint({"no-store", "no-cache"}):
        fresh = 0.0
    fresh = min(max(fresh, AT_LEAST_SECONDS), AT_MOST_SECONDS)
    return Freshness(fresh, fresh if directives & _STRICT else AT_MOST_SECONDS)


def _digits(text: str) -> str:
    text = text.strip('" ')
    return text if text.isascii() and text.isdigit() and len(text) < 12 else ""
