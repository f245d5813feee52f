"""GET /openapi.json: valid, whole, and about the addresses that are served."""

import re
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from client_tokens import ec_key, key_set, public
from openapi_spec_validator import OpenAPIV31SpecValidator

import cds_service.openapi
from cds_service.openapi import NAMES
from cds_service.services import BY_ID

FOLDER = Path(cds_service.openapi.__file__).parent
NOT_DESCRIBED = ("/demo", "/smart")  # pages for people


def test_it_is_valid_openapi_with_everything_it_refers_to(service: Any) -> None:
    answer = service.client.get("/openapi.json")
    assert (answer.status_code, answer.content_type) == (200, "application/json")
    assert answer.json["openapi"].startswith("3.1")
    OpenAPIV31SpecValidator(answer.json, base_uri=(FOLDER / "openapi.json").as_uri()).validate()


def test_it_is_filled_with_address_and_version(start: Callable[..., Any]) -> None:
    found = start(PUBLIC_BASE_URL="http://cds.example.org/base").client.get("/openapi.json").json
    assert found["servers"] == [{"url": "http://cds.example.org/base"}]
    assert found["info"]["version"] == version("rert-cds")


def test_every_schema_it_refers_to_is_served_as_it_names_itself(service: Any) -> None:
    referred = set(re.findall(r'"schemas/([a-z-]+)\.json"', service.client.get("/openapi.json").text))
    assert referred
    for name in {*referred, *NAMES}:
        answer = service.client.get(f"/schemas/{name}.json")
        assert (answer.status_code, answer.content_type) == (200, "application/schema+json")
        assert answer.json["$id"] == f"http://127.0.0.1:8000/schemas/{name}.json"
    for name in ("nothing", "..", "openapi", "%2e%2e%2fopenapi"):
        assert service.client.get(f"/schemas/{name}.json").status_code == 404


def test_it_describes_every_address_that_is_served_and_no_other(service: Any) -> None:
    described = set(service.client.get("/openapi.json").json["paths"])
    served = {_described_as(rule.rule) for rule in service.app.url_map.iter_rules()}
    served = {path for path in served if not path.startswith(NOT_DESCRIBED)} - {"/cds-services/{id}"}
    served |= {f"/cds-services/{service_id}" for service_id in BY_ID}
    assert described == served


def _described_as(rule: str) -> str:
    return re.sub(r"<(?:\w+:)?(\w+)>", lambda found: "{" + found[1].removeprefix("service_") + "}", rule)


@pytest.mark.parametrize("tokens", [False, True])
def test_it_asks_for_tokens_where_the_service_does(start: Callable[..., Any], tmp_path: Path, tokens: bool) -> None:
    (tmp_path / "keys.json").write_bytes(key_set(public(ec_key())))
    (tmp_path / "clients.toml").write_text(
        '[[client]]\nname = "hospital"\nissuer = "https://ehr.example.org"\njwks_file = "keys.json"\n'
    )
    with_tokens = {
        "AUTH": "jwt", "CLIENTS_FILE": str(tmp_path / "clients.toml"), "DATABASE_URL": f"sqlite:///{tmp_path / 's.db'}"
    }  # fmt: skip
    found = start(**(with_tokens if tokens else {})).client.get("/openapi.json").json
    assert ("security" in found) is tokens
    assert found["paths"]["/cds-services"]["get"]["security"] == []
    assert all("security" not in found["paths"][f"/cds-services/{service_id}"]["post"] for service_id in BY_ID)
