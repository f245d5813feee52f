"""A circuit for each FHIR server and worker process: a server that fails again and again is left alone for a while.

Without it every call would wait out its deadline at a server that is down, and add to what keeps it down.
"""

from collections.abc import Callable
from threading import Lock
from time import monotonic

FAILURES_TO_OPEN = 5
"""Calls in a row: one slow patient or one lost connection says nothing of the server."""
OPEN_SECONDS = 15.0
"""Long enough for a restart to get on, short enough that nobody misses a morning's advice."""


class Breaker:
    """Closed: calls go through. Open: none does. Half open: one goes through, and decides."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock, self._lock = clock, Lock()
        self._failures = 0
        self._closed_again: float | None = None

    def lets_through(self) -> bool:
        """Whether a call may go out now; who was let through reports `succeeded` or `failed` afterwards."""
        with self._lock:
            if self._closed_again is None:
                return True
            if self._clock() < self._closed_again:
                return False
            self._closed_again = self._clock() + OPEN_SECONDS  # the others wait for what becomes of this one
            return True

    def succeeded(self) -> None:
        """The server answered."""
        with self._lock:
            self._failures, self._closed_again = 0, None

    def failed(self) -> None:
        """The server did not answer, or that it cannot."""
        with self._lock:
            self._failures += 1
            if self._failures >= FAILURES_TO_OPEN:
                self._closed_again = self._clock() + OPEN_SECONDS
