"""The tokens already seen, on the PostgreSQL database of the store: all worker processes of all machines share them.

What waits in one process is written together, in one statement and one commit; the primary key decides who is first.
"""

from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from os import getpid
from time import monotonic

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from cds_service.store.cut import cut
from cds_service.trust.aside import Aside, OneAtATime
from cds_service.trust.replay import PURGE_SECONDS, Seen, Waiting

REST_SECONDS = 1.0
"""After a failure the database is left alone for so long: calls that wait for it would pile up."""
WAITS_SECONDS = 2.0
"""How long a call waits for the database. A server that hangs as a whole does not keep the limit set on statements."""
PURGED_AT_ONCE = 1000
_INSERT = text(
    "INSERT INTO seen_token (token, keep_until) "
    "SELECT * FROM unnest(CAST(:tokens AS bytea[]), CAST(:until AS double precision[])) "
    "ON CONFLICT DO NOTHING RETURNING token"
)
_PURGE = text(
    "DELETE FROM seen_token WHERE token IN "
    "(SELECT token FROM seen_token WHERE keep_until < :now ORDER BY keep_until LIMIT :most FOR UPDATE SKIP LOCKED)"
)
_PATIENCE = text("SELECT set_config('statement_timeout', '1500', false)")
_CAN_WRITE = text("SELECT 1 WHERE NOT pg_is_in_recovery()")


class PostgresStore:
    """One connection a process, opened where it is used: a connection does not survive a fork."""

    def __init__(
        self, connect: Callable[[], Connection], aside: Aside | None = None, clock: Callable[[], float] = monotonic
    ) -> None:
        """`connect` gives a connection to tables that are up to date."""
        self._connect, self._clock = connect, clock
        self._aside: Aside = aside or OneAtATime()
        self._connection: Connection | None = None
        self._process = 0
        self._waiting: deque[Waiting] = deque()
        self._purge_at = self._rests_until = self._well_until = float("-inf")

    def remember(self, token: bytes, *, keep_until: float, now: float) -> Seen:
        """NEW for exactly one of all calls with this token, on any machine."""
        entry = Waiting(token, keep_until, now)
        self._waiting.append(entry)
        self._in_time(self._write)  # or it has been written together with another before this one's turn comes
        return entry.seen

    def is_up(self) -> bool:
        """Whether a token could be written now, or could a moment ago."""
        if self._clock() >= self._well_until:
            self._in_time(lambda: self._tried(self._ask))
        return self._clock() < self._well_until

    def close(self) -> None:
        """Closes the connection; it is opened again when needed."""
        self._in_time(self._close)

    def _in_time(self, work: Callable[[], object]) -> None:
        if not self._aside.within(work, WAITS_SECONDS):
            cut(self._connection)

    def _write(self) -> None:
        entries = [self._waiting.popleft() for _ in range(len(self._waiting))]
        if entries:
            self._tried(lambda: self._insert(entries))

    def _insert(self, entries: Sequence[Waiting]) -> None:
        """Asks for the tokens; each is new for one entry at most, and only once it is on disk."""
        values = {"tokens": [entry.token for entry in entries], "until": [entry.keep_until for entry in entries]}
        connection = self._open()
        try:
            new = {bytes(token) for token in connection.execute(_INSERT, values).scalars()}
        except DBAPIError as error:
            if not error.connection_invalidated:
                raise
            self._close()  # it had been idle and is gone, and nothing was committed over it
            connection = self._open()
            new = {bytes(token) for token in connection.execute(_INSERT, values).scalars()}
        connection.commit()
        for entry in entries:
            entry.seen = Seen.NEW if entry.token in new else Seen.BEFORE
            new.discard(entry.token)
        self._purge(connection, min(entry.now for entry in entries))

    def _purge(self, connection: Connection, now: float) -> None:
        if self._clock() >= self._purge_at:
            self._purge_at = self._clock() + PURGE_SECONDS
            connection.execute(_PURGE, {"now": now, "most": PURGED_AT_ONCE})
            connection.commit()

    def _ask(self) -> None:
        connection = self._open()
        if connection.execute(_CAN_WRITE).scalar() is None:
            raise OSError("the database takes no writes")
        connection.commit()

    def _tried(self, work: Callable[[], None]) -> bool:
        if self._clock() < self._rests_until:
            return False
        try:
            work()
        except Exception:  # whatever it was, tokens are not taken: the caller logs that the store is down
            self._close()
            self._rests_until, self._well_until = self._clock() + REST_SECONDS, float("-inf")
            return False
        self._well_until = self._clock() + REST_SECONDS
        return True

    def _open(self) -> Connection:
        if self._connection is None or self._process != getpid():
            self._connection, self._process = self._connect(), getpid()
            self._connection.execute(_PATIENCE)
            self._connection.commit()
        return self._connection

    def _close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None and self._process == getpid():
            with suppress(SQLAlchemyError, OSError):
                connection.close()
