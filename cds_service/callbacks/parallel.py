"""Jobs that wait for the network, side by side. Under the server's gevent worker each thread is a greenlet."""

from collections.abc import Callable, Mapping
from queue import Empty, SimpleQueue
from threading import Thread
from time import monotonic
from typing import TypeVar

T = TypeVar("T")

AT_ONCE = 6
"""As many connections as browsers open to one server: more at once overrun the queues of small ones."""


def in_parallel(jobs: Mapping[str, Callable[[], T]], seconds: float) -> dict[str, T]:
    """The results that are there within `seconds`, by key; what a job raises is raised here. The first begin first."""
    waiting: SimpleQueue[tuple[str, Callable[[], T]]] = SimpleQueue()
    results: SimpleQueue[tuple[str, T | None, Exception | None]] = SimpleQueue()
    for job in jobs.items():
        waiting.put(job)

    def work() -> None:
        while True:
            try:
                key, job = waiting.get_nowait()
            except Empty:
                return
            try:
                results.put((key, job(), None))
            except Exception as error:
                results.put((key, None, error))

    for _ in range(min(AT_ONCE, len(jobs))):
        Thread(target=work, name="callback", daemon=True).start()
    return _collected(results, len(jobs), seconds)


def _collected(
    results: "SimpleQueue[tuple[str, T | None, Exception | None]]", wanted: int, seconds: float
) -> dict[str, T]:
    ends, found = monotonic() + seconds, dict[str, T]()
    while len(found) < wanted:
        try:
            key, result, error = results.get(timeout=max(ends - monotonic(), 0))
        except Empty:
            break
        if error is not None:
            raise error
        found[key] = result  # type: ignore[assignment]  # there is a result wherever there is no error
    return found
