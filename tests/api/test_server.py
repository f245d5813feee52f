"""The server as a process: slow bodies, broken framing, sizes, and the end."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from typing import Any

import pytest

CALL = "POST /cds-services/oncology-patient-view HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
CHUNKED = CALL + "Transfer-Encoding: chunked\r\n\r\n"
CAP = 65536
SECONDS = 15
ENDS_WITHIN = 60  # a worker that does not end by itself is ended when the time to drain is over


class Server:
    """One server process on a free port."""

    def __init__(self) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = int(free.getsockname()[1])
        environ = {name: value for name, value in os.environ.items() if not name.startswith("RERT_CDS_")}
        environ |= {"RERT_CDS_PORT": str(self.port), "RERT_CDS_WORKERS": "1", "RERT_CDS_MAX_BODY_BYTES": str(CAP)}
        environ |= {"RERT_CDS_DATABASE_URL": "sqlite:///:memory:"}
        command = [sys.executable, "-W", "error", "-m", "cds_service", "serve"]
        self.process = subprocess.Popen(command, env=environ, stderr=subprocess.PIPE, text=True)
        self._wait()

    def _wait(self) -> None:
        ends = time.monotonic() + SECONDS * 2
        while time.monotonic() < ends and self.process.poll() is None:
            try:
                self.connect().close()
                return
            except OSError:
                time.sleep(0.05)
        raise AssertionError(self.stop())

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=SECONDS)

    def ask(self, sent: bytes, *, end: bool = False) -> bytes:
        """What comes back until the server closes or says nothing more."""
        with self.connect() as connection:
            connection.sendall(sent)
            if end:
                connection.shutdown(socket.SHUT_WR)
            return answer(connection)

    def stop(self) -> str:
        """Ends the process if it runs, and returns what it wrote."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.process.communicate(timeout=ENDS_WITHIN)[1]


def answer(connection: socket.socket) -> bytes:
    """One response: its head, and as much body as it announces."""
    got = b""
    while b"\r\n\r\n" not in got:
        piece = connection.recv(65536)
        if not piece:
            return got
        got += piece
    head, _, rest = got.partition(b"\r\n\r\n")
    length = next((int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")), 0)
    while len(rest) < length and (piece := connection.recv(65536)):
        rest += piece
    return head + b"\r\n\r\n" + rest


def status(response: bytes) -> int:
    return int(response.split(b" ", 2)[1]) if response else 0


def chunks(*parts: bytes) -> bytes:
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    running = Server()
    yield running
    running.stop()


@pytest.fixture
def sent(make_body: Any) -> bytes:
    return json.dumps(make_body()).encode()


def with_length(sent: bytes) -> bytes:
    return f"{CALL}Content-Length: {len(sent)}\r\n\r\n".encode() + sent


def test_a_call_is_answered_and_the_server_does_not_name_itself(server: Server, sent: bytes) -> None:
    response = server.ask(with_length(sent))
    assert status(response) == 200
    assert response.endswith(b'{"cards":[]}')
    assert b"\r\nserver:" not in response.lower()


def test_a_chunked_call_is_answered(server: Server, sent: bytes) -> None:
    assert status(server.ask(CHUNKED.encode() + chunks(sent[:50], sent[50:]))) == 200


@pytest.mark.parametrize("tail", [b" " * CAP, b" " * 20 * CAP])
def test_a_chunked_body_above_the_cap_is_413_though_its_beginning_is_json(
    server: Server, sent: bytes, tail: bytes
) -> None:
    assert status(server.ask(CHUNKED.encode() + chunks(sent, tail))) == 413


def test_a_length_above_the_cap_is_413_before_the_body_is_read(server: Server) -> None:
    assert status(server.ask(f"{CALL}Content-Length: {CAP + 1}\r\n\r\n".encode())) == 413


def test_a_body_that_ends_before_its_length_is_400(server: Server, sent: bytes) -> None:
    early = f"{CALL}Content-Length: {len(sent) + 50}\r\n\r\n".encode() + sent
    assert status(server.ask(early, end=True)) == 400


@pytest.mark.parametrize(
    "chunked", [b"zz\r\n{}\r\n0\r\n\r\n", b"-1\r\n{}\r\n0\r\n\r\n", b"2\r\n{}XX0\r\n\r\n", b"5\r\n{}\r\n"]
)
def test_a_bad_chunk_is_400(server: Server, chunked: bytes) -> None:
    assert status(server.ask(CHUNKED.encode() + chunked, end=True)) == 400


def test_a_chunked_body_without_its_last_chunk_is_400(server: Server, sent: bytes) -> None:
    assert status(server.ask(CHUNKED.encode() + chunks(sent)[:-5], end=True)) == 400


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (CALL + "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n", {400}),
        (CALL + "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}", {400}),
        (CALL + "Content-Length: +2\r\n\r\n{}", {400}),
        (CALL + "Transfer-Encoding: xchunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n", {400, 501}),
        (CALL + "X: a\r\n b\r\n\r\n", {400}),
        (CALL + "X : a\r\n\r\n", {400}),
        (CALL + "X: a\x00b\r\n\r\n", {400}),
        (f"GET /{'a' * 10240} HTTP/1.1\r\n\r\n", {414}),
        (CALL + f"X: {'a' * 20480}\r\n\r\n", {431}),
        (CALL + "".join(f"X{number}: a\r\n" for number in range(200)) + "\r\n", {431}),
        ("GARBAGE\r\n\r\n", {400}),
    ],
)
def test_requests_that_two_servers_could_read_differently_are_refused(
    server: Server, head: str, expected: set[int]
) -> None:
    response = server.ask(head.encode("latin-1"))
    assert status(response) in expected
    assert b"connection: close" in response.lower()
    assert b"OperationOutcome" in response


