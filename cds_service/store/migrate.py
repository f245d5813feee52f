"""Brings the tables up to date, under a lock: all of it or nothing, by whichever process comes first."""

from importlib.resources import as_file, files

from gevent.monkey import get_original
from sqlalchemy import Connection, inspect, text

from cds_service.store.errors import StoreVersionError

REVISIONS = ("0001",)
"""The steps there are, in order; a test compares them with migrations/versions."""
HEAD = REVISIONS[-1]
_LOCK = 0x72657274  # any number, the same in all processes
_VERSION = "alembic_version"
_ONE_AT_A_TIME = get_original("threading", "Lock")()
"""alembic knows one migration per process: two threads at once would take their steps on each other's connection."""


def bring_up_to_date(connection: Connection) -> None:
    """Takes the steps that are missing; StoreVersionError if the tables are ahead of this program."""
    with connection.begin():  # on SQLite this is the lock: no other process writes
        if _version(connection) == HEAD:
            return
        if connection.dialect.name == "postgresql":
            connection.execute(text("SET LOCAL statement_timeout = 0"))
            connection.execute(text("SET LOCAL lock_timeout = 0"))
            connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": _LOCK})
        if _version(connection) != HEAD:
            _upgrade(connection)


def _version(connection: Connection) -> str | None:
    """The last step taken."""
    if not inspect(connection).has_table(_VERSION):
        return None
    found: str | None = connection.execute(text(f"SELECT version_num FROM {_VERSION}")).scalar()  # noqa: S608 - ours
    if found is not None and found not in REVISIONS:
        raise StoreVersionError(
            f"The store is of version {found}, this program knows versions up to {HEAD}; "
            "start a version that knows it, or name another store in RERT_CDS_DATABASE_URL."
        )
    return found


def _upgrade(connection: Connection) -> None:
    from alembic import command  # only where there is something to do: it costs memory in every worker
    from alembic.config import Config

    with _ONE_AT_A_TIME, as_file(files("cds_service.store") / "migrations") as folder:
        config = Config(attributes={"connection": connection})
        config.set_main_option("script_location", str(folder).replace("%", "%%"))
        command.upgrade(config, "head")
