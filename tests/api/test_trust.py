"""Calls with tokens, as an EHR sends them: who gets in, what a stranger is told, and two workers with one token."""

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
from pathlib import Path
from typing import Any

import pytest
from client_tokens import BASE, ENDPOINT, ISSUER, KeyServer, ec_key, key_set, public, rsa_key, token

CALL = "/cds-services/oncology-patient-view"
OTHER = "https://other.example.org"
SECONDS = 15
ENDS_WITHIN = 60  # a worker that does not end by itself is ended when the time to drain is over


@pytest.fixture
def settings(tmp_path: Path) -> dict[str, str]:
    """Two clients: one with a file of keys and tenants, one that is added by the test."""
    (tmp_path / "keys.json").write_bytes(key_set(public(ec_key()), public(rsa_key(), "r1")))
    (tmp_path / "clients.toml").write_text(
        f'[[client]]\nname = "hospital"\nissuer = "{ISSUER}"\njwks_file = "keys.json"\n'
    )
    return {
        "AUTH": "jwt",
        "CLIENTS_FILE": str(tmp_path / "clients.toml"),
        "PUBLIC_BASE_URL": BASE,
        "DATABASE_URL": f"sqlite:///{tmp_path / 'store.sqlite3'}",
    }


@pytest.fixture
def trusting(start: Callable[..., Any], settings: dict[str, str]) -> Any:
    return start(**settings)