@pytest.mark.threat("C21")
@pytest.mark.parametrize(
    "path",
    [
        "/cds-services/oncology-patient-view%2Ffeedback", "/cds-services%2foncology-patient-view", "/%2f/cds-services",
        "/cds-services/..%2fcds-services%2foncology-patient-view", "/cds-services/oncology-patient-view%2f",
        "/cds-services/../cds-services/oncology-patient-view", "/x/%2e%2e/cds-services/oncology-patient-view",
    ],
)  # fmt: skip
def test_an_address_that_only_decodes_to_ours_is_404(server: Server, sent: bytes, path: str) -> None:
    assert status(server.ask(with_length(sent).replace(b"/cds-services/oncology-patient-view", path.encode()))) == 404


@pytest.mark.threat("C21")
def test_letters_may_be_encoded_and_a_query_may_hold_anything(server: Server, sent: bytes) -> None:
    spelled = b"/cds-services/%6Fncology-patient-view?a=%2F"
    assert status(server.ask(with_length(sent).replace(b"/cds-services/oncology-patient-view", spelled))) == 200


@pytest.mark.threat("C05", "C10")
@pytest.mark.parametrize("coding", ["gzip, chunked", "deflate, chunked", "identity, chunked"])
def test_a_transfer_coding_beside_chunked_is_refused(server: Server, sent: bytes, coding: str) -> None:
    head = CHUNKED.replace("chunked", coding).encode()
    assert status(server.ask(head + chunks(sent))) in {400, 501}


