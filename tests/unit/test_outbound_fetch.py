"""The way out goes to the address that was looked up and checked, under the name that the operator wrote down."""

import socket
import ssl
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from fhir_server import TOKEN, Asked, FhirServer
from pydantic import SecretStr

from cds_service.outbound.errors import FetchError
from cds_service.outbound.fetch import Ask, fetch

NAME = "ehr.example.org"
CAP = 65536


@pytest.fixture
def server() -> Iterator[FhirServer]:
    with FhirServer({"patient": {"resourceType": "Patient", "id": "p1"}}).running() as running:
        yield running


@pytest.fixture
def resolves(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[str]]:
    """Makes a name lead to these addresses, each time to the next group of them."""

    def resolve(*groups: list[str]) -> list[str]:
        asked: list[str] = []

        def lookup(host: Any, port: Any, *_: Any, **__: Any) -> list[Any]:
            asked.append(str(host))
            found = groups[min(len(asked), len(groups)) - 1]
            families = [socket.AF_INET6 if ":" in one else socket.AF_INET for one in found]
            return [
                (family, socket.SOCK_STREAM, 6, "", (one, port)) for family, one in zip(families, found, strict=True)
            ]

        monkeypatch.setattr("cds_service.outbound.fetch.getaddrinfo", lookup)
        return asked

    return resolve


def get(address: str, **named: Any) -> bytes:
    return fetch(Ask(address, token=SecretStr(TOKEN), **named), seconds=5, bytes_at_most=CAP).body


def refusal(address: str) -> str:
    with pytest.raises(FetchError) as refused:
        get(address)
    assert TOKEN not in str(refused.value)
    return str(refused.value)


def by_name(server: FhirServer, scheme: str = "http") -> str:
    return f"{scheme}://{NAME}:{server.port}/fhir/Patient/p1"


