"""The application as a client meets it, with synthetic data only."""

import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from callback_calls import PREFETCH as CHART
from callback_calls import call, cards, clients, without
from client_tokens import BASE, ISSUER, ec_key, key_set, public, rsa_key
from conformance.checked_client import CheckedClient
from fhir_server import FhirServer
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from cds_service.app import create_app
from cds_service.log import make_log
from cds_service.settings import Settings

EMPTY: dict[str, Any] = {"resourceType": "Bundle", "type": "searchset", "total": 0}
PREFETCH: dict[str, Any] = {
    "patient": {"resourceType": "Patient", "id": "p1", "birthDate": "1960-01-01"},
    "conditions": EMPTY,
    "procedures": EMPTY,
}


def body(hook: str = "patient-view", **changes: Any) -> dict[str, Any]:
    """A call of a hook with an empty chart; `context` is merged, everything else replaces."""
    context: dict[str, Any] = {"userId": "Practitioner/u1", "patientId": "p1"}
    if hook.startswith("order"):
        context["draftOrders"] = {"resourceType": "Bundle", "entry": []}
    if hook == "order-select":
        context["selections"] = []
    if hook == "problem-list-item-create":
        context["conditions"] = {"resourceType": "Bundle", "entry": []}
    context |= changes.pop("context", {})
    return {"hook": hook, "hookInstance": "i1", "context": context, "prefetch": dict(PREFETCH), **changes}


@pytest.fixture(scope="session")
def make_body() -> Callable[..., dict[str, Any]]:
    return body


class Service:
    """A running application with what it logged."""

    def __init__(self, **settings: str) -> None:
        self.stream = io.StringIO()
        settings = {"DATABASE_URL": "sqlite:///:memory:", **settings}
        environ = {f"RERT_CDS_{name}": value for name, value in settings.items()}
        self.app = create_app(Settings.from_environ(environ), log=make_log(self.stream))
        self.app.test_client_class = CheckedClient  # every answer is held against the published schemas
        self.client: FlaskClient = self.app.test_client()

    @property
    def log(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.stream.getvalue().splitlines()]

    def post(self, service: str = "oncology-patient-view", sent: object = None, **options: Any) -> TestResponse:
        raw = sent if isinstance(sent, bytes) else json.dumps(body() if sent is None else sent).encode()
        options.setdefault("content_type", "application/json")
        return self.client.post(f"/cds-services/{service}", data=raw, **options)


@pytest.fixture(scope="session")
def running() -> Service:
    return Service()


@pytest.fixture
def service(running: Service) -> Service:
    running.stream.seek(0)
    running.stream.truncate()
    return running


@pytest.fixture(scope="session")
def start() -> Callable[..., Service]:
    return Service


@pytest.fixture(scope="module")
def shared_ehr() -> Iterator[FhirServer]:
    with FhirServer().running() as running:
        yield running


@pytest.fixture
def ehr(shared_ehr: FhirServer) -> FhirServer:
    """A server with the whole chart and no habits."""
    shared_ehr.reset(json.loads(json.dumps(CHART)))
    return shared_ehr


@pytest.fixture(scope="module")
def shared_cds(start: Callable[..., Any], shared_ehr: FhirServer, tmp_path_factory: pytest.TempPathFactory) -> Any:
    return start(CLIENTS_FILE=clients(tmp_path_factory.mktemp("cds"), shared_ehr.address))


@pytest.fixture
def cds(shared_cds: Any, ehr: FhirServer, make_body: Any) -> Iterator[Any]:
    """A service that knows this server, and holds none of its failures against it afterwards."""
    shared_cds.stream.seek(0)
    shared_cds.stream.truncate()
    yield shared_cds
    ehr.reset(json.loads(json.dumps(CHART)))
    assert cards(shared_cds.post(sent=call(make_body, ehr, without("volumes"))))


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
