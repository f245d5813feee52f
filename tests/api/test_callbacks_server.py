"""`rert-cds serve` while its calls wait for a FHIR server: everybody else is answered."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
from fhir_server import GRANT, Answer, Asked, FhirServer, bundle

CALL = "/cds-services/oncology-patient-view"
SECONDS = 15
ENDS_WITHIN = 60
PATIENT = {"resourceType": "Patient", "id": "p1", "birthDate": "1960-01-01"}


class Server:
    """One worker process."""

    def __init__(self, clients: Path, **settings: str) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = int(free.getsockname()[1])
        environ = {name: value for name, value in os.environ.items() if not name.startswith("RERT_CDS_")}
        given = {"PORT": str(self.port), "WORKERS": "1", "CLIENTS_FILE": str(clients), **settings}
        environ |= {f"RERT_CDS_{name}": value for name, value in given.items()}
        command = [sys.executable, "-W", "error", "-m", "cds_service", "serve"]
        self.process = subprocess.Popen(command, env=environ, stderr=subprocess.PIPE, text=True, cwd=clients.parent)
        ends = time.monotonic() + SECONDS * 2
        while self.ask("/health/ready")[0] != 200:
            if time.monotonic() > ends or self.process.poll() is not None:
                raise AssertionError(self.stop())
            time.sleep(0.05)

    def ask(self, path: str, body: dict[str, Any] | None = None) -> tuple[int, bytes, float]:
        began = time.monotonic()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=SECONDS)
        try:
            raw = json.dumps(body).encode() if body else None
            connection.request("POST" if body else "GET", path, raw, {"Content-Type": "application/json"})
            answer = connection.getresponse()
            return answer.status, answer.read(), time.monotonic() - began
        except OSError:
            return 0, b"", time.monotonic() - began
        finally:
            connection.close()

    def stop(self) -> str:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.process.communicate(timeout=ENDS_WITHIN)[1]


@pytest.fixture
def ehr() -> Iterator[FhirServer]:
    with FhirServer({"patient": PATIENT, "conditions": bundle([]), "procedures": bundle([])}).running() as running:
        yield running


@pytest.fixture
def clients(ehr: FhirServer, tmp_path: Path) -> Path:
    (tmp_path / "keys.json").write_text("{}")
    file = tmp_path / "clients.toml"
    file.write_text(
        '[[client]]\nname = "ehr"\nissuer = "https://ehr.example.org"\njwks_file = "keys.json"\n'
        f'fhir_servers = ["{ehr.address}"]\n'
    )
    return file


@pytest.fixture
def server(clients: Path) -> Iterator[Server]:
    running = Server(clients, DEADLINE_MS="5000")
    yield running
    running.stop()


def asking(ehr: FhirServer, make_body: Any) -> dict[str, Any]:
    body: dict[str, Any] = make_body(prefetch={}, fhirServer=ehr.address, fhirAuthorization=GRANT)
    return body


@pytest.mark.threat("B11")
def test_calls_that_wait_for_a_hung_server_hold_nobody_up_and_end_at_the_deadline(
    server: Server, ehr: FhirServer, make_body: Any
) -> None:
    over = threading.Event()

    def hang(_asked: Asked, handler: BaseHTTPRequestHandler) -> Answer:
        over.wait(SECONDS * 2)
        handler.close_connection = True
        return 0, b"", {}

    ehr.rule = hang
    try:
        with ThreadPoolExecutor(30) as threads:
            hung = [threads.submit(server.ask, CALL, asking(ehr, make_body)) for _ in range(20)]
            time.sleep(0.3)
            others = [server.ask("/health/live") for _ in range(5)] + [server.ask(CALL, make_body()) for _ in range(5)]
            assert {status for status, _, _ in others} == {200}
            assert not any(call.done() for call in hung)
            ended = [call.result() for call in hung]
        assert {status for status, _, _ in ended} == {412}
        assert max(seconds for _, _, seconds in ended) < SECONDS  # the server hangs longer
        before = ehr.connections
        assert b"left alone" in server.ask(CALL, asking(ehr, make_body))[1]
        assert ehr.connections == before
    finally:
        over.set()


def test_calls_through_the_server_fetch_side_by_side(server: Server, ehr: FhirServer, make_body: Any) -> None:
    together = threading.Barrier(6)
    arrived = iter(range(100))

    def rule(_asked: Asked, _handler: BaseHTTPRequestHandler) -> Answer | None:
        if next(arrived) < 6:
            together.wait(SECONDS)
        return None

    ehr.rule = rule
    assert server.ask(CALL, asking(ehr, make_body))[:2] == (200, b'{"cards":[]}')
    assert not together.broken


@pytest.mark.conforms("F89", "L172")
@pytest.mark.threat("B19")
def test_neither_token_nor_patient_stands_in_what_the_server_writes(
    server: Server, ehr: FhirServer, make_body: Any
) -> None:
    assert server.ask(CALL, asking(ehr, make_body))[0] == 200
    ehr.token = "another"  # noqa: S105  # no secret: the server of the test is to refuse
    assert server.ask(CALL, asking(ehr, make_body))[0] == 412
    written = server.stop()
    assert GRANT["access_token"] not in written
    assert "1960-01-01" not in written
    assert '"not-fetched"' in written
