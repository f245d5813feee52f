"""Ends a connection to a database from outside, where an answer does not come and no time limit of the server helps."""

from contextlib import suppress
from os import dup
from socket import SHUT_RDWR, socket

from psycopg import Connection as PostgresConnection
from psycopg import Error
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError


def cut(connection: Connection | None) -> None:
    """Whoever waits on this connection gets an error now. A connection to SQLite waits for nobody and is left alone."""
    with suppress(SQLAlchemyError, Error, OSError):
        driver = connection.connection.driver_connection if connection is not None else None
        if isinstance(driver, PostgresConnection):
            with socket(fileno=dup(driver.fileno())) as under:  # a copy: the original is the library's to close
                under.shutdown(SHUT_RDWR)
