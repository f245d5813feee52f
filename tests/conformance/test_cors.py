"""Browser clients: what they may read, on answers and errors alike, and that no address is ever a redirect."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from client_tokens import ec_key, key_set, public

ORIGIN = "https://ehr.example.org"
CALL = "/cds-services/oncology-patient-view"
PATHS = (
    "/cds-services", CALL, "/cds-services/oncology-order-select", "/cds-services/oncology-order-sign",
    "/cds-services/oncology-problem-list-item-create", f"{CALL}/feedback", "/fhir/CodeSystem/card-topic",
    "/fhir/StructureDefinition/dose-metric", "/transparency", "/openapi.json", "/schemas/response.json",
    "/health/live", "/health/ready", "/metrics",
)  # fmt: skip
JSON = {"content_type": "application/json"}


@pytest.fixture(scope="module")
def listed(start: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory) -> Any:
    """An application with a list of origins, tokens, a rate, and an address that fails."""
    folder: Path = tmp_path_factory.mktemp("clients")
    (folder / "keys.json").write_bytes(key_set(public(ec_key())))
    (folder / "clients.toml").write_text(
        '[[client]]\nname = "hospital"\nissuer = "https://ehr.example.org"\njwks_file = "keys.json"\n'
    )
    return start(
        CORS_ORIGINS=ORIGIN, AUTH="jwt", CLIENTS_FILE=str(folder / "clients.toml"),
        DATABASE_URL=f"sqlite:///{folder / 's.db'}",
    )  # fmt: skip


@pytest.fixture(scope="module")
def open_to_one(start: Callable[..., Any]) -> Any:
    running = start(CORS_ORIGINS=ORIGIN, MAX_BODY_BYTES="2048", RATE_PER_CLIENT="1000")

    @running.app.get("/broken")
    def fail() -> str:
        raise RuntimeError

    return running


def readable(answer: Any) -> bool:
    """Whether a page of the origin may read the answer, and no cache gives it to another one."""
    assert "Access-Control-Allow-Credentials" not in answer.headers
    assert "Origin" in answer.headers["Vary"]
    return bool(answer.headers.get("Access-Control-Allow-Origin") == ORIGIN)


@pytest.mark.conforms("K163", "K166")
@pytest.mark.parametrize("path", PATHS)
def test_every_address_may_be_read_by_a_listed_origin_and_by_no_other(open_to_one: Any, path: str) -> None:
    for method in ("GET", "POST", "OPTIONS"):
        assert readable(open_to_one.client.open(path, method=method, headers={"Origin": ORIGIN}))
        for other in (
            "https://evil.example",
            "null",
            f"{ORIGIN}.evil.example",
            f"{ORIGIN}:444",
            "http://ehr.example.org",
        ):
            answer = open_to_one.client.open(path, method=method, headers={"Origin": other})
            assert "Access-Control-Allow-Origin" not in answer.headers
            assert "Origin" in answer.headers["Vary"]


@pytest.mark.conforms("H137", "K163", "M184")
@pytest.mark.parametrize(
    ("status", "method", "path", "options"),
    [
        (400, "POST", CALL, {"data": b"{", **JSON}),
        (404, "GET", "/nothing", {}),
        (404, "POST", "/cds-services/nothing", {"data": b"{}", **JSON}),
        (405, "GET", CALL, {}),
        (405, "PUT", "/cds-services", {}),
        (412, "POST", CALL, {"json": {"hook": "patient-view", "hookInstance": "i", "context": {
            "userId": "Practitioner/u", "patientId": "p"}}}),
        (413, "POST", CALL, {"data": b" " * 2049, **JSON}),
        (415, "POST", CALL, {"data": b"{}", "content_type": "text/plain"}),
        (500, "GET", "/broken", {}),
    ],
)  # fmt: skip
def test_errors_may_be_read_too(open_to_one: Any, status: int, method: str, path: str, options: dict[str, Any]) -> None:
    answer = open_to_one.client.open(path, method=method, headers={"Origin": ORIGIN}, **options)
    assert answer.status_code == status
    assert readable(answer)
    assert answer.json["resourceType"] == "OperationOutcome"


@pytest.mark.conforms("H134", "H137")
def test_a_call_without_a_token_is_401_that_may_be_read(listed: Any) -> None:
    answer = listed.post(headers={"Origin": ORIGIN})
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")
    assert readable(answer)


@pytest.mark.conforms("H136", "H137")
def test_the_time_to_wait_may_be_read(start: Callable[..., Any]) -> None:
    limited = start(CORS_ORIGINS=ORIGIN, RATE_PER_CLIENT="0.001")
    limited.post()
    answer = limited.post(headers={"Origin": ORIGIN})
    assert answer.status_code == 429
    assert readable(answer)
    assert "Retry-After" in answer.headers["Access-Control-Expose-Headers"]
    assert int(answer.headers["Retry-After"]) > 0


@pytest.mark.conforms("K164", "K165", "M184")
@pytest.mark.parametrize("path", PATHS[:6])
@pytest.mark.parametrize("asked", ["authorization", "authorization,content-type", "content-type"])
def test_a_preflight_is_answered_without_a_token_and_says_what_is_allowed(listed: Any, path: str, asked: str) -> None:
    headers = {
        "Origin": ORIGIN,
        "Access-Control-Request-Method": "GET" if path == "/cds-services" else "POST",
        "Access-Control-Request-Headers": asked,
    }
    answer = listed.client.options(path, headers=headers)
    assert answer.status_code // 100 == 2
    assert readable(answer)
    assert answer.headers["Access-Control-Allow-Headers"].lower().split(", ") == ["authorization", "content-type"]
    assert answer.headers["Access-Control-Allow-Methods"].split(", ") == ["GET", "POST", "OPTIONS"]


@pytest.mark.conforms("K166")
def test_a_star_allows_anyone_and_never_with_credentials(service: Any) -> None:
    answer = service.client.get("/cds-services", headers={"Origin": "https://anywhere.example"})
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in answer.headers


def test_without_an_origin_nothing_is_said_of_origins(open_to_one: Any) -> None:
    answer = open_to_one.client.get("/cds-services")
    assert not [name for name in answer.headers.keys() if name.startswith("Access-Control")]  # noqa: SIM118 -- no dict
    assert answer.headers["Vary"] == "Origin"


@pytest.mark.conforms("D47", "M187")
@pytest.mark.parametrize("path", [*PATHS, "/", "/nothing", "/cds-services/nothing"])
@pytest.mark.parametrize("spelled", ["{}/", "{}//", "/{}", "//{}/"])
def test_no_address_is_ever_a_redirect_and_a_slash_too_many_changes_nothing(
    open_to_one: Any, path: str, spelled: str
) -> None:
    for method in ("GET", "POST", "OPTIONS"):
        plain = open_to_one.client.open(path, method=method, json={} if method == "POST" else None)
        asked = spelled.format(path)
        sent = open_to_one.client.open(
            path, method=method, json={} if method == "POST" else None, environ_overrides={"PATH_INFO": asked}
        )
        assert sent.status_code == plain.status_code
        assert sent.status_code // 100 != 3
        assert sent.content_type == plain.content_type
