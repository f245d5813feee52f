"""The database behind DATABASE_URL: connections that are durable, patient for a while, and never quote a value.

SQLite: a rollback journal and not WAL, fully synchronous (see cds_service.trust.sqlite_file). PostgreSQL: a commit is
on disk when it returns, and nothing waits for ever.
"""

import logging
import sqlite3
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.pool import NullPool

from cds_service.store.migrate import bring_up_to_date
from cds_service.trust.sqlite_file import PATIENCE_SECONDS, POLL_SECONDS, patiently

CONNECT_SECONDS = 3
WAITS_MS = {"statement_timeout": 5000, "lock_timeout": 3000, "idle_in_transaction_session_timeout": 10000}
"""How long a statement, a lock, a forgotten transaction may take on PostgreSQL."""
TCP_MS = 5000
"""How long sent data may stay unacknowledged: a server that vanished is noticed."""
KEEP_ALIVE = {"keepalives_idle": 5, "keepalives_interval": 2, "keepalives_count": 3}
"""In seconds: it is noticed also while its answer is waited for and nothing is sent."""
READING = "rert_cds_reading"
"""Execution option of a connection that only reads."""

for _library in ("alembic", "psycopg", "sqlalchemy"):  # what they have to say is raised too; the log is JSON lines only
    logging.getLogger(_library).addHandler(logging.NullHandler())

_DURABLE = "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'"


class Database:
    """Makes connections; keeps none, so it may be forked."""

    def __init__(self, url: str) -> None:
        self.url = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self._engine = _sqlite(self.url) if self.is_sqlite else _postgresql(self.url)

    @property
    def file(self) -> Path | None:
        """The SQLite file, if it is one."""
        name = self.url.database or ""
        return Path(name) if self.is_sqlite and name and not name.startswith((":memory:", "file:")) else None

    def connect(self) -> Connection:
        """A connection to tables that are up to date; SQLAlchemyError or OSError if that cannot be."""
        if self.file is not None:
            self.file.touch(mode=0o600)  # nobody else need read it
        connection = self._engine.connect()
        try:
            bring_up_to_date(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def read(self) -> Connection:
        """A connection for a report: it holds up no writer longer than its statements take."""
        return self._engine.connect().execution_options(**{READING: True})


def described(connection: Connection) -> dict[str, str]:
    """Which database it is and of which version, for the log; and whether its commits are durable."""
    if connection.dialect.name == "sqlite":
        return {"database": "sqlite", "version": sqlite3.sqlite_version, "reason": "journal DELETE, synchronous FULL"}
    with connection.begin():
        version, commit, fsync = (
            str(connection.execute(text(f"SHOW {name}")).scalar())
            for name in ("server_version", "synchronous_commit", "fsync")
        )
    return {"database": "postgresql", "version": version, "reason": f"synchronous_commit {commit}, fsync {fsync}"}


def _sqlite(url: URL) -> Engine:
    engine = create_engine(url, poolclass=NullPool, hide_parameters=True, connect_args={"check_same_thread": False})

    @event.listens_for(engine, "connect")
    def set_up(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # transactions begin where we say, see below
        _pragma(connection, "busy_timeout", round(POLL_SECONDS * 1000))
        if _pragma(connection, "journal_mode") not in {"delete", "memory"}:
            _pragma(connection, "journal_mode", "DELETE")
        _pragma(connection, "synchronous", "FULL")
        _pragma(connection, "foreign_keys", "ON")
        if _pragma(connection, "journal_mode") not in {"delete", "memory"} or _pragma(connection, "synchronous") != 2:
            raise sqlite3.OperationalError("the journal cannot be set")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        driver = connection.connection.driver_connection
        if not isinstance(driver, sqlite3.Connection):
            raise sqlite3.InterfaceError("not an SQLite connection")
        _pragma(driver, "busy_timeout", round(POLL_SECONDS * 1000))
        patiently(driver, "BEGIN" if connection.get_execution_options().get(READING) else "BEGIN IMMEDIATE")
        _pragma(driver, "busy_timeout", round(PATIENCE_SECONDS * 1000))  # COMMIT waits for readers

    return engine


def _pragma(connection: sqlite3.Connection, name: str, value: object = None) -> object:
    statement = f"PRAGMA {name}" if value is None else f"PRAGMA {name} = {value}"
    found = patiently(connection, statement).fetchone()
    return found[0] if found else None


def _postgresql(url: URL) -> Engine:
    defaults = {"connect_timeout": CONNECT_SECONDS, "tcp_user_timeout": TCP_MS, "application_name": "rert-cds"}
    defaults |= KEEP_ALIVE
    arguments: dict[str, Any] = {name: value for name, value in defaults.items() if name not in url.query}
    engine = create_engine(url, poolclass=NullPool, hide_parameters=True, connect_args=arguments)

    @event.listens_for(engine, "connect")
    def set_up(connection: Any, _record: object) -> None:
        connection.autocommit = True
        for name, milliseconds in WAITS_MS.items():
            connection.execute("SELECT set_config(%s, %s, false)", (name, str(milliseconds)))
        connection.execute(_DURABLE)
        connection.autocommit = False

    return engine
