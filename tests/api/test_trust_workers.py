"""Tokens at a server with two workers: one token at both, strangers, and keys that are slow to come."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from client_tokens import KeyServer, ec_key, key_set, public, token
from trusted_calls import CALL, OTHER, add_client, bearer

SECONDS = 15
ENDS_WITHIN = 60  # a worker that does not end by itself is ended when the time to drain is over


class Server:
    """`rert-cds serve` as a process, with two workers."""

    def __init__(self, settings: dict[str, str]) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = int(free.getsockname()[1])
        environ = {name: value for name, value in os.environ.items() if not name.startswith("RERT_CDS_")}
        settings = {**settings, "PORT": str(self.port), "WORKERS": "2"}
        environ |= {f"RERT_CDS_{name}": value for name, value in settings.items()}
        command = [sys.executable, "-W", "error", "-m", "cds_service", "serve"]
        self.process = subprocess.Popen(command, env=environ, stderr=subprocess.PIPE, text=True)
        ends = time.monotonic() + SECONDS * 2
        while self.get("/health/ready") != 200:
            if time.monotonic() > ends or self.process.poll() is not None:
                raise AssertionError(self.stop())
            time.sleep(0.05)

    def get(self, path: str) -> int:
        return self._ask("GET", path)

    def post(self, sent: str | None, body: bytes) -> int:
        headers = {"Content-Type": "application/json", **(bearer(sent) if sent else {})}
        return self._ask("POST", CALL, body, headers)

    def _ask(self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=SECONDS)
        try:
            connection.request(method, path, body, headers or {})
            return connection.getresponse().status
        except OSError:
            return 0
        finally:
            connection.close()

    def stop(self) -> str:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.process.communicate(timeout=ENDS_WITHIN)[1]


@pytest.fixture
def production(settings: dict[str, str]) -> Iterator[Server]:
    running = Server({**settings, "ENVIRONMENT": "production", "PATIENT_KEY": "0123456789abcdef"})
    yield running
    running.stop()


@pytest.mark.conforms("J158")
def test_in_production_a_token_sent_to_two_workers_at_once_gets_in_once(
    production: Server, make_body: Callable[..., Any]
) -> None:
    body = json.dumps(make_body()).encode()
    with ThreadPoolExecutor(16) as threads:
        for _ in range(12):
            sent = token()
            statuses = list(threads.map(lambda _, sent=sent: production.post(sent, body), range(16)))
            assert sorted(statuses) == [200] + [401] * 15
    assert production.post(None, body) == 401
    assert production.get("/cds-services") == 200
    written = production.stop()
    assert production.process.returncode == 0
    lines = [json.loads(line) for line in written.splitlines()]
    assert {line["event"] for line in lines} <= {"call", "refused", "store"}
    assert [line["event"] for line in lines].count("call") == 12


def test_a_stranger_who_sends_half_a_body_is_answered_at_once_and_holds_nobody_up(production: Server) -> None:
    began = time.monotonic()
    head = f"POST {CALL} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 5000\r\n\r\n{{"
    strangers = [socket.create_connection(("127.0.0.1", production.port), timeout=SECONDS) for _ in range(40)]
    try:
        for stranger in strangers:
            stranger.sendall(head.encode())
        assert {stranger.recv(12) for stranger in strangers} == {b"HTTP/1.1 401"}
        assert production.get("/health/live") == 200
    finally:
        for stranger in strangers:
            stranger.close()
    assert time.monotonic() - began < 5


def test_two_authorization_headers_are_refused(production: Server) -> None:
    fields = "".join(f"Authorization: Bearer {token()}\r\n" for _ in range(2))
    head = f"POST {CALL} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 2\r\n{fields}\r\n{{}}"
    with socket.create_connection(("127.0.0.1", production.port), timeout=SECONDS) as connection:
        connection.sendall(head.encode())
        assert connection.recv(12) == b"HTTP/1.1 401"


def timed(server: Server, sent: str, body: bytes) -> tuple[int, float]:
    began = time.monotonic()
    return server.post(sent, body), time.monotonic() - began


def test_a_key_address_that_hangs_delays_its_own_calls_by_two_seconds_and_no_other(
    settings: dict[str, str], make_body: Callable[..., Any]
) -> None:
    body = json.dumps(make_body()).encode()
    third = "https://third.example.org"
    with (
        socket.create_server(("127.0.0.1", 0)) as silent,
        KeyServer(key_set(public(ec_key(number=2)))).running() as keys,
    ):
        address = f"http://127.0.0.1:{silent.getsockname()[1]}/jwks.json"
        add_client(settings, f'[[client]]\nname = "third"\nissuer = "{third}"\njwks_url = "{keys.address}"')
        add_client(settings, f'[[client]]\nname = "other"\nissuer = "{OTHER}"\njwks_url = "{address}"')
        server = Server(settings)
        try:
            with ThreadPoolExecutor(20) as threads:
                hung = [threads.submit(timed, server, token(ec_key(number=1), iss=OTHER), body) for _ in range(12)]
                time.sleep(0.3)
                others = [timed(server, token(), body) for _ in range(4)]
                others += [timed(server, token(ec_key(number=2), iss=third), body) for _ in range(4)]
                assert [status for status, _ in others] == [200] * 8
                assert keys.connections <= 2  # one for each worker process
                assert max(seconds for _, seconds in others) < 1.2
                assert [call.result()[0] for call in hung] == [401] * 12
                assert max(call.result()[1] for call in hung) < 3.5  # two seconds, and a busy machine
        finally:
            server.stop()