def bearer(sent: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {sent}"}


def ask(running: Any, compact: str, **options: Any) -> int:
    return int(running.post(headers=bearer(compact), **options).status_code)


def add_client(settings: dict[str, str], text: str) -> None:
    file = Path(settings["CLIENTS_FILE"])
    file.write_text(f"{file.read_text()}\n{text}")


@pytest.mark.conforms("J148", "J152", "M183")
@pytest.mark.parametrize(("key", "algorithm", "kid"), [(ec_key(), "ES384", "k1"), (rsa_key(), "RS384", "r1")])
def test_a_valid_token_of_a_registered_client_gets_in(trusting: Any, key: Any, algorithm: str, kid: str) -> None:
    answer = trusting.post(headers=bearer(token(key, algorithm, header={"kid": kid})))
    assert (answer.status_code, answer.json) == (200, {"cards": []})
    assert trusting.log[-1]["client"] == "hospital"


@pytest.mark.conforms("H134", "J147", "J148", "M183")
@pytest.mark.parametrize(
    "headers",
    [
        {}, {"Authorization": ""}, {"Authorization": "Bearer"}, {"Authorization": "Basic dTpw"}, bearer("a.b.c"),
        bearer(token(iss="https://x.example")), bearer(token(ec_key(number=9))), bearer(token(aud=BASE)),
        bearer(token(exp=1)), bearer(token(header={"alg": "none"})), bearer(token(header={"kid": "../../etc/passwd"})),
        bearer(token(jti="j" * 257)), bearer(token(header={"crit": ["exp"]})),
    ],
)  # fmt: skip
def test_every_stranger_is_told_the_same(trusting: Any, headers: dict[str, str]) -> None:
    answer = trusting.post(headers=headers)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    issue = answer.json["issue"][0]
    assert issue.pop("diagnostics") == trusting.log[-1]["correlation_id"]
    assert answer.json["resourceType"] == "OperationOutcome"
    assert issue == {"severity": "error", "code": "login", "details": {"text": "The call needs a valid token."}}
    assert trusting.log[-1]["event"] == "refused"


@pytest.mark.conforms("J159", "L172")
def test_the_reason_is_in_the_log_and_the_token_is_not(trusting: Any) -> None:
    sent = [token(ec_key(number=9), jti="canary-id", sub="canary-sub"), token(aud="https://canary.example")]
    sent.append(token(jti="canary-id", sub="canary-sub"))
    assert [ask(trusting, one) for one in sent] == [401, 401, 200]
    reasons = [(line["reason"], line["client"]) for line in trusting.log if line["event"] == "refused"]
    assert reasons == [("signature", "hospital"), ("audience", "hospital")]
    written = trusting.stream.getvalue()
    assert "canary" not in written
    assert not any(part in written for one in sent for part in one.split("."))


@pytest.mark.conforms("J153")
def test_a_token_is_for_one_service(trusting: Any) -> None:
    order_sign = ENDPOINT.replace("patient-view", "order-sign")
    assert ask(trusting, token(aud=order_sign)) == 401
    assert ask(trusting, token(aud=order_sign), service="oncology-order-sign", sent=b"{}") == 400


@pytest.mark.conforms("J153")
def test_the_audience_is_our_published_address_whatever_host_is_called(trusting: Any) -> None:
    called = "http://localhost/cds-services/oncology-patient-view"
    assert ask(trusting, token(aud=called)) == 401
    spoofed = {**bearer(token(aud=ENDPOINT.replace("cds.", "evil."))), "Host": "evil.example.org"}
    assert trusting.post(headers={**spoofed, "X-Forwarded-Host": "evil.example.org"}).status_code == 401
    assert trusting.post(headers={**bearer(token()), "Host": "evil.example.org"}).status_code == 200


@pytest.mark.conforms("D47")
def test_a_slash_too_many_does_not_change_the_endpoint(trusting: Any) -> None:
    for path in (f"{CALL}/", CALL.replace("services/", "services//")):
        answer = trusting.client.post(path, data=b"{}", headers=bearer(token()), content_type="application/json")
        assert answer.status_code == 400


def test_a_stranger_is_refused_before_the_body_is_judged(trusting: Any) -> None:
    for sent, content_type in (
        (b"{", "application/json"),
        (b"", "text/plain"),
        (b" " * 17 * 1024**2, "application/json"),
    ):
        assert trusting.post(sent=sent, content_type=content_type).status_code == 401


@pytest.mark.conforms("B30")
def test_discovery_health_pages_and_preflight_need_no_token(trusting: Any) -> None:
    for path in ("/cds-services", "/health/live", "/health/ready", "/transparency", "/fhir/CodeSystem/card-topic"):
        assert trusting.client.get(path).status_code == 200
    preflight = {"Origin": "https://a.example", "Access-Control-Request-Method": "POST"}
    for path in ("/cds-services", CALL):
        assert trusting.client.options(path, headers=preflight).status_code < 300


@pytest.mark.conforms("H137")
def test_a_refusal_can_be_read_by_a_browser(trusting: Any) -> None:
    answer = trusting.post(headers={"Origin": "https://a.example"})
    assert (answer.status_code, answer.headers["Access-Control-Allow-Origin"]) == (401, "*")


@pytest.mark.conforms("J158", "M183")
def test_a_token_is_good_for_one_call_even_if_the_call_fails(trusting: Any) -> None:
    sent = token()
    assert ask(trusting, sent, sent=b"{}") == 400
    assert ask(trusting, sent) == 401
    assert trusting.log[-1]["reason"] == "replayed"


def test_a_forged_token_does_not_use_up_the_genuine_one(trusting: Any) -> None:
    assert ask(trusting, token(ec_key(number=9), jti="victim")) == 401
    assert ask(trusting, token(jti="victim")) == 200


def test_the_store_of_tokens_holds_nothing_of_them(trusting: Any, tmp_path: Path) -> None:
    sent = token(jti="canary-id", sub="canary-sub", tenant="canary-tenant")
    assert ask(trusting, sent) == 200
    kept = (tmp_path / "store-tokens.sqlite3").read_bytes()
    assert len(kept) > 4096
    assert not any(piece in kept for piece in (b"canary", b"ehr.example", *sent.encode().split(b".")))


def test_two_applications_on_one_store_accept_a_token_once(start: Any, settings: dict[str, str]) -> None:
    first, second = start(**settings), start(**settings)
    sent = token()
    assert [ask(first, sent), ask(second, sent), ask(first, sent)] == [200, 401, 401]


@pytest.mark.conforms("J150", "J154")
def test_a_known_client_without_its_tenant_is_refused(start: Any, settings: dict[str, str]) -> None:
    add_client(settings, 'tenants = ["ward-7"]')
    service = start(**settings)
    assert [ask(service, token(tenant=tenant)) for tenant in ("ward-7", "ward-8", None)] == [200, 401, 401]


@pytest.mark.conforms("J153", "J158")
def test_an_alias_and_a_longer_life_are_set_by_client(start: Any, settings: dict[str, str]) -> None:
    add_client(settings, 'audience_aliases = ["urn:cds"]\nmax_token_minutes = 60')
    service = start(**settings)
    assert ask(service, token(aud=["urn:cds", ENDPOINT], exp=time.time() + 3599)) == 200
    assert ask(service, token(aud="urn:cds", exp=time.time() + 3700)) == 401


def test_a_client_can_be_silent_by_name(start: Any, settings: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "switches.toml").write_text('silent = ["hospital"]')
    service = start(**settings, SWITCHES_FILE=str(tmp_path / "switches.toml"))
    assert ask(service, token()) == 200
    assert service.log[-1]["silent"] is True


def test_a_key_is_denied_by_the_switches_file_without_a_restart(
    start: Any, settings: dict[str, str], tmp_path: Path
) -> None:
    switches = tmp_path / "switches.toml"
    switches.write_text("")
    service = start(**settings, SWITCHES_FILE=str(switches))
    assert ask(service, token()) == 200
    switches.write_text('denied_keys = ["k1"]')
    ends = time.monotonic() + 5
    while ask(service, token()) == 200 and time.monotonic() < ends:
        time.sleep(0.2)
    assert service.log[-1]["reason"] == "denied-key"
    assert ask(service, token(rsa_key(), "RS384", header={"kid": "r1"})) == 200


def test_keys_at_an_address_are_fetched_once_and_follow_rotation(start: Any, settings: dict[str, str]) -> None:
    with KeyServer(key_set(public(ec_key(number=1)))).running() as keys:
        add_client(settings, f'[[client]]\nname = "other"\nissuer = "{OTHER}"\njwks_url = "{keys.address}"')
        service = start(**settings)
        assert keys.connections == 0
        assert [ask(service, token(ec_key(number=1), iss=OTHER)) for _ in range(3)] == [200] * 3
        assert ask(service, token(ec_key(number=1), iss=OTHER, header={"jku": keys.address})) == 200
        assert keys.connections == 1
        keys.body = key_set(public(ec_key(number=1)), public(ec_key(number=2), "k2"))
        assert ask(service, token(ec_key(number=2), iss=OTHER, header={"kid": "k2"})) == 200
        assert [ask(service, token(iss=OTHER, header={"kid": f"x{number}"})) for number in range(20)] == [401] * 20
        assert keys.connections == 2


@pytest.mark.conforms("J154", "M183")
def test_an_address_in_a_token_is_never_gone_to(start: Any, settings: dict[str, str]) -> None:
    with KeyServer(key_set(public(ec_key(number=9)))).running() as evil, KeyServer().running() as keys:
        add_client(settings, f'[[client]]\nname = "other"\nissuer = "{OTHER}"\njwks_url = "{keys.address}"')
        service = start(**settings)
        for address in (evil.address, keys.address.replace("jwks", "other"), keys.address.replace("127", "x@127")):
            for issuer in (OTHER, ISSUER, "https://nobody.example"):
                assert ask(service, token(ec_key(number=9), iss=issuer, header={"jku": address})) == 401
        assert (evil.connections, keys.connections) == (0, 0)


def test_while_the_store_of_tokens_is_down_calls_are_503_or_as_the_operator_chose(
    start: Any, settings: dict[str, str], tmp_path: Path
) -> None:
    settings["DATABASE_URL"] = f"sqlite:///{tmp_path / 'missing' / 'store.sqlite3'}"
    closed = start(**settings)
    answer = closed.post(headers=bearer(token()))
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "1")
    assert answer.json["issue"][0]["code"] == "transient"
    assert closed.client.get("/health/ready").status_code == 503
    assert closed.client.get("/health/live").status_code == 200
    assert ask(closed, token(ec_key(number=9))) == 401
    memory = start(**settings, REPLAY_STORE_DOWN="memory")
    sent = token()
    assert [ask(memory, sent), ask(memory, sent)] == [200, 401]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"DATABASE_URL": "sqlite:///:memory:"}, "RERT_CDS_DATABASE_URL"),
        ({"CLIENTS_FILE": None}, "RERT_CDS_CLIENTS_FILE is missing"),
    ],
)
def test_what_tokens_need_is_asked_for_at_the_start(
    start: Any, settings: dict[str, str], change: dict[str, str | None], said: str
) -> None:
    from cds_service.errors import SettingsError

    changed = {name: value for name, value in {**settings, **change}.items() if value is not None}
    with pytest.raises(SettingsError, match=said):
        start(**changed)


@pytest.mark.parametrize("raw", [b"", b"{}", key_set(), key_set(public(ec_key("P-256"))), b'{"keys":[{"kid":"k1"}]}'])
def test_a_key_file_without_a_usable_key_ends_the_start(start: Any, settings: dict[str, str], raw: bytes) -> None:
    from cds_service.errors import SettingsError

    (Path(settings["CLIENTS_FILE"]).parent / "keys.json").write_bytes(raw)
    with pytest.raises(SettingsError, match=r"clients.toml, client hospital: jwks_file holds no usable key"):
        start(**settings)


@pytest.mark.conforms("J160")
def test_the_public_sandbox_is_no_client_in_production(start: Any, settings: dict[str, str]) -> None:
    from cds_service.errors import SettingsError

    add_client(settings, '[[client]]\nname = "s"\nissuer = "https://sandbox.cds-hooks.org"\njwks_file = "keys.json"\n')
    with pytest.raises(SettingsError, match="public sandbox"):
        start(**settings, ENVIRONMENT="production", PATIENT_KEY="0123456789abcdef")


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
