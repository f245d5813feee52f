"""The real server and its store: crashes of database and workers, a full disk, the end. Every 200 is on disk."""

import http.client
import json
import os
import resource
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import psutil
import pytest
from client_tokens import BASE, ISSUER, ec_key, key_set, public, token
from postgres_server import PostgresServer
from server_process import ServerProcess
from sqlalchemy import Table, func, select, text

from cds_service.store.database import Database
from cds_service.store.tables import answer, feedback

VIEW = "oncology-patient-view"
EXAMPLE = Path(__file__).parents[1] / "examples" / "spine-metastasis-worse-after-its-radiotherapy" / "request.json"
SECONDS = 30


class Sender:
    """Sends feedback without a pause from several threads, and keeps book of what it was told."""

    def __init__(self, server: ServerProcess, threads: int = 4) -> None:
        self.told: list[tuple[str, int]] = []
        self._server, self._stop = server, threading.Event()
        self._threads = [threading.Thread(target=self._send) for _ in range(threads)]

    @contextmanager
    def sending(self) -> Iterator["Sender"]:
        for thread in self._threads:
            thread.start()
        try:
            yield self
        finally:
            self._stop.set()
            for thread in self._threads:
                thread.join()

    def _send(self) -> None:
        while not self._stop.is_set():
            card = str(uuid4())
            self.told.append((card, send(self._server, card)))

    def count(self, status: int) -> int:
        return sum(told == status for _, told in list(self.told))

    def wait_for(self, status: int, more: int = 20) -> None:
        """Until so many more were answered with this status."""
        wanted = self.count(status) + more
        until(lambda: self.count(status) >= wanted, f"{more} more answers {status}")

    @property
    def acknowledged(self) -> set[str]:
        return {card for card, status in self.told if status == 200}


def send(server: ServerProcess, card: str, comment: str = "") -> int:
    entry: dict[str, Any] = {"card": card, "outcome": "overridden", "outcomeTimestamp": "2026-01-10T09:30:00Z"}
    if comment:
        entry["overrideReason"] = {"userComment": comment}
    body = json.dumps({"feedback": [entry]}).encode()
    try:
        return server.ask("POST", f"/cds-services/{VIEW}/feedback", body, {"Content-Type": "application/json"})[0]
    except http.client.HTTPException:
        return 0  # the worker was killed in the middle of its answer


def until(true: Callable[[], bool], what: str) -> None:
    ends = time.monotonic() + SECONDS
    while not true():
        assert time.monotonic() < ends, f"waited in vain for {what}"
        time.sleep(0.02)


def cards_kept(url: str) -> set[str]:
    with Database(url).read() as connection:
        return set(connection.execute(select(feedback.c.card)).scalars())


def number_of(url: str, table: Table) -> int:
    with Database(url).read() as connection:
        return int(connection.execute(select(func.count()).select_from(table)).scalar_one())


@contextmanager
def serving(**settings: str) -> Iterator[ServerProcess]:
    server = ServerProcess(**settings)
    try:
        yield server
    finally:
        server.stop()


def workers_of(server: ServerProcess) -> list[psutil.Process]:
    return psutil.Process(server.process.pid).children()


def with_tokens(folder: Path) -> dict[str, str]:
    """Settings of a server with one registered client."""
    (folder / "keys.json").write_bytes(key_set(public(ec_key())))
    (folder / "clients.toml").write_text(f'[[client]]\nname = "h"\nissuer = "{ISSUER}"\njwks_file = "keys.json"\n')
    return {"AUTH": "jwt", "CLIENTS_FILE": str(folder / "clients.toml"), "PUBLIC_BASE_URL": BASE}


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'store.sqlite3'}"


