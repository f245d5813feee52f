"""The store of tokens seen: each once, over processes, and closed when it is down."""

import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from cds_service.trust.replay import MARGIN_SECONDS, BackedByMemory, MemoryStore, ReplayStore, Seen, token_name
from cds_service.trust.replay_sqlite import PURGE_SECONDS, REST_SECONDS, SQLiteStore
from cds_service.trust.store_file import token_file

NOW = 1_800_000_000.0


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "store-tokens.sqlite3"


@pytest.fixture
def store(path: Path) -> Iterator[SQLiteStore]:
    opened = SQLiteStore(path)
    yield opened
    opened.close()


def remember(store: ReplayStore, name: bytes, now: float = NOW) -> Seen:
    return store.remember(name, keep_until=now + 330 + MARGIN_SECONDS, now=now)


def test_a_token_is_new_once(store: SQLiteStore) -> None:
    assert [remember(store, b"a"), remember(store, b"a"), remember(store, b"b")] == [Seen.NEW, Seen.BEFORE, Seen.NEW]


def test_what_was_seen_outlives_the_process(store: SQLiteStore, path: Path) -> None:
    remember(store, b"a")
    store.close()
    again = SQLiteStore(path)
    assert remember(again, b"a") is Seen.BEFORE
    again.close()


@pytest.mark.parametrize(
    ("url", "file"),
    [
        ("sqlite:///rert-cds.sqlite3", "rert-cds-tokens.sqlite3"), ("sqlite:////var/a/s.db", "/var/a/s-tokens.db"),
        ("sqlite:///s.db?timeout=3", "s-tokens.db"), ("sqlite:///store", "store-tokens"), ("sqlite:///", None),
        ("sqlite:///:memory:", None), ("sqlite:///file:x?mode=memory&uri=true", None),
        ("postgresql+psycopg://h/d", None),
    ],
)  # fmt: skip
def test_tokens_are_kept_in_a_file_beside_the_database(url: str, file: str | None) -> None:
    assert token_file(url) == (Path(file) if file else None)


def test_equal_ids_of_two_issuers_are_two_tokens() -> None:
    names = {
        token_name("a", "1"),
        token_name("b", "1"),
        token_name("a1", ""),
        token_name("", "a1"),
        token_name("a:1", "1"),
    }
    assert len(names) == 5


def test_names_of_tokens_hold_nothing_readable() -> None:
    assert len(token_name("https://ehr.example.org", "Jane Doe")) == 32


def test_the_file_is_safe_against_power_cuts_and_private(store: SQLiteStore, path: Path) -> None:
    remember(store, b"a")
    assert store._file is not None
    assert (store._file.setting("journal_mode"), store._file.setting("synchronous")) == ("delete", 2)
    assert path.stat().st_mode & 0o777 == 0o600


def test_of_many_threads_with_one_token_exactly_one_is_first(store: SQLiteStore) -> None:
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
from cds_service.trust.replay_sqlite import SQLiteStore
store = SQLiteStore(Path(sys.argv[1]))
prefix = sys.argv[3].encode()
while not Path(sys.argv[2]).exists():
    time.sleep(0.001)
for number in range(100):
    print(store.remember(prefix + b"%d" % number, keep_until=time.time() + 60, now=time.time()).value)
