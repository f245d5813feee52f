"""The writer of one process: what waits is written together, in the order it came, and durably.

It has one connection, used in one thread aside. After each commit on SQLite it lets other processes come first for as
long, since SQLite has no queue. While the database is down nothing waits for it: feedback is refused at once, answers
stay in a queue that is bounded, and what does not fit is counted and logged.
"""

import time
from collections import deque
from collections.abc import Callable, Sequence
from os import getpid
from threading import Thread
from time import monotonic

from sqlalchemy import Connection
from structlog.typing import FilteringBoundLogger

from cds_service.metrics import count_store_failure
from cds_service.store.commits import REST_SECONDS, Commits, Entry
from cds_service.trust.aside import Aside, OneAtATime

FLUSH_SECONDS = 0.5
"""How long an answer without cards waits for others at most."""
SOON_SECONDS = 0.05
"""How long one with cards does: about as long as a commit and the pause after it take on a slow disk."""
AT_ONCE = 500
WAITING_AT_MOST = 10_000
CLOSE_SECONDS = 5.0


class Writer:
    """What waits to be written, and who writes it."""

    def __init__(
        self,
        connect: Callable[[], Connection],
        log: FilteringBoundLogger,
        aside: Aside | None = None,
        *,
        tend: Callable[[Connection], None] = lambda _connection: None,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        """`tend` is called with the connection after each commit: for what has to be done now and then."""
        self._log = log
        self._commits = Commits(connect, log, tend, clock)
        self._aside: Aside = aside or OneAtATime()
        self._waiting: deque[Entry] = deque()
        self._process = getpid()
        self._timer: Thread | None = None
        self._hurries = False
        self._lost = 0

    @property
    def lost(self) -> int:
        """How many entries this process could not write, and never will."""
        return self._lost + self._commits.lost

    @property
    def waiting(self) -> int:
        """How many entries are not written yet."""
        return len(self._waiting)

    def write(self, entry: Entry, within_seconds: float) -> bool:
        """Whether the entry is on disk; waits for that so long at most."""
        if self._take(entry):
            self._in_time(self._turn, within_seconds)
        return entry.written

    def soon(self, entry: Entry) -> None:
        """Takes the entry; it is written with what comes within moments, and nobody waits for it."""
        if self._take(entry) and not self._hurries:
            self._hurries = True
            Thread(target=self._hurry, daemon=True).start()

    def later(self, entry: Entry) -> None:
        """Takes the entry; it is written with others in a moment."""
        if self._take(entry):
            self._schedule(FLUSH_SECONDS)

    def is_up(self) -> bool:
        """Whether the database can be written now."""
        self._own()
        if not self._commits.is_well:  # if it was well a moment ago, whoever asks often does not hold up others
            self._aside.within(lambda: self._commits.commit(()), REST_SECONDS)
        return self._commits.is_well

    def close(self) -> None:
        """Writes what waits, as far as that is possible within seconds, and closes the connection."""
        self._own()
        self._commits.wake()
        self._in_time(self._turn, CLOSE_SECONDS)
        if self._waiting:
            self._lost += self.waiting
            self._log.error("records-lost", waiting=self.waiting)
        self._aside.within(self._commits.disconnect, REST_SECONDS)

    def _own(self) -> None:
        """What the parent process had is its own."""
        if self._process != getpid():
            self._process, self._timer, self._hurries = getpid(), None, False
            self._commits.forget()
            self._waiting.clear()

    def _take(self, entry: Entry) -> bool:
        self._own()
        if len(self._waiting) >= WAITING_AT_MOST:
            self._lost += 1
            count_store_failure("record")
            self._log.error("records-lost", waiting=self.waiting)
            return False
        self._waiting.append(entry)
        return True

    def _hurry(self) -> None:
        time.sleep(SOON_SECONDS)
        self._hurries = False
        self._in_time(self._turn, CLOSE_SECONDS)
        if self._waiting:
            self._schedule(REST_SECONDS)

    def _schedule(self, seconds: float) -> None:
        if self._timer is None:
            self._timer = Thread(target=self._flush_after, args=(seconds,), daemon=True)
            self._timer.start()

    def _flush_after(self, seconds: float) -> None:
        time.sleep(seconds)  # by its name: the server may replace it after this module was loaded
        self._in_time(self._turn, CLOSE_SECONDS)
        self._timer = None
        if self._waiting:
            self._schedule(REST_SECONDS if self._commits.rests else FLUSH_SECONDS)

    def _in_time(self, work: Callable[[], object], seconds: float) -> None:
        """What takes longer is ended, so that the thread is there for those who come later."""
        if not self._aside.within(work, seconds):
            self._commits.cut()

    def _turn(self) -> None:
        """Writes what waits when its turn comes. Runs aside, never twice at a time."""
        for _ in range(0, len(self._waiting), AT_ONCE):
            entries = [self._waiting.popleft() for _ in range(min(len(self._waiting), AT_ONCE))]
            self._commits.commit(entries)
            self._give_up(entries)

    def _give_up(self, entries: Sequence[Entry]) -> None:
        """What is not written and kept goes back to where it was; the rest is told that it is not written."""
        for entry in reversed(entries):
            if entry.kept and not entry.written:
                if not entry.late:
                    entry.late = True
                    count_store_failure("record")
                self._waiting.appendleft(entry)
        if self._commits.rests:
            for entry in list(self._waiting):
                if not entry.kept:
                    self._waiting.remove(entry)