def certificate(folder: Path, *names: str, days: tuple[int, int] = (-1, 1)) -> Path:
    """A certificate for these names, with its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "test")])
    now = datetime.now(UTC)
    built = (
        x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + timedelta(days=days[0])).not_valid_after(now + timedelta(days=days[1]))
        .add_extension(x509.SubjectAlternativeName([_name(name) for name in names]), critical=False)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file = folder / f"{names[0].replace(':', '_')}{days[0]}.pem"
    file.write_bytes(built.public_bytes(serialization.Encoding.PEM) + secret)
    return file


def _name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def speak_tls(server: FhirServer, file: Path, sni: list[str | None] | None = None) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    if sni is not None:
        context.sni_callback = lambda _socket, name, _context: sni.append(name)
    server.wrap(context)


@pytest.mark.threat("B06")
def test_a_name_is_looked_up_once_and_its_address_is_called_under_the_name(
    server: FhirServer, resolves: Callable[..., list[str]]
) -> None:
    asked = resolves(["127.0.0.1"], ["169.254.169.254"])
    assert b'"p1"' in get(by_name(server))
    assert asked == [NAME]
    assert server.asked[0].headers["host"] == f"{NAME}:{server.port}"


@pytest.mark.parametrize(
    "addresses",
    [
        ["169.254.169.254"], ["127.0.0.1", "169.254.169.254"], ["169.254.169.254", "127.0.0.1"], ["0.0.0.0"],  # noqa: S104
        ["::ffff:169.254.169.254"], ["::127.0.0.1"], ["64:ff9b::7f00:1"], ["127.0.0.1", "fd00:ec2::254"],
        ["168.63.129.16"],
        ["2002:7f00:1::1"], ["fec0::1"], ["ff02::1"], ["127.0.0.1", "224.0.0.1"], [],
    ],
)  # fmt: skip
@pytest.mark.threat("B05")
@pytest.mark.threat("B06")
def test_if_one_address_of_a_name_may_not_be_called_none_is(
    server: FhirServer, resolves: Callable[..., list[str]], addresses: list[str]
) -> None:
    resolves(addresses)
    assert refusal(by_name(server)) == "an address that is never called"
    assert server.connections == 0


def test_where_one_address_is_dead_the_next_one_of_the_name_is_tried(
    server: FhirServer, resolves: Callable[..., list[str]]
) -> None:
    resolves(["127.0.0.2", "127.0.0.1"])  # nothing listens at the first
    assert b'"p1"' in get(by_name(server))


@pytest.mark.parametrize("address", ["http://u:p@127.0.0.1/x", "http://@127.0.0.1/x", "ftp://127.0.0.1/x", "http:///x"])
def test_an_address_with_a_user_or_without_a_host_is_not_called(address: str) -> None:
    assert refusal(address) == "not an http address"


def test_the_certificate_and_sni_are_those_of_the_name_not_of_the_address(
    server: FhirServer, resolves: Callable[..., list[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, sni = certificate(tmp_path, NAME), list[str | None]()
    speak_tls(server, file, sni)
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    resolves(["127.0.0.1"])
    assert b'"p1"' in get(by_name(server, "https"))
    assert sni == [NAME]
    assert server.asked[0].headers["host"] == f"{NAME}:{server.port}"


@pytest.mark.parametrize("names", [("other.example.org",), ("127.0.0.1",), ("example.org",), (f"x.{NAME}",)])
@pytest.mark.threat("B15")
def test_a_certificate_for_another_name_ends_the_call_before_anything_is_sent(
    server: FhirServer,
    resolves: Callable[..., list[str]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    names: tuple[str, ...],
) -> None:
    file = certificate(tmp_path, *names)
    speak_tls(server, file)
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    resolves(["127.0.0.1"])
    assert refusal(by_name(server, "https")) == "SSLError"
    assert server.asked == []


@pytest.mark.parametrize("days", [(-10, -1), (1, 10)])
@pytest.mark.threat("B15")
def test_a_certificate_out_of_its_time_ends_the_call(
    server: FhirServer,
    resolves: Callable[..., list[str]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    days: tuple[int, int],
) -> None:
    file = certificate(tmp_path, NAME, days=days)
    speak_tls(server, file)
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    resolves(["127.0.0.1"])
    assert refusal(by_name(server, "https")) == "SSLError"
    assert server.asked == []


@pytest.mark.threat("B15")
def test_nobody_vouches_for_it_or_it_speaks_no_tls_at_all(
    server: FhirServer, resolves: Callable[..., list[str]], tmp_path: Path
) -> None:
    resolves(["127.0.0.1"])
    assert refusal(by_name(server, "https")) == "SSLError"
    speak_tls(server, certificate(tmp_path, NAME))
    assert refusal(by_name(server, "https")) == "SSLError"
    assert server.asked == []


def test_an_address_in_the_clients_file_needs_a_certificate_for_the_address(
    server: FhirServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = certificate(tmp_path, "127.0.0.1")
    speak_tls(server, file)
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    assert b'"p1"' in get(f"https://127.0.0.1:{server.port}/fhir/Patient/p1")


@pytest.mark.threat("B19")
def test_the_token_has_no_readable_form() -> None:
    ask = Ask("https://ehr.example.org", token=SecretStr(TOKEN))
    assert TOKEN not in f"{ask!r} {ask!s} {ask.token!r} {ask.token!s}"


def test_a_form_is_posted(server: FhirServer) -> None:
    seen: list[Asked] = []
    server.rule = lambda asked, _: seen.append(asked) or (200, b"{}", {})  # type: ignore[func-returns-value]
    assert get(f"http://127.0.0.1:{server.port}/fhir/Condition/_search", form="patient=p1") == b"{}"
    assert (seen[0].method, seen[0].form, seen[0].headers["content-type"]) == (
        "POST", "patient=p1", "application/x-www-form-urlencoded",
    )  # fmt: skip


@pytest.mark.threat("B12")
def test_what_is_announced_as_too_large_is_not_read(server: FhirServer) -> None:
    server.rule = lambda _asked, _handler: (200, b"{}", {"Content-Length": str(CAP + 1)})
    assert refusal(f"http://127.0.0.1:{server.port}/fhir/x") == f"more than {CAP} bytes"
    server.rule = lambda _asked, _handler: (200, b" " * CAP, {})
    assert len(get(f"http://127.0.0.1:{server.port}/fhir/x")) == CAP
