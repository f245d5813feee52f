"""The store of tokens seen on PostgreSQL: each once over processes, closed when it is down, back by itself."""

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from postgres_server import PostgresServer
from sqlalchemy import text

from cds_service.store.database import Database
from cds_service.trust.replay import MARGIN_SECONDS, PURGE_SECONDS, BackedByMemory, ReplayStore, Seen
from cds_service.trust.replay_postgres import REST_SECONDS, PostgresStore

NOW = 1_800_000_000.0


@pytest.fixture
def url(postgres: PostgresServer) -> str:
    return postgres.new_database()


@pytest.fixture
def clock() -> list[float]:
    return [0.0]


@pytest.fixture
def store(url: str, clock: list[float]) -> Iterator[PostgresStore]:
    opened = PostgresStore(Database(url).connect, clock=lambda: clock[0])
    yield opened
    opened.close()


def remember(store: ReplayStore, name: bytes, now: float = NOW) -> Seen:
    return store.remember(name, keep_until=now + 330 + MARGIN_SECONDS, now=now)


def kept(url: str) -> int:
    with Database(url).read() as connection:
        return int(connection.execute(text("SELECT count(*) FROM seen_token")).scalar_one())


def test_a_token_is_new_once(store: PostgresStore, url: str) -> None:
    assert [remember(store, b"a"), remember(store, b"a"), remember(store, b"b")] == [Seen.NEW, Seen.BEFORE, Seen.NEW]
    assert remember(PostgresStore(Database(url).connect), b"a") is Seen.BEFORE


def test_of_many_threads_with_one_token_exactly_one_is_first(store: PostgresStore) -> None:
    told: list[Seen] = []
    threads = [
        threading.Thread(target=lambda: told.extend(remember(store, b"%d" % number) for number in range(20)))
        for _ in range(16)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (told.count(Seen.NEW), told.count(Seen.BEFORE)) == (20, 300)


WRITER = """
import sys, time
from pathlib import Path
from cds_service.store.database import Database
from cds_service.trust.replay_postgres import PostgresStore
store = PostgresStore(Database(sys.argv[1]).connect)
while not Path(sys.argv[2]).exists():
    time.sleep(0.001)
for number in range(100):
    print(store.remember(b"%d" % number, keep_until=time.time() + 60, now=time.time()).value)
store.close()
"""


def test_of_two_processes_with_the_same_tokens_each_token_is_first_in_one(url: str, tmp_path: Path) -> None:
    Database(url).connect().close()
    command = [sys.executable, "-c", WRITER, url, str(tmp_path / "go")]
    writers = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    time.sleep(0.5)
    (tmp_path / "go").touch()
    first, second = (writer.communicate(timeout=60)[0].split() for writer in writers)
    assert [sorted(pair) for pair in zip(first, second, strict=True)] == [["before", "new"]] * 100


def test_two_processes_that_come_first_make_the_tables_once(url: str, tmp_path: Path) -> None:
    (tmp_path / "go").touch()
    command = [sys.executable, "-c", WRITER, url, str(tmp_path / "go")]
    writers = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    told = [writer.communicate(timeout=60)[0].split() for writer in writers]
    assert [sorted(each) for each in zip(*told, strict=True)] == [["before", "before", "new"]] * 100


def test_old_tokens_are_purged_and_young_ones_are_not(store: PostgresStore, url: str, clock: list[float]) -> None:
    for number in range(20):
        store.remember(b"%d" % number, keep_until=NOW + number, now=NOW)
    clock[0] += PURGE_SECONDS
    store.remember(b"late", keep_until=NOW + 999, now=NOW + 10)
    assert kept(url) == 11


def test_a_server_that_is_not_there_is_down_and_says_so() -> None:
    store = PostgresStore(Database("postgresql+psycopg://nobody@127.0.0.1:1/none").connect)
    assert remember(store, b"a") is Seen.DOWN
    assert not store.is_up()
    assert remember(BackedByMemory(store), b"a") is Seen.NEW


def test_it_comes_back_by_itself_after_a_crash_and_has_forgotten_nothing(
    store: PostgresStore, postgres: PostgresServer, clock: list[float]
) -> None:
    assert remember(store, b"a") is Seen.NEW
    postgres.kill()
    try:
        assert remember(store, b"b") is Seen.DOWN
    finally:
        postgres.start()
    assert remember(store, b"b") is Seen.DOWN
    clock[0] += REST_SECONDS
    assert store.is_up()
    assert [remember(store, name) for name in (b"a", b"b")] == [Seen.BEFORE, Seen.NEW]


def test_an_idle_connection_that_was_closed_costs_no_call(store: PostgresStore, postgres: PostgresServer) -> None:
    assert remember(store, b"a") is Seen.NEW
    with Database(postgres.url("postgres")).read() as other:
        other.execute(text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"))
    assert [remember(store, name) for name in (b"a", b"b")] == [Seen.BEFORE, Seen.NEW]
