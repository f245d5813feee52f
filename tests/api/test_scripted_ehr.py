"""An EHR as it works: it discovers the services, fills prefetch in part, and has a FHIR server with habits of its own.

Whatever the way the data take, the cards are those of the complete prefetch, or the answer is 412, or the card says
what was not available.
"""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
from fhir_server import GRANT, Answer, Asked, FhirServer, Json, outcome

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"
STORIES = {
    "oncology-patient-view": "rectum-local-recurrence-in-the-irradiated-pelvis",
    "oncology-order-sign": "order-spine-above-the-cord-value",
    "oncology-order-select": "order-select-one-of-two-orders",
    "oncology-problem-list-item-create": "liver-metastasis-just-added-without-onset",
}


class Ehr:
    """One EHR: its services as discovered, its FHIR server, and the token it hands out."""

    def __init__(self, cds: Any, server: FhirServer) -> None:
        self.cds, self.server = cds, server
        services = cds.client.get("/cds-services").json["services"]
        self.services: dict[str, Json] = {service["id"]: service for service in services}
        self.pages_before_expiry: int | None = None

    def open(self, service_id: str, *filled: str) -> Any:
        """Calls a service with these prefetch keys filled as its templates ask, and with access to the rest."""
        request = json.loads((EXAMPLES / STORIES[service_id] / "request.json").read_text(encoding="utf-8"))
        assert request["hook"] == self.services[service_id]["hook"]
        assert set(request["prefetch"]) <= set(self.services[service_id]["prefetch"])
        self.server.chart = request["prefetch"]
        self.server.asked.clear()
        self.server.rule = self._expiring()
        request["prefetch"] = {key: request["prefetch"][key] for key in filled}
        request |= {"fhirServer": self.server.address, "fhirAuthorization": GRANT}
        return self.cds.post(service_id, request)

    def with_everything(self, service_id: str, leaving_out: tuple[str, ...] = ()) -> Any:
        """The same call with the whole prefetch and without a FHIR server."""
        request = json.loads((EXAMPLES / STORIES[service_id] / "request.json").read_text(encoding="utf-8"))
        request["prefetch"] |= dict.fromkeys(leaving_out)
        answer = self.cds.post(service_id, request)
        assert answer.json["cards"]
        return cards(answer)

    def _expiring(self) -> Callable[[Asked, BaseHTTPRequestHandler], Answer | None] | None:
        """The token runs out after so many further pages."""
        left = self.pages_before_expiry
        if left is None:
            return None

        def rule(asked: Asked, _: BaseHTTPRequestHandler) -> Answer | None:
            nonlocal left
            if "_page" not in asked.parameters:
                return None
            left -= 1
            return (401, outcome("expired", "expired"), {"WWW-Authenticate": "Bearer"}) if left < 0 else None

        return rule


def cards(answer: Any) -> Any:
    assert answer.status_code == 200, answer.text
    return without_uuids(answer.json["cards"])


def without_uuids(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: without_uuids(member) for name, member in value.items() if name != "uuid"}
    return [without_uuids(member) for member in value] if isinstance(value, list) else value


@pytest.fixture(scope="module")
def server() -> Iterator[FhirServer]:
    with FhirServer().running() as running:
        yield running


@pytest.fixture(scope="module")
def cds(start: Callable[..., Any], server: FhirServer, tmp_path_factory: pytest.TempPathFactory) -> Any:
    file = tmp_path_factory.mktemp("ehr") / "clients.toml"
    (file.parent / "keys.json").write_text("{}")
    file.write_text(
        f'[[client]]\nname = "ehr"\nissuer = "https://ehr.example.org"\njwks_file = "keys.json"\n'
        f'fhir_servers = ["{server.address}"]\n'
    )
    return start(CLIENTS_FILE=str(file))


@pytest.fixture
def ehr(cds: Any, server: FhirServer) -> Ehr:
    server.reset({})
    return Ehr(cds, server)


@pytest.mark.parametrize("service_id", sorted(STORIES))
@pytest.mark.parametrize("filled", [(), ("patient",), ("patient", "conditions", "reports"), ("procedures", "volumes")])
def test_what_the_ehr_leaves_out_is_fetched(ehr: Ehr, service_id: str, filled: tuple[str, ...]) -> None:
    assert cards(ehr.open(service_id, *filled)) == ehr.with_everything(service_id)
    asked = {one.kind if one.kind != "Observation" else ehr.server._key(one) for one in ehr.server.asked}
    assert len(asked) == 8 - len(filled)


@pytest.mark.parametrize("service_id", sorted(STORIES))
@pytest.mark.parametrize("habit", ["pages of one", "POST only", "subject only", "all of it"])
def test_the_habits_of_its_fhir_server_change_nothing(ehr: Ehr, service_id: str, habit: str) -> None:
    ehr.server.page_size = 1 if habit in {"pages of one", "all of it"} else None
    ehr.server.only_post = habit in {"POST only", "all of it"}
    ehr.server.only_subject = habit in {"subject only", "all of it"}
    assert cards(ehr.open(service_id)) == ehr.with_everything(service_id)


def test_a_token_that_runs_out_between_pages_is_412_where_the_pages_were_indispensable(ehr: Ehr) -> None:
    ehr.server.page_size, ehr.pages_before_expiry = 1, 0
    answer = ehr.open("oncology-patient-view")
    assert answer.status_code == 412
    texts = [issue["details"]["text"] for issue in answer.json["issue"]]
    assert [text.split()[1] for text in texts] == ["procedures", "conditions"]
    assert all("the FHIR server refused the token" in text for text in texts)


def test_a_token_that_runs_out_between_pages_of_something_else_is_a_sentence_on_the_card(ehr: Ehr) -> None:
    ehr.server.page_size, ehr.pages_before_expiry = 1, 0
    answer = ehr.open("oncology-order-sign", "patient", "conditions", "procedures")
    found = cards(answer)
    assert found != ehr.with_everything("oncology-order-sign")
    assert "volumes" in found[0]["detail"]
    assert "ncomplete" in found[0]["detail"] or "not complete" in found[0]["detail"]


def test_what_the_server_does_not_know_is_a_sentence_on_the_card(ehr: Ehr) -> None:
    def without_structures(asked: Asked, _: BaseHTTPRequestHandler) -> Answer | None:
        return (404, outcome("no such type"), {}) if asked.kind == "BodyStructure" else None

    ehr._expiring = lambda: without_structures  # type: ignore[method-assign]  # this server has another habit
    found = cards(ehr.open("oncology-order-sign"))
    assert found == ehr.with_everything("oncology-order-sign", ("volumes",))
    assert "Not available for this check: treated volumes" in found[0]["detail"]


def test_the_day_of_the_call_is_the_same_for_both_ways(ehr: Ehr) -> None:
    """Both answers of this page are made today, so they would differ at midnight alone."""
    now = datetime.now(UTC)
    if now + timedelta(seconds=10) > now.replace(hour=23, minute=59, second=59):
        pytest.skip("midnight is near")
    assert cards(ehr.open("oncology-patient-view")) == ehr.with_everything("oncology-patient-view")
