"""The store from inside: its tables and steps, the writer when things go wrong, and what hides the patient."""

import io
import sqlite3
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import func, inspect, select, text
from sqlalchemy.exc import SQLAlchemyError

from cds_service.log import make_log
from cds_service.store import migrate
from cds_service.store.commits import REST_SECONDS, Entry
from cds_service.store.database import Database
from cds_service.store.privacy import SHORT_ID, Cloak
from cds_service.store.received import Received, rows_of
from cds_service.store.tables import feedback, metadata
from cds_service.store.writer import Writer

STEPS = Path(migrate.__file__).parent / "migrations" / "versions"


def entry(card: str, *, kept: bool = True, **changes: Any) -> Entry:
    received = Received(card, "overridden", "2026-01-10T09:30:00Z")
    [row] = rows_of([received], "s", None, at=datetime(2026, 1, 10, tzinfo=UTC), comments=False)
    return Entry(((feedback, [{**row, **changes}]),), kept=kept)


def cards(url: str) -> list[str]:
    with Database(url).read() as connection:
        return list(connection.execute(select(feedback.c.card).order_by(feedback.c.sequence)).scalars())


class Switch:
    """Connections to a database, as long as it is on."""

    def __init__(self, url: str) -> None:
        self.on, self._database = True, Database(url)

    def connect(self) -> Any:
        if not self.on:
            raise OSError("off")
        return self._database.connect()


@pytest.fixture
def switch(database_url: str) -> Switch:
    return Switch(database_url)


@pytest.fixture
def clock() -> list[float]:
    return [0.0]


@pytest.fixture
def log() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def writer(switch: Switch, clock: list[float], log: io.StringIO) -> Iterator[Writer]:
    made = Writer(switch.connect, make_log(log), clock=lambda: clock[0])
    yield made
    made.close()


def test_the_steps_are_those_of_the_folder_and_in_order() -> None:
    found = sorted(path.name for path in STEPS.glob("v*.py"))
    assert [name[1:5] for name in found] == list(migrate.REVISIONS)


