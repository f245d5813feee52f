"""Work that blocks is done aside, one piece at a time. The server supplies a thread; elsewhere a lock will do."""

from collections.abc import Callable
from threading import Lock
from typing import Protocol, TypeVar

T = TypeVar("T")


class Aside(Protocol):
    """Runs a function, never two at a time in one process, and returns what it returned. It must not raise."""

    def __call__(self, work: Callable[[], T], /) -> T:
        """The result of the work."""
        ...

    def within(self, work: Callable[[], object], seconds: float, /) -> bool:
        """Whether the work was done in so many seconds; if not, it goes on or is not begun at all."""
        ...


class OneAtATime:
    """In the caller's own thread."""

    def __init__(self) -> None:
        self._lock = Lock()

    def __call__(self, work: Callable[[], T], /) -> T:
        """The result of the work."""
        with self._lock:
            return work()

    def within(self, work: Callable[[], object], _seconds: float, /) -> bool:
        """True: nobody else could go on meanwhile, so it is waited for."""
        self(work)
        return True
