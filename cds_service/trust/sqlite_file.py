"""One SQLite file that several processes write: patient, and durable.

A rollback journal and not WAL: SQLite before 3.51.3 can lose data when several processes use a WAL
(https://sqlite.org/wal.html#walresetbug). Fully synchronous: what was written stays written after a power cut.
"""

import sqlite3
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from time import monotonic

PATIENCE_SECONDS = 1.5
"""How long to wait, in all, while other processes write."""
POLL_SECONDS = 0.01
"""SQLite itself asks for the lock ever more seldom, up to ten times a second, and so gets none from processes that
write without a pause. It is told to give up early, and asked again."""


class SQLiteFile:
    """A connection; sqlite3.Error or OSError if the file cannot be opened, set up or written."""

    def __init__(self, path: Path, tables: Sequence[str]) -> None:
        path.touch(mode=0o600)  # nobody else need read it
        self._connection = sqlite3.connect(path, timeout=POLL_SECONDS, isolation_level=None, check_same_thread=False)
        try:
            self._set_up(tables)
        except sqlite3.Error:
            self.close()
            raise

    def execute(self, statement: str, *values: object) -> sqlite3.Cursor:
        """Runs a statement, waiting for other processes if need be."""
        return patiently(self._connection, statement, values)

    def setting(self, name: str) -> object:
        """The value of a PRAGMA."""
        return self.execute(f"PRAGMA {name}").fetchone()[0]

    def close(self) -> None:
        """Closes it; what was not committed is undone."""
        with suppress(sqlite3.Error):
            self._connection.close()

    def _set_up(self, tables: Sequence[str]) -> None:
        if self.setting("journal_mode") != "delete":
            self.execute("PRAGMA journal_mode = DELETE")
        self.execute("PRAGMA synchronous = FULL")
        if (self.setting("journal_mode"), self.setting("synchronous")) != ("delete", 2):
            raise sqlite3.OperationalError("the journal cannot be set")
        if self.execute("SELECT count(*) FROM sqlite_master WHERE sql IS NOT NULL").fetchone() != (len(tables),):
            self.execute("BEGIN IMMEDIATE")
            for table in tables:
                self.execute(table)
            self.execute("COMMIT")


def patiently(connection: sqlite3.Connection, statement: str, values: Sequence[object] = ()) -> sqlite3.Cursor:
    """Runs a statement on a connection that is told to give up early, again and again for a while."""
    until = monotonic() + PATIENCE_SECONDS
    while True:
        try:
            return connection.execute(statement, values)
        except sqlite3.OperationalError as error:
            if not _is_busy(error) or monotonic() >= until:
                raise


def _is_busy(error: sqlite3.OperationalError) -> bool:
    return error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY
