"""Which FHIR servers are gone to: those on the client's list, directly, and no other."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from callback_calls import PREFETCH, call, cards, clients, missing
from client_tokens import BASE as PUBLIC
from client_tokens import token
from fhir_server import TOKEN, FhirServer


@pytest.mark.conforms("F93")
@pytest.mark.threat("B01")
def test_an_address_that_is_not_on_the_clients_list_is_not_gone_to(cds: Any, ehr: FhirServer, make_body: Any) -> None:
    with FhirServer(PREFETCH).running() as other:
        assert "procedures" in missing(cds.post(sent=call(make_body, other)))
        assert (other.connections, ehr.connections) == (0, 0)
        assert "fhir-server-not-listed" in {line["event"] for line in cds.log}
        assert cards(cds.post(sent=call(make_body, other, PREFETCH)))


@pytest.mark.conforms("E74", "F93")
@pytest.mark.threat("B01")
def test_without_a_clients_file_nothing_is_fetched(service: Any, ehr: FhirServer, make_body: Any) -> None:
    assert "patient" in missing(service.post(sent=call(make_body, ehr)))
    assert ehr.connections == 0


@pytest.mark.threat("B01")
def test_each_client_has_its_own_servers(
    start: Callable[..., Any], ehr: FhirServer, make_body: Any, tmp_path: Path
) -> None:
    with FhirServer(PREFETCH).running() as other:
        clients(tmp_path, ehr.address)
        file = clients(tmp_path, other.address, name="other", issuer="https://other.example.org")
        settings = {"CLIENTS_FILE": file, "DATABASE_URL": f"sqlite:///{tmp_path / 's.sqlite3'}"}
        anyone = start(**settings)
        assert cards(anyone.post(sent=call(make_body, ehr))) == cards(anyone.post(sent=call(make_body, other)))
        signed = start(**settings, AUTH="jwt", PUBLIC_BASE_URL=PUBLIC)
        own = signed.post(sent=call(make_body, ehr), headers={"Authorization": f"Bearer {token()}"})
        assert cards(own)
        before = other.connections
        headers = {"Authorization": f"Bearer {token()}"}
        assert "patient" in missing(signed.post(sent=call(make_body, other), headers=headers))
        assert other.connections == before


@pytest.mark.conforms("D48", "F93")
@pytest.mark.parametrize("address", ["http://127.0.0.1:1/fhir", "ftp://x", "nonsense", "HTTP://ehr.example.org"])
@pytest.mark.threat("B02")
def test_in_production_a_server_without_tls_is_400(
    start: Callable[..., Any], make_body: Any, tmp_path: Path, address: str
) -> None:
    production = start(
        ENVIRONMENT="production", PATIENT_KEY="0123456789abcdef", PUBLIC_BASE_URL=PUBLIC,
        CLIENTS_FILE=clients(tmp_path, "https://ehr.example.org/fhir"),
        DATABASE_URL=f"sqlite:///{tmp_path / 's.sqlite3'}",
    )  # fmt: skip
    headers = {"Authorization": f"Bearer {token()}"}
    answer = production.post(sent=call(make_body, address, PREFETCH), headers=headers)
    assert answer.status_code == 400
    assert answer.json["issue"][0]["details"]["text"] == "fhirServer must be an https address."


@pytest.mark.conforms("F93")
@pytest.mark.threat("B07")
def test_a_redirect_is_not_followed_and_takes_no_token_along(cds: Any, ehr: FhirServer, make_body: Any) -> None:
    with FhirServer(PREFETCH).running() as evil:
        ehr.rule = lambda asked, _: (307, b"", {"Location": f"{evil.address}/{asked.below_base}"})
        missing(cds.post(sent=call(make_body, ehr)))
        assert evil.connections == 0


@pytest.mark.conforms("F89")
@pytest.mark.threat("B20")
def test_cookies_are_not_kept(cds: Any, ehr: FhirServer, make_body: Any) -> None:
    ehr.rule = lambda asked, _: (*ehr.chart_answer(asked)[:2], {"Set-Cookie": "a=b; Path=/"})
    for _ in range(2):
        assert cards(cds.post(sent=call(make_body, ehr)))
    assert not [asked for asked in ehr.asked if "cookie" in asked.headers]


@pytest.mark.threat("B16")
def test_proxies_and_credentials_of_the_environment_are_not_used(
    cds: Any, ehr: FhirServer, make_body: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login u password p\n")
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    assert cards(cds.post(sent=call(make_body, ehr)))
    assert {asked.headers["authorization"] for asked in ehr.asked} == {f"Bearer {TOKEN}"}
