"""The same data by prefetch and by callback: the same cards, byte for byte, and the same states."""

import json
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fhir_server import GRANT, FhirServer

from cds_service.callbacks.complete import Callbacks
from cds_service.callbacks.completed import Complete
from cds_service.callbacks.servers import Servers
from cds_service.deadline import Deadline
from cds_service.judge import Judged, judge_call
from cds_service.parts import Parts, make_parts
from cds_service.protocol import read_request
from cds_service.services import BY_ID
from cds_service.settings import Settings
from cds_service.settings_files import Client
from cds_service.wire import to_json

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"
FOLDERS = sorted(path.parent for path in EXAMPLES.glob("*/request.json"))
MILLISECONDS = 20_000


@pytest.fixture(scope="module")
def parts() -> Parts:
    return make_parts(Settings.from_environ({}))


@pytest.fixture
def ehr() -> Iterator[FhirServer]:
    with FhirServer().running() as running:
        yield running


def complete(ehr: FhirServer, parts: Parts) -> Complete:
    client = Client(name="c", issuer="https://c", jwks_file="k", fhir_servers=(ehr.address,))
    servers = Servers([client], 100)
    return Callbacks(servers, parts.prefetch, parts.log, bytes_at_most=10**7).of("c", "id")


def judged(request: dict[str, Any], told: dict[str, Any], parts: Parts, way: Complete | None = None) -> Judged:
    service = BY_ID[told["service"]]
    cds_request = read_request(json.dumps(request).encode(), service.hook)
    named = {"complete": way} if way else {}
    return judge_call(cds_request, service, parts, on=told["on"], deadline=Deadline(MILLISECONDS), **named)


def said(found: Judged) -> Any:
    """The answer without what is new in every response, and what became of each key."""
    answer = json.loads(to_json(found.response.to_wire()))
    return json.dumps(without_uuids(answer)), found.facts and (found.facts.availability, found.facts.problems)


def without_uuids(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: without_uuids(member) for name, member in value.items() if name != "uuid"}
    return [without_uuids(member) for member in value] if isinstance(value, list) else value


def opened(folder: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    request = json.loads((folder / "request.json").read_text(encoding="utf-8"))
    return request, tomllib.loads((folder / "example.toml").read_text(encoding="utf-8"))


@pytest.mark.conforms("F95", "M180")
@pytest.mark.parametrize("folder", FOLDERS, ids=[folder.name for folder in FOLDERS])
@pytest.mark.parametrize("habit", ["plain", "pages", "post", "subject"])
def test_an_example_by_callback_gives_what_it_gives_by_prefetch(
    folder: Path, habit: str, parts: Parts, ehr: FhirServer
) -> None:
    request, told = opened(folder)
    ehr.chart = request.pop("prefetch")
    ehr.page_size = 1 if habit == "pages" else None
    ehr.only_post, ehr.only_subject = habit == "post", habit == "subject"
    patient = request["context"]["patientId"]
    request |= {"fhirServer": ehr.address, "fhirAuthorization": {**GRANT, "patient": patient}}
    fetched = judged(request, told, parts, complete(ehr, parts))
    assert said(fetched) == said(judged({**request, "prefetch": ehr.chart}, told, parts))
    assert {asked.kind for asked in ehr.asked} == {template.partition("?")[0].partition("/")[0] for template in
                                                   parts.prefetch.values()}  # fmt: skip