def test_after_a_crash_of_postgresql_under_feedback_every_200_is_there_and_it_recovers_by_itself(
    postgres: PostgresServer,
) -> None:
    url = postgres.new_database()
    with serving(DATABASE_URL=url, WORKERS="2") as server:
        with Sender(server).sending() as sender:
            sender.wait_for(200)
            postgres.kill()
            try:
                sender.wait_for(503)
                down = len(sender.told)
                sender.wait_for(503)
                assert {status for _, status in sender.told[down:]} == {503}
                assert server.post(VIEW, EXAMPLE.read_bytes()) == 200
                assert json.loads(server.ask("GET", "/health/ready")[2])["store"] == "down"
            finally:
                postgres.start()
            sender.wait_for(200)
        assert {status for _, status in sender.told} == {200, 503}
        assert sender.acknowledged <= cards_kept(url)
        until(lambda: number_of(url, answer) == 1, "the answer given while the database was down")
        assert {json.loads(line)["event"] for line in server.stop().splitlines()} >= {"store", "store-down", "feedback"}


def test_a_worker_killed_under_feedback_takes_no_acknowledged_one_with_it(sqlite_url: str) -> None:
    with serving(DATABASE_URL=sqlite_url, WORKERS="2") as server:
        with Sender(server).sending() as sender:
            for _ in range(3):
                sender.wait_for(200)
                before = workers_of(server)
                before[0].kill()
                until(lambda before=before: len({*workers_of(server)} - {*before}) == 1, "a new worker")  # type: ignore[misc]
            sender.wait_for(200)
        assert len(sender.acknowledged) >= 80
        assert sender.acknowledged <= cards_kept(sqlite_url)
        assert {status for _, status in sender.told} <= {200, 0}
    with Database(sqlite_url).read() as connection:
        assert connection.execute(text("PRAGMA integrity_check")).scalar() == "ok"


def test_a_full_disk_is_503_for_feedback_loses_nothing_and_passes(sqlite_url: str) -> None:
    with serving(DATABASE_URL=sqlite_url, WORKERS="1", KEEP_COMMENTS="true") as server:
        told = {str(number): send(server, str(number), "x" * 4000) for number in range(20)}
        [worker] = workers_of(server)
        file = Path(sqlite_url.removeprefix("sqlite:///"))
        _, hard = worker.rlimit(psutil.RLIMIT_FSIZE)  # no file of the worker may grow beyond what this one is now
        worker.rlimit(psutil.RLIMIT_FSIZE, (file.stat().st_size + 8192, hard))
        told |= {str(number): send(server, str(number), "x" * 4000) for number in range(20, 40)}
        assert list(told.values())[:20] == [200] * 20
        assert list(told.values())[-15:] == [503] * 15
        assert server.post(VIEW, EXAMPLE.read_bytes()) == 200
        assert cards_kept(sqlite_url) == {card for card, status in told.items() if status == 200}
        worker.rlimit(psutil.RLIMIT_FSIZE, (resource.RLIM_INFINITY, hard))
        until(lambda: send(server, "late") == 200, "the store to take feedback again")
        until(lambda: number_of(sqlite_url, answer) == 1, "the answer given while the disk was full")
    with Database(sqlite_url).read() as connection:
        assert connection.execute(text("PRAGMA integrity_check")).scalar() == "ok"


def test_on_sigterm_quiet_answers_that_waited_get_on_record(database_url: str, make_body: Any) -> None:
    body = json.dumps(make_body()).encode()
    with serving(DATABASE_URL=database_url, WORKERS="1") as server:
        assert [server.post(VIEW, body) for _ in range(30)] == [200] * 30
        written = server.stop()
        assert (server.process.returncode, "records-lost" in written) == (0, False), written
    assert number_of(database_url, answer) == 30


def test_a_server_that_starts_before_its_database_gives_advice_and_finds_it_later(postgres: PostgresServer) -> None:
    url = postgres.new_database()
    postgres.kill()
    try:
        server = ServerProcess(DATABASE_URL=url, WORKERS="1")
    finally:
        postgres.start()
    try:
        until(lambda: send(server, "late") == 200, "the store to take feedback")
        assert server.post(VIEW, EXAMPLE.read_bytes()) == 200
        assert cards_kept(url) == {"late"}
        until(lambda: number_of(url, answer) == 1, "the answer")
    finally:
        server.stop()


