"""The guarded way out, against servers that misbehave."""

import gzip
import json
import socket
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from client_tokens import KeyServer

from cds_service.trust.outbound import FetchError, fetch

CAP = 4096
SECONDS = 0.6


@pytest.fixture
def server() -> Iterator[KeyServer]:
    with KeyServer(b'{"keys":[]}', {"Cache-Control": "max-age=60"}).running() as running:
        yield running


def refused(address: str) -> tuple[str, float]:
    began = time.monotonic()
    with pytest.raises(FetchError) as error:
        fetch(address, seconds=SECONDS, bytes_at_most=CAP)
    return str(error.value), time.monotonic() - began


def test_a_plain_answer_comes_back_with_its_headers(server: KeyServer) -> None:
    fetched = fetch(server.address, seconds=5, bytes_at_most=CAP)
    assert (fetched.body, fetched.headers["cache-control"]) == (b'{"keys":[]}', "max-age=60")
    assert server.seen[0]["accept-encoding"] == "identity"
    assert "authorization" not in server.seen[0]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(server: KeyServer, status: int) -> None:
    with KeyServer(b'{"keys":[]}').running() as other:
        server.status, server.headers = status, {"Location": other.address}
        assert refused(server.address)[0] == f"status {status}"
        assert (server.connections, other.connections) == (1, 0)


@pytest.mark.parametrize("status", [201, 204, 401, 404, 500, 503])
def test_any_other_status_is_no_answer(server: KeyServer, status: int) -> None:
    server.status = status
    server.body = b""
    assert refused(server.address)[0] == f"status {status}"


def test_a_body_at_the_cap_is_read_and_one_byte_more_is_not(server: KeyServer) -> None:
    server.body = b" " * CAP
    assert len(fetch(server.address, seconds=5, bytes_at_most=CAP).body) == CAP
    server.body += b" "
    assert refused(server.address)[0] == f"more than {CAP} bytes"


def test_a_body_without_end_is_cut(server: KeyServer) -> None:
    def endless(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"HTTP/1.0 200 OK\r\n\r\n")
        while True:
            handler.wfile.write(b" " * 65536)

    server.answer = endless
    assert refused(server.address)[0] == f"more than {CAP} bytes"


def test_a_compressed_body_is_not_opened(server: KeyServer) -> None:
    server.body, server.headers = gzip.compress(bytes(10**6)), {"Content-Encoding": "gzip"}
    assert refused(server.address)[0] == "a compressed answer"


def test_a_body_shorter_than_announced_is_refused(server: KeyServer) -> None:
    server.headers = {"Content-Length": "500"}
    assert refused(server.address)[0] in {"IncompleteRead", "ProtocolError"}


@pytest.mark.parametrize(
    "start", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n"]
)
def test_an_answer_that_drips_is_cut_at_the_deadline(server: KeyServer, start: bytes) -> None:
    ended = threading.Event()

    def drip(handler: BaseHTTPRequestHandler) -> None:
        try:
            handler.wfile.write(start)
            for _ in range(100):
                handler.wfile.write(b"a")
                time.sleep(0.05)
        except OSError:
            ended.set()

    server.answer = drip
    told, took = refused(server.address)
    assert told == "no complete answer in time"
    assert took < SECONDS + 0.5
    assert ended.wait(3), "the connection is not left open"


def test_a_server_that_accepts_and_says_nothing_is_left_at_the_deadline() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        _, took = refused(f"http://127.0.0.1:{silent.getsockname()[1]}/jwks.json")
        assert took < SECONDS + 0.5


def test_no_server_at_all_is_said_at_once() -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    told, took = refused(f"http://127.0.0.1:{port}/jwks.json")
    assert told == "ConnectionError"
    assert took < SECONDS


def test_proxies_and_credentials_of_the_environment_are_not_used(
    server: KeyServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with KeyServer().running() as proxy:
        (tmp_path / ".netrc").write_text("machine 127.0.0.1 login u password p\n")
        monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.address)
        assert json.loads(fetch(server.address, seconds=5, bytes_at_most=CAP).body) == {"keys": []}
        assert proxy.connections == 0
        assert "authorization" not in server.seen[0]


def test_cookies_are_not_kept(server: KeyServer) -> None:
    server.headers = {"Set-Cookie": "a=b"}
    for _ in range(2):
        fetch(server.address, seconds=5, bytes_at_most=CAP)
    assert "cookie" not in server.seen[1]


@pytest.mark.parametrize("address", ["file:///etc/passwd", "ftp://127.0.0.1/x", "data:,{}", "nonsense"])
def test_only_http_is_spoken(address: str) -> None:
    assert refused(address)[0] == "not an http address"


def test_a_certificate_that_nobody_vouches_for_ends_the_call(tmp_path: Path) -> None:
    import ssl
    from datetime import UTC, datetime, timedelta

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(1).not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    file = tmp_path / "both.pem"
    file.write_bytes(
        certificate.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    with KeyServer(b'{"keys":[]}').running() as server:
        server.wrap(context)
        address = server.address.replace("http://127.0.0.1", "https://localhost")
        assert refused(address)[0] == "SSLError"
        with pytest.MonkeyPatch.context() as trusted:
            trusted.setenv("SSL_CERT_FILE", str(file))
            assert fetch(address, seconds=5, bytes_at_most=CAP).body == b'{"keys":[]}'
