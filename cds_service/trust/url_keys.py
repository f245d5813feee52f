"""Keys fetched from a client's address: kept as long as it allows, fetched again seldom, and only from there."""

from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from time import monotonic

from structlog.typing import FilteringBoundLogger

from cds_service.settings_files import Client
from cds_service.trust.freshness import freshness
from cds_service.trust.keys import BYTES_AT_MOST, KeySet, KeySetError, read_keys
from cds_service.trust.outbound import Fetched, FetchError, fetch

FETCH_SECONDS = 1.5
UNKNOWN_KEY_SECONDS = 30.0
"""An unknown key id makes us fetch once in this time; ids that nobody has cost a client nothing more."""
RETRY_SECONDS = 30.0
"""After a failure, as long as keys are held that may still serve."""
RETRY_WITHOUT_KEYS_SECONDS = 2.0

Fetch = Callable[[str], Fetched]


def fetch_keys(address: str) -> Fetched:
    """What the address of a key set answers."""
    return fetch(address, seconds=FETCH_SECONDS, bytes_at_most=BYTES_AT_MOST)


@dataclass(frozen=True, slots=True)
class _Held:
    keys: KeySet
    fresh_until: float
    usable_until: float


class UrlKeys:
    """The key set of one client in this process. Calls that need a fetch wait for the one under way."""

    def __init__(
        self,
        client: Client,
        log: FilteringBoundLogger,
        clock: Callable[[], float] = monotonic,
        fetch: Fetch = fetch_keys,
    ) -> None:
        self._client, self._log, self._clock, self._fetch = client, log, clock, fetch
        self._address = client.jwks_url or ""
        self._lock = Lock()
        self._held: _Held | None = None
        self._ended = self._next_for_unknown = self._next_try = float("-inf")

    def keys(self, key_id: str) -> KeySet | None:
        """The set to look this id up in: fetched if there is none, it is stale, or (seldom) the id is not in it."""
        arrived = self._clock()
        held = self._usable(arrived)
        if held is not None and self._will_do(held, key_id, arrived):
            return held.keys
        # keys that may still serve need no waiting for newer ones
        waits = held is None or key_id not in held.keys.key_ids
        if not self._lock.acquire(blocking=waits):
            return held.keys if held else None
        try:
            if self._ended <= arrived:  # else another call has fetched meanwhile, and that answer is new enough
                self._fetch_if_due(key_id, arrived)
        finally:
            self._lock.release()
        held = self._usable(self._clock())
        return held.keys if held else None

    def _usable(self, now: float) -> _Held | None:
        return self._held if self._held is not None and now < self._held.usable_until else None

    def _will_do(self, held: _Held, key_id: str, now: float) -> bool:
        if key_id in held.keys.key_ids:
            return now < held.fresh_until or now < self._next_try
        return now < self._next_for_unknown

    def _fetch_if_due(self, key_id: str, now: float) -> None:
        if self._held is not None and key_id not in self._held.keys.key_ids:  # unknown also if the set is too old
            if now >= self._next_for_unknown:
                self._next_for_unknown = now + UNKNOWN_KEY_SECONDS
                self._renew()
        elif now >= self._next_try:
            self._renew()

    def _renew(self) -> None:
        try:
            fetched = self._fetch(self._address)
            keys = read_keys(fetched.body, self._client.algorithms)
        except (FetchError, KeySetError) as error:
            retry = RETRY_SECONDS if self._usable(self._clock()) else RETRY_WITHOUT_KEYS_SECONDS
            self._next_try = self._clock() + retry
            self._log.error("keys-not-fetched", client=self._client.name, error=type(error).__name__, reason=str(error))
        else:
            now, allowed = self._clock(), freshness(fetched.headers)
            self._held = _Held(keys, now + allowed.fresh_seconds, now + allowed.usable_seconds)
            self._next_try = float("-inf")
            self._log.info("keys-fetched", client=self._client.name)
        finally:
            self._ended = self._clock()
