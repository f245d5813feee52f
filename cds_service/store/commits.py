"""The connection of one writer: entries are committed together, each once, and a failure is followed by a rest."""

import sqlite3
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from time import monotonic

from gevent.monkey import get_original
from sqlalchemy import Connection, text
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, SQLAlchemyError
from structlog.typing import FilteringBoundLogger

from cds_service.log import frame_of
from cds_service.store.cut import cut
from cds_service.store.rows import Rows, write

REST_SECONDS = 1.0
"""After a failure the database is left alone for so long."""
LONGEST_PAUSE_SECONDS = 0.1

_thread_sleep = get_original("time", "sleep")  # of the thread, also where the server has replaced it
_NOTHING = text("SELECT 1")
_GONE = (SQLAlchemyError, sqlite3.Error, OSError)
_REFUSED = (DataError, IntegrityError)


@dataclass(slots=True, eq=False)
class Entry:
    """Rows that are written together or not at all. `kept`: it waits until the database is back."""

    rows: Rows
    kept: bool = True
    written: bool = False
    late: bool = False


class Commits:
    """Used by one thread at a time, but for `cut`. It does not raise: what was not written is not marked as written."""

    def __init__(
        self,
        connect: Callable[[], Connection],
        log: FilteringBoundLogger,
        tend: Callable[[Connection], None],
        clock: Callable[[], float],
    ) -> None:
        """`tend` is called with the connection after each commit: for what has to be done now and then."""
        self._connect, self._log, self._tend, self._clock = connect, log, tend, clock
        self._connection: Connection | None = None
        self._pause_until = 0.0
        self._rests_until = self._well_until = float("-inf")
        self.lost = 0

    @property
    def rests(self) -> bool:
        """Whether it failed a moment ago."""
        return self._clock() < self._rests_until

    @property
    def is_well(self) -> bool:
        """Whether it could write a moment ago."""
        return self._clock() < self._well_until

    def commit(self, entries: Sequence[Entry]) -> None:
        """Writes the entries; none at all asks whether it could."""
        if self.rests:
            return
        _thread_sleep(max(0.0, min(self._pause_until - monotonic(), LONGEST_PAUSE_SECONDS)))
        idle = self._connection
        try:
            try:
                self._commit(entries)
            except DBAPIError as error:
                if idle is None or not error.connection_invalidated:
                    raise
                self.disconnect()  # it was idle and is gone; rows are written once however often they are sent
                self._commit(entries)
        except Exception as error:  # whatever it was: a writer that ends would lose what comes after
            self._log.error("store-down", error=type(error).__name__, frame=frame_of(error))
            self.disconnect()
            self._rests_until, self._well_until = self._clock() + REST_SECONDS, float("-inf")
        else:
            self._well_until = self._clock() + REST_SECONDS

    def wake(self) -> None:
        """Ends the rest."""
        self._rests_until = float("-inf")

    def forget(self) -> None:
        """Drops a connection that is another process's."""
        self._connection = None

    def cut(self) -> None:
        """Ends what the thread waits for on its connection; called from outside."""
        cut(self._connection)

    def disconnect(self) -> None:
        """Closes the connection; it is opened again when needed."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(*_GONE):
                connection.close()

    def _commit(self, entries: Sequence[Entry]) -> None:
        if self._connection is None:
            self._connection = self._connect()
        connection, began = self._connection, monotonic()
        try:
            self._write(connection, [entry for entry in entries if not entry.written])
        except _REFUSED as error:
            self._log.error("record-refused", error=type(error).__name__, frame=frame_of(error))
            for entry in entries:
                self._alone(connection, entry)
        ended = monotonic()
        self._pause_until = ended + (ended - began if connection.dialect.name == "sqlite" else 0.0)
        self._tend(connection)

    def _write(self, connection: Connection, entries: Sequence[Entry]) -> None:
        with connection.begin():
            if not entries:
                connection.execute(_NOTHING)
            write(connection, [entry.rows for entry in entries])
        for entry in entries:
            entry.written = True

    def _alone(self, connection: Connection, entry: Entry) -> None:
        """One entry cannot be written as it is: it must not hold up the others."""
        try:
            self._write(connection, [entry])
        except _REFUSED:
            entry.kept = False
            self.lost += 1
