"""The hard limit of one call: asked between its steps, on the monotonic clock."""

from collections.abc import Callable
from time import monotonic

from cds_service.errors import DeadlinePassedError


class Deadline:
    """A moment after which a call is answered 503: late or half advice would read as all clear."""

    __slots__ = ("_clock", "_end", "_limit_ms")

    def __init__(self, limit_ms: int, clock: Callable[[], float] = monotonic) -> None:
        self._clock, self._limit_ms = clock, limit_ms
        self._end = clock() + limit_ms / 1000

    @property
    def limit_seconds(self) -> float:
        """How long the whole call may take."""
        return self._limit_ms / 1000

    def left_seconds(self) -> float:
        """How long it may still take; below 0 if the moment has passed."""
        return self._end - self._clock()

    def check(self) -> None:
        """DeadlinePassedError if the moment has passed."""
        if self._clock() > self._end:
            raise DeadlinePassedError(f"The call was not judged within {self._limit_ms} ms; nothing can be said.")
