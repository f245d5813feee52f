"""Blocking work of a gevent worker, in one real thread: while SQLite waits for the disk, other calls go on."""

from collections.abc import Callable
from os import getpid
from typing import TypeVar

from gevent import Timeout
from gevent.threadpool import ThreadPool

T = TypeVar("T")


class InOneThread:
    """A thread of its own for each worker process, started at the first use: threads do not survive a fork."""

    def __init__(self) -> None:
        self._pool: ThreadPool | None = None
        self._process = 0

    def __call__(self, work: Callable[[], T], /) -> T:
        """The result of the work; only the greenlet that asks waits for it."""
        result: T = self._thread().apply(work)
        return result

    def within(self, work: Callable[[], object], seconds: float, /) -> bool:
        """Whether the work was done in so many seconds; if not, it goes on or is not begun at all."""
        limit = Timeout.start_new(seconds)
        try:
            self._thread().apply(work)
        except Timeout as passed:
            if passed is not limit:
                raise
            return False
        finally:
            limit.close()
        return True

    def _thread(self) -> ThreadPool:
        if self._pool is None or self._process != getpid():
            self._pool, self._process = ThreadPool(1), getpid()
        return self._pool