store.close()
"""


def written(path: Path, go: Path, prefixes: list[str]) -> list[list[str]]:
    """What processes that write at the same time are told; each names its tokens with a prefix of its own."""
    command = [sys.executable, "-c", WRITER, str(path), str(go)]
    writers = [subprocess.Popen([*command, prefix], stdout=subprocess.PIPE, text=True) for prefix in prefixes]
    time.sleep(0.5)
    go.touch()
    return [writer.communicate(timeout=60)[0].split() for writer in writers]


def test_of_two_processes_with_the_same_tokens_each_token_is_first_in_one(path: Path, tmp_path: Path) -> None:
    first, second = written(path, tmp_path / "go", ["", ""])
    assert [sorted(pair) for pair in zip(first, second, strict=True)] == [["before", "new"]] * 100


def test_processes_that_write_without_a_pause_all_get_their_turn(path: Path, tmp_path: Path) -> None:
    told = written(path, tmp_path / "go", ["a", "b", "c", "d"])
    assert told == [["new"] * 100] * 4


def test_a_file_that_is_taken_away_is_noticed(store: SQLiteStore, path: Path) -> None:
    remember(store, b"a")
    path.unlink()
    assert remember(store, b"b") is Seen.DOWN


def test_a_token_is_kept_longer_than_a_clock_set_back_could_revive_it(path: Path) -> None:
    clock = [0.0]
    store = SQLiteStore(path, clock=lambda: clock[0])
    ends = NOW + 300
    store.remember(b"a", keep_until=ends + 30 + MARGIN_SECONDS, now=NOW)
    clock[0] += PURGE_SECONDS
    remember(store, b"b", ends + 30 + 3600)  # an hour after its end the store is purged, then the clock is set back
    assert remember(store, b"a", ends - 10) is Seen.BEFORE
    store.close()


def test_old_tokens_are_purged_a_batch_at_a_time(path: Path) -> None:
    clock = [0.0]
    store = SQLiteStore(path, clock=lambda: clock[0])
    for number in range(20):
        store.remember(b"%d" % number, keep_until=NOW + number, now=NOW)
    clock[0] += PURGE_SECONDS
    store.remember(b"late", keep_until=NOW + 999, now=NOW + 10)
    with sqlite3.connect(path) as file:
        assert file.execute("SELECT count(*) FROM seen_token").fetchone() == (11,)
    file.close()
    store.close()


def test_a_store_that_cannot_be_opened_is_down_and_says_so(tmp_path: Path) -> None:
    for path in (tmp_path / "missing" / "store.db", tmp_path):
        store = SQLiteStore(path)
        assert remember(store, b"a") is Seen.DOWN
        assert not store.is_up()


def test_a_file_that_is_no_database_is_down_and_is_left_as_it_is(path: Path) -> None:
    path.write_bytes(b"something else entirely" * 100)
    assert remember(SQLiteStore(path), b"a") is Seen.DOWN
    assert path.read_bytes().startswith(b"something else")


def test_a_store_comes_back_by_itself_after_a_rest(path: Path) -> None:
    clock = [0.0]
    path.mkdir()
    store = SQLiteStore(path, clock=lambda: clock[0])
    assert remember(store, b"a") is Seen.DOWN
    path.rmdir()
    assert remember(store, b"a") is Seen.DOWN
    clock[0] += REST_SECONDS
    assert store.is_up()
    assert remember(store, b"a") is Seen.NEW
    store.close()


def test_a_store_locked_by_someone_is_down_after_a_second_and_not_for_ever(store: SQLiteStore, path: Path) -> None:
    remember(store, b"a")
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    began = time.monotonic()
    assert remember(store, b"b") is Seen.DOWN
    assert time.monotonic() - began < 3
    began = time.monotonic()
    assert remember(store, b"b") is Seen.DOWN
    assert time.monotonic() - began < 0.2
    other.execute("ROLLBACK")
    other.close()
    time.sleep(REST_SECONDS)
    assert remember(store, b"b") is Seen.NEW


def test_memory_remembers_until_the_end_and_no_longer() -> None:
    store = MemoryStore()
    assert store.remember(b"a", keep_until=NOW + 60, now=NOW) is Seen.NEW
    assert store.remember(b"a", keep_until=NOW + 60, now=NOW + 60) is Seen.BEFORE
    assert store.remember(b"a", keep_until=NOW + 999, now=NOW + 200) is Seen.NEW


def test_with_memory_behind_it_a_store_that_goes_down_forgets_nothing_of_this_process(path: Path) -> None:
    inner = SQLiteStore(path)
    store = BackedByMemory(inner)
    assert remember(store, b"a") is Seen.NEW
    inner.close()
    path.unlink()
    path.mkdir()
    assert remember(store, b"a") is Seen.BEFORE
    assert remember(store, b"b") is Seen.NEW
    assert remember(store, b"b") is Seen.BEFORE
    assert store.is_up()
    path.rmdir()
    time.sleep(REST_SECONDS)
    assert remember(store, b"c") is Seen.NEW
    assert remember(inner, b"c") is Seen.BEFORE
    inner.close()
