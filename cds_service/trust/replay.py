"""The tokens already seen: each is accepted once, by whichever worker process comes first."""

from dataclasses import dataclass
from enum import Enum
from hashlib import sha256
from typing import Protocol

MARGIN_SECONDS = 2 * 3600.0
"""How much longer than it is valid a token is remembered: our clock may be set back by that much."""
PURGE_SECONDS = 60.0


class Seen(Enum):
    """What the store says of a token."""

    NEW = "new"
    BEFORE = "before"
    DOWN = "down"


@dataclass(slots=True)
class Waiting:
    """A token that waits to be written, and then what became of it."""

    token: bytes
    keep_until: float
    now: float
    seen: Seen = Seen.DOWN


class ReplayStore(Protocol):
    """Where the tokens seen are kept; it answers DOWN and does not raise."""

    def remember(self, token: bytes, *, keep_until: float, now: float) -> Seen:
        """NEW for exactly one of all calls with the same token, and then it is kept."""
        ...

    def is_up(self) -> bool:
        """Whether it could take a token now."""
        ...


def token_name(issuer: str, token_id: str) -> bytes:
    """One name for issuer and `jti` together: ids of different issuers may be equal, and ids may say too much."""
    first = issuer.encode("utf-8")
    return sha256(b"%d:%s%s" % (len(first), first, token_id.encode("utf-8"))).digest()


class MemoryStore:
    """In this process only; a dict's `setdefault` is atomic."""

    def __init__(self) -> None:
        self._kept: dict[bytes, tuple[float, object]] = {}
        self._purge_at = 0.0

    def remember(self, token: bytes, *, keep_until: float, now: float) -> Seen:
        """NEW for the first call with this token."""
        if now >= self._purge_at:
            self._purge_at = now + PURGE_SECONDS
            for old in [name for name, (until, _) in list(self._kept.items()) if until < now]:
                self._kept.pop(old, None)
        mine = object()
        return Seen.NEW if self._kept.setdefault(token, (keep_until, mine))[1] is mine else Seen.BEFORE

    def is_up(self) -> bool:
        """Always."""
        return True


class BackedByMemory:
    """A store, and memory for when it is down: then a token is seen once per process, as the operator chose."""

    def __init__(self, store: ReplayStore) -> None:
        self._store, self._memory = store, MemoryStore()

    def remember(self, token: bytes, *, keep_until: float, now: float) -> Seen:
        """What the store says, or if it is down, what this process knows."""
        if self._memory.remember(token, keep_until=keep_until, now=now) is Seen.BEFORE:
            return Seen.BEFORE
        told = self._store.remember(token, keep_until=keep_until, now=now)
        return Seen.NEW if told is Seen.DOWN else told

    def is_up(self) -> bool:
        """Always: there is memory."""
        return True