def test_sixty_slow_bodies_hold_up_nobody(server: Server, sent: bytes) -> None:
    head = f"{CALL}Content-Length: {len(sent)}\r\n\r\n".encode()
    with ExitStack() as stack:
        slow = [stack.enter_context(server.connect()) for _ in range(60)]
        for connection in slow:
            connection.sendall(head + sent[:10])
        time.sleep(0.2)
        began = time.monotonic()
        assert status(server.ask(b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n")) == 200
        assert status(server.ask(with_length(sent))) == 200
        assert time.monotonic() - began < 2
        for connection in slow:
            connection.sendall(sent[10:])
        assert {status(answer(connection)) for connection in slow} == {200}


def send_without_end(server: Server, first: bytes, then: bytes) -> None:
    with suppress(OSError), server.connect() as connection:
        connection.sendall(first)
        while True:
            connection.sendall(then)


@pytest.mark.parametrize(
    ("first", "then"),
    [
        (
            "POST /nowhere HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n",
            b"100000\r\n" + b"a" * 0x100000 + b"\r\n",
        ),
        ("POST /nowhere HTTP/1.1\r\nHost: x\r\nContent-Length: 999999999999\r\n\r\n", b"a" * 0x100000),
        (CHUNKED, (b"1;" + b"a" * 8000 + b"\r\n{\r\n") * 500),
    ],
)
@pytest.mark.threat("C08", "C09")
def test_bodies_without_end_that_arrive_fast_hold_up_nobody(
    server: Server, sent: bytes, first: str, then: bytes
) -> None:
    threads = [threading.Thread(target=send_without_end, args=(server, first.encode(), then)) for _ in range(3)]
    for thread in threads:
        thread.start()
    time.sleep(0.5)
    began = time.monotonic()
    assert status(server.ask(with_length(sent))) == 200
    assert time.monotonic() - began < 5
    for thread in threads:
        thread.join(SECONDS)  # each is cut off by then
        assert not thread.is_alive()


@pytest.mark.threat("C09")
def test_after_a_refusal_the_connection_serves_the_next_call_if_the_body_was_short(server: Server, sent: bytes) -> None:
    refused = f"POST /nowhere HTTP/1.1\r\nHost: x\r\nContent-Length: {len(sent)}\r\n\r\n".encode() + sent
    with server.connect() as connection:
        for call, expected in ((refused, 404), (with_length(sent), 200)):
            connection.sendall(call)
            assert status(answer(connection)) == expected


def test_a_body_that_does_not_arrive_is_408(server: Server, sent: bytes) -> None:
    with server.connect() as connection:
        connection.sendall(f"{CALL}Content-Length: {len(sent)}\r\n\r\n".encode())
        response = b""
        for byte in (sent[:1], sent[1:2], sent[2:3]):
            connection.sendall(byte)
            time.sleep(1)
        response = answer(connection)
    assert status(response) == 408


def test_sigterm_finishes_what_has_begun_and_leaves_with_0(sent: bytes) -> None:
    server = Server()
    with server.connect() as connection:
        connection.sendall(f"{CALL}Content-Length: {len(sent)}\r\n\r\n".encode() + sent[:20])
        time.sleep(0.5)
        server.process.send_signal(signal.SIGTERM)
        time.sleep(0.5)
        connection.sendall(sent[20:])
        assert status(answer(connection)) == 200
    written = server.stop()
    assert server.process.returncode == 0, written
    assert "Warning" not in written.replace('"warning"', "")
    assert all(json.loads(line)["event"] for line in written.splitlines())


def test_no_control_socket_is_left_or_opened(server: Server, tmp_path: Any) -> None:
    from pathlib import Path

    assert not (Path.home() / ".gunicorn" / "gunicorn.ctl").exists()


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("RERT_CDS_AUTH", "jwt", "RERT_CDS_CLIENTS_FILE is missing"),
        ("RERT_CDS_ENVIRONMENT", "production", "RERT_CDS_PATIENT_KEY is missing"),
        ("RERT_CDS_HOST", "0.0.0.0", "RERT_CDS_HOST must be a loopback address"),  # noqa: S104 -- refused here
        ("RERT_CDS_PORTS", "1", "RERT_CDS_PORTS is not a setting"),
    ],
)
def test_settings_that_are_wrong_end_the_start_with_1(variable: str, value: str, said: str) -> None:
    command = [sys.executable, "-m", "cds_service", "serve"]
    ended = subprocess.run(
        command, env={**os.environ, variable: value}, capture_output=True, text=True, timeout=SECONDS * 2, check=False
    )
    assert (ended.returncode, ended.stdout) == (1, "")
    assert said in ended.stderr