def test_the_steps_make_the_tables_that_the_code_uses(database_url: str) -> None:
    with Database(database_url).connect() as connection, connection.begin():
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_a_step_that_fails_half_way_leaves_nothing_and_the_next_start_takes_it(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from alembic import op

    made, real = [], op.create_table

    def some(name: str, *columns: Any) -> Any:
        made.append(name)
        if len(made) == 4:
            raise OSError("killed")
        return real(name, *columns)

    monkeypatch.setattr(op, "create_table", some)
    with pytest.raises(OSError, match="killed"):
        Database(database_url).connect()
    with Database(database_url).read() as connection:
        assert inspect(connection).get_table_names() == []
    monkeypatch.undo()
    with Database(database_url).connect() as connection:
        assert set(metadata.tables) < set(inspect(connection).get_table_names())


def test_threads_that_make_tables_at_once_do_not_get_into_each_other(tmp_path: Path) -> None:
    urls = [f"sqlite:///{tmp_path / str(number)}" for number in range(8)]
    threads = [threading.Thread(target=lambda url=url: Database(url).connect().close()) for url in urls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for url in urls:
        with Database(url).read() as connection:
            assert set(metadata.tables) < set(inspect(connection).get_table_names())


def test_an_sqlite_file_is_safe_against_power_cuts_and_private(tmp_path: Path) -> None:
    with Database(f"sqlite:///{tmp_path / 's.db'}").connect() as connection:
        pragmas = [connection.execute(text(f"PRAGMA {name}")).scalar() for name in ("journal_mode", "synchronous")]
    assert pragmas == ["delete", 2]
    assert (tmp_path / "s.db").stat().st_mode & 0o777 == 0o600


def test_a_commit_on_postgresql_waits_for_the_disk_whatever_the_database_says(postgres: Any) -> None:
    url = postgres.new_database()
    with Database(url).connect() as connection, connection.begin():
        name = connection.engine.url.database
        connection.execute(text(f"ALTER DATABASE {name} SET synchronous_commit = off"))
    with Database(url).connect() as connection:
        assert connection.execute(text("SHOW synchronous_commit")).scalar() == "on"


def test_errors_of_the_database_quote_no_value(database_url: str) -> None:
    with Database(database_url).connect() as connection, pytest.raises(SQLAlchemyError) as error:
        connection.execute(text("SELECT :canary FROM missing"), {"canary": "Jane Doe"})
    assert "Jane" not in str(error.value)


def test_what_waits_is_written_in_its_order(writer: Writer, database_url: str) -> None:
    for number in range(5):
        writer.later(entry(str(number)))
    assert writer.write(entry("last"), 5)
    assert cards(database_url) == ["0", "1", "2", "3", "4", "last"]
    assert writer.waiting == 0


def test_an_entry_that_cannot_be_written_holds_up_no_other_and_is_not_acknowledged(
    writer: Writer, database_url: str
) -> None:
    writer.later(entry("first"))
    writer.later(entry("bad", outcome=None))
    writer.later(entry("second"))
    assert not writer.write(entry("worse", kept=False, service=None), 5)
    assert cards(database_url) == ["first", "second"]
    assert (writer.lost, writer.waiting, writer.is_up()) == (2, 0, True)


def test_while_it_is_down_answers_wait_and_feedback_does_not(
    writer: Writer, switch: Switch, clock: list[float], database_url: str, log: io.StringIO
) -> None:
    switch.on = False
    assert not writer.write(entry("feedback", kept=False), 5)
    assert not writer.write(entry("answer"), 5)
    assert (writer.waiting, writer.is_up()) == (1, False)
    switch.on = True
    assert not writer.write(entry("too soon", kept=False), 5)
    clock[0] += REST_SECONDS
    assert writer.is_up()
    assert writer.write(entry("later", kept=False), 5)
    assert cards(database_url) == ["answer", "later"]
    assert (writer.lost, log.getvalue().count('"store-down"')) == (0, 1)


@pytest.mark.parametrize(("most", "lost"), [(2, 1), (3, 0)])
def test_what_does_not_fit_is_counted_and_logged(
    writer: Writer, switch: Switch, log: io.StringIO, monkeypatch: pytest.MonkeyPatch, most: int, lost: int
) -> None:
    monkeypatch.setattr("cds_service.store.writer.WAITING_AT_MOST", most)
    switch.on = False
    for number in range(3):
        writer.write(entry(str(number)), 5)
    assert (writer.lost, writer.waiting) == (lost, 3 - lost)
    assert log.getvalue().count('"records-lost"') == lost
    switch.on = True


def test_a_backlog_is_written_in_parts_and_what_came_last_is_told_the_truth(
    writer: Writer, switch: Switch, clock: list[float], database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cds_service.store.writer.AT_ONCE", 3)
    switch.on = False
    for number in range(10):
        writer.write(entry(str(number)), 5)
    switch.on = True
    clock[0] += REST_SECONDS
    assert writer.write(entry("last", kept=False), 5)
    assert cards(database_url) == [*map(str, range(10)), "last"]


def test_an_sqlite_file_that_someone_locks_is_waited_for_and_then_given_up(tmp_path: Path, log: io.StringIO) -> None:
    url = f"sqlite:///{tmp_path / 's.db'}"
    writer = Writer(Database(url).connect, make_log(log))
    assert writer.write(entry("a"), 5)
    other = sqlite3.connect(tmp_path / "s.db", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    assert not writer.write(entry("b", kept=False), 5)
    other.execute("ROLLBACK")
    other.close()
    writer.close()
    assert cards(url) == ["a"]


def test_a_reader_does_not_stop_the_writer_for_ever(database_url: str, writer: Writer) -> None:
    assert writer.write(entry("a"), 5)
    with Database(database_url).read() as reader:
        with reader.begin():
            assert reader.execute(select(func.count()).select_from(feedback)).scalar() == 1
        assert writer.write(entry("b"), 5)


def test_a_hash_depends_on_key_client_and_patient() -> None:
    hashes = {
        Cloak(key).patient(issuer, patient)
        for key in ("k1", "k2") for issuer, patient in (("a", "bc"), ("ab", "c"), ("a", "b"))
    }  # fmt: skip
    assert len(hashes) == 6
    assert all(len(each) == 64 for each in hashes)


@pytest.mark.parametrize(
    ("patient", "reference", "hidden"),
    [
        ("p1", "Patient/p1", True), ("p1", "https://ehr.example.org/fhir/Patient/x", True),
        ("p1", "Condition/p1", True),
        ("p1", "Condition/p1-rt", True), ("p1", "Condition/x.P1", True), ("p1", "Condition/p10", False),
        ("1", "Condition/1", True), ("1", "Condition/21", False), ("123456", "Procedure/rt123456x", True),
        ("12345", "Procedure/rt12345x", False), ("a.b-c", "Condition/a.b-c-1", True), ("p1", "Condition/rt", False),
        ("p1", "context.draftOrders", False),
    ],
)  # fmt: skip
def test_references_that_tell_the_patient_are_hashed(patient: str, reference: str, hidden: bool) -> None:
    [kept] = Cloak("key").references([reference, reference], "issuer", patient)
    assert (kept != reference) is hidden
    assert not hidden or kept.startswith(("Patient/~", "Condition/~", "Procedure/~"))
    assert (len(patient) < SHORT_ID) is (patient != "123456")