def test_several_servers_that_start_at_once_make_the_tables_once(database_url: str) -> None:
    servers: list[ServerProcess] = []
    threads = [
        threading.Thread(target=lambda: servers.append(ServerProcess(DATABASE_URL=database_url, WORKERS="2")))
        for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    try:
        assert [send(server, str(number)) for number, server in enumerate(servers)] == [200] * 3
        assert cards_kept(database_url) == {"0", "1", "2"}
    finally:
        written = [server.stop() for server in servers]
    assert not any("store-down" in lines for lines in written)


def test_with_postgresql_a_token_sent_to_two_workers_gets_in_once(
    postgres: PostgresServer, tmp_path: Path, make_body: Any
) -> None:
    settings = with_tokens(tmp_path) | {"WORKERS": "2", "DATABASE_URL": postgres.new_database()}
    body, told = json.dumps(make_body()).encode(), []
    with serving(**settings) as server:

        def call(sent: str) -> None:
            told.append(server.post(VIEW, body, {"Authorization": f"Bearer {sent}"}))

        for _ in range(5):
            sent = token()
            threads = [threading.Thread(target=call, args=(sent,)) for _ in range(8)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        assert (told.count(200), told.count(401)) == (5, 35)
        postgres.kill()
        try:
            until(lambda: server.post(VIEW, body, {"Authorization": f"Bearer {token()}"}) == 503, "closed doors")
            assert server.ask("GET", "/health/live")[0] == 200
        finally:
            postgres.start()
        until(lambda: server.post(VIEW, body, {"Authorization": f"Bearer {token()}"}) == 200, "open doors")


@pytest.mark.threat("A25", "E10")
def test_while_postgresql_hangs_calls_are_503_in_time_and_afterwards_all_is_well(
    postgres: PostgresServer, tmp_path: Path, make_body: Any
) -> None:
    body = json.dumps(make_body()).encode()
    settings = with_tokens(tmp_path) | {"WORKERS": "1", "DATABASE_URL": postgres.new_database()}
    with serving(**settings) as server:

        def call() -> int:
            return server.post(VIEW, body, {"Authorization": f"Bearer {token()}"})

        def say() -> int:
            said = {"card": "c", "outcome": "overridden", "outcomeTimestamp": "2026-01-10T09:30:00Z"}
            headers = {"Authorization": f"Bearer {token(aud=f'{BASE}/cds-services/{VIEW}/feedback')}"}
            return server.post(f"{VIEW}/feedback", json.dumps({"feedback": [said]}).encode(), headers)

        assert (call(), say()) == (200, 200)
        with postgres.frozen():
            assert [call(), say(), call()] == [503, 503, 503]
            assert server.ask("GET", "/health/ready")[0] == 503
            assert server.ask("GET", "/health/live")[0] == 200
        until(lambda: call() == 200 and say() == 200, "open doors")


def test_while_postgresql_hangs_advice_is_given_and_feedback_is_503_in_time(postgres: PostgresServer) -> None:
    url = postgres.new_database()
    with serving(DATABASE_URL=url, WORKERS="1") as server:
        assert send(server, "before") == 200
        with postgres.frozen():
            assert server.post(VIEW, EXAMPLE.read_bytes()) == 200
            assert {send(server, "meanwhile") for _ in range(2)} == {503}
            assert json.loads(server.ask("GET", "/health/ready")[2])["store"] == "down"
        until(lambda: send(server, "after") == 200, "the store to take feedback")
        until(lambda: number_of(url, answer) == 1, "the answer given meanwhile")
        assert cards_kept(url) >= {"before", "after"}


def test_the_server_ends_with_0_though_its_database_is_down(postgres: PostgresServer) -> None:
    url = postgres.new_database()
    server = ServerProcess(DATABASE_URL=url, WORKERS="1")
    assert server.post(VIEW, EXAMPLE.read_bytes()) == 200
    until(lambda: number_of(url, answer) == 1, "the first answer")
    postgres.kill()
    try:
        assert server.post(VIEW, EXAMPLE.read_bytes()) == 200
        server.process.send_signal(signal.SIGTERM)
        written = server.stop()
    finally:
        postgres.start()
    assert server.process.returncode == 0, written
    lines = [json.loads(line) for line in written.splitlines()]
    assert [line["waiting"] for line in lines if line["event"] == "records-lost"] == [1]
    assert os.environ.get("PGPASSWORD", "none") not in written
