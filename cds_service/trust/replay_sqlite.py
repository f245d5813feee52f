"""The tokens already seen, in one SQLite file that all worker processes share.

What waits in one process is written together, since a commit waits for the disk; and after each commit the process
lets others come first for as long, since SQLite has no queue.
"""

import sqlite3
from collections import deque
from collections.abc import Callable, Sequence
from os import getpid
from pathlib import Path
from time import monotonic
from typing import TypeVar

from gevent.monkey import get_original

from cds_service.trust.aside import Aside, OneAtATime
from cds_service.trust.replay import PURGE_SECONDS, Seen, Waiting
from cds_service.trust.sqlite_file import SQLiteFile

REST_SECONDS = 1.0
"""After a failure the file is left alone for so long: calls that wait for it would pile up."""
LONGEST_PAUSE_SECONDS = 0.1
PURGED_AT_ONCE = 1000

_TABLES = (
    "CREATE TABLE IF NOT EXISTS seen_token (token BLOB PRIMARY KEY, keep_until REAL NOT NULL) WITHOUT ROWID",
    "CREATE INDEX IF NOT EXISTS seen_token_keep_until ON seen_token (keep_until)",
)
_INSERT = "INSERT OR IGNORE INTO seen_token (token, keep_until) VALUES (?, ?)"
_PURGE = (
    "DELETE FROM seen_token WHERE token IN "
    "(SELECT token FROM seen_token WHERE keep_until < ? ORDER BY keep_until LIMIT ?)"
)

T = TypeVar("T")
_sleep = get_original("time", "sleep")  # of the thread, also where the server has replaced it


class SQLiteStore:
    """One connection a process, opened where it is used: a connection does not survive a fork."""

    def __init__(self, path: Path, aside: Aside | None = None, clock: Callable[[], float] = monotonic) -> None:
        self._path, self._clock = path, clock
        self._aside: Aside = aside or OneAtATime()
        self._file: SQLiteFile | None = None
        self._process = 0
        self._waiting: deque[Waiting] = deque()
        self._pause_until = 0.0
        self._purge_at = self._rests_until = self._well_until = float("-inf")

    def remember(self, token: bytes, *, keep_until: float, now: float) -> Seen:
        """NEW for exactly one of all calls with this token, in any process."""
        entry = Waiting(token, keep_until, now)
        self._waiting.append(entry)
        self._aside(self._write)  # or it has been written together with another before this one's turn comes
        return entry.seen

    def is_up(self) -> bool:
        """Whether a token could be written now, or could a moment ago: whoever asks often does not hold up tokens."""
        return self._clock() < self._well_until or self._aside(lambda: self._tried(_can_write) or False)

    def close(self) -> None:
        """Closes the file; it is opened again when needed."""
        self._aside(self._close)

    def _write(self) -> None:
        if not self._waiting:
            return
        _sleep(max(0.0, self._pause_until - monotonic()))
        entries = [self._waiting.popleft() for _ in range(len(self._waiting))]
        told = self._tried(lambda file: self._insert(file, entries))
        for entry, new in zip(entries, told or (), strict=bool(told)):
            entry.seen = Seen.NEW if new else Seen.BEFORE

    def _insert(self, file: SQLiteFile, entries: Sequence[Waiting]) -> list[bool]:
        """Whether each was new, once all of them are on disk."""
        file.execute("BEGIN IMMEDIATE")
        began = monotonic()
        new = [file.execute(_INSERT, entry.token, entry.keep_until).rowcount == 1 for entry in entries]
        if any(new) and self._clock() >= self._purge_at:
            self._purge_at = self._clock() + PURGE_SECONDS
            file.execute(_PURGE, min(entry.now for entry in entries), PURGED_AT_ONCE)
        file.execute("COMMIT")
        ended = monotonic()
        self._pause_until = ended + min(ended - began, LONGEST_PAUSE_SECONDS)
        return new

    def _tried(self, work: Callable[[SQLiteFile], T]) -> T | None:
        if self._clock() < self._rests_until:
            return None
        try:
            done = work(self._open())
        except (sqlite3.Error, OSError):
            self._close()
            self._rests_until, self._well_until = self._clock() + REST_SECONDS, float("-inf")
            return None
        self._well_until = self._clock() + REST_SECONDS
        return done

    def _open(self) -> SQLiteFile:
        if self._file is None or self._process != getpid():
            self._file, self._process = SQLiteFile(self._path, _TABLES), getpid()
        return self._file

    def _close(self) -> None:
        if self._file is not None and self._process == getpid():
            self._file.close()
        self._file = None


def _can_write(file: SQLiteFile) -> bool:
    file.execute("BEGIN IMMEDIATE")
    file.execute("ROLLBACK")
    return True
