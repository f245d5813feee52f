"""The store of a running service: answers go on record, feedback is kept, old records go."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from secrets import token_urlsafe
from time import monotonic

from sqlalchemy import Connection, select
from sqlalchemy.dialects import postgresql, sqlite
from structlog.typing import FilteringBoundLogger

from cds_service.errors import StoreDownError
from cds_service.log import frame_of
from cds_service.metrics import count_store_failure
from cds_service.parts import Parts
from cds_service.settings_files import Switches
from cds_service.store.answers import Answered, entry_of
from cds_service.store.commits import Entry
from cds_service.store.database import Database, described
from cds_service.store.errors import StoreError
from cds_service.store.in_force import digest_of, in_force
from cds_service.store.privacy import Cloak
from cds_service.store.purge import purge
from cds_service.store.received import Received, rows_of
from cds_service.store.rows import write
from cds_service.store.tables import configuration, feedback, kept_secret
from cds_service.store.writer import Writer
from cds_service.trust.aside import Aside
from cds_service.trust.caller import Caller

FEEDBACK_SECONDS = 10.0
PURGE_EVERY_SECONDS = 3600.0
_PATIENT_KEY = "patient-key"


def utc_now() -> datetime:
    """The moment it is."""
    return datetime.now(UTC)


class Store:
    """One per process; made before processes are forked, connected where it is used."""

    def __init__(
        self,
        database: Database,
        parts: Parts,
        *,
        aside: Aside | None = None,
        now: Callable[[], datetime] = utc_now,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        """`now` is the moment of records, `clock` measures waits."""
        self._database, self._parts, self._now, self._clock = database, parts, now, clock
        self._log: FilteringBoundLogger = parts.log
        given = parts.settings.patient_key
        self._cloak = Cloak(given.get_secret_value()) if given else None
        self._switches: Switches | None = None
        self._digest = ""
        self._purge_at = float("-inf")
        self._unrecorded = 0
        self._writer = Writer(self._connect, parts.log, aside, tend=self._tend, clock=clock)

    @property
    def lost(self) -> int:
        """How many entries this process could not write."""
        return self._writer.lost + self._unrecorded

    @property
    def waiting(self) -> int:
        """How many entries wait to be written."""
        return self._writer.waiting

    def start(self) -> None:
        """Before workers are forked: tables, key, purge, what is in force. StoreError if the tables are not ours."""
        try:
            with self._connect() as connection:
                self._log.info("store", **described(connection))
                self._tend(connection)
                if change := self._change():
                    with connection.begin():
                        write(connection, [change.rows])
        except StoreError:
            raise
        except Exception as error:  # advice is given without it, and it may come back
            self._log.error("store-down", error=type(error).__name__, frame=frame_of(error))

    def record(self, answered: Answered) -> None:
        """Puts an answer on record: soon if it has cards, else in a moment. The call neither waits for it nor fails."""
        try:
            if change := self._change():
                self._writer.later(change)
            self._record(answered)
        except Exception as error:  # the advice is sent all the same
            self._unrecorded += 1
            count_store_failure("record")
            self._log.error(
                "records-lost", correlation_id=answered.call, error=type(error).__name__, frame=frame_of(error)
            )

    def keep(self, received: Sequence[Received], service_id: str, caller: Caller | None) -> None:
        """Keeps feedback, all of it and durably; StoreDownError if that cannot be."""
        rows = rows_of(received, service_id, caller, at=self._now(), comments=self._parts.settings.keep_comments)
        if not self._writer.write(Entry(((feedback, rows),), kept=False), FEEDBACK_SECONDS):
            count_store_failure("feedback")
            raise StoreDownError("Feedback cannot be kept at the moment; send it again later.")

    def is_up(self) -> bool:
        """Whether it can be written now."""
        return self._writer.is_up()

    def close(self) -> None:
        """Writes what waits and closes the connection."""
        self._writer.close()

    def _connect(self) -> Connection:
        connection = self._database.connect()
        if self._cloak is None:
            self._cloak = Cloak(_kept_key(connection))
        return connection

    def _tend(self, connection: Connection) -> None:
        if self._clock() >= self._purge_at:
            self._purge_at = self._clock() + PURGE_EVERY_SECONDS
            gone = purge(connection, self._now() - timedelta(days=self._parts.settings.retention_days))
            if gone:
                self._log.info("purged", records=gone)

    def _record(self, answered: Answered) -> None:
        if self._cloak is None:
            self._writer.is_up()  # connects, and finds or makes the key
        if self._cloak is None:
            raise StoreError("The key of the hash of patients is kept with a store that was never up.")
        entry = entry_of(answered, self._cloak, configuration=self._digest, knowledge=self._parts.knowledge.version)
        if answered.judged.response.cards:
            self._writer.soon(entry)
        else:
            self._writer.later(entry)

    def _change(self) -> Entry | None:
        """Each change of the switches is recorded, before the first answer given under them."""
        switches = self._parts.switches.current()
        if switches is self._switches:
            return None
        self._switches = switches
        content = in_force(self._parts.settings, switches, self._parts.knowledge.version)
        self._digest = digest_of(content)
        row = {"recorded_at": self._now(), "digest": self._digest, "content": content}
        return Entry(((configuration, [row]),))


def _kept_key(connection: Connection) -> str:
    """The key of the hash of patients: random, made by whichever process comes first, and kept with the store."""
    insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    made = insert(kept_secret).values(name=_PATIENT_KEY, value=token_urlsafe(32)).on_conflict_do_nothing()
    with connection.begin():
        connection.execute(made)
        return str(connection.execute(select(kept_secret.c.value).filter_by(name=_PATIENT_KEY)).scalar_one())
