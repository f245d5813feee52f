"""A CDS Hooks client library that nobody here wrote discovers the service, fills prefetch and calls it."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from fhir_server import FhirServer
from server_process import ServerProcess

from cds_service.demo.stories import Story, stories

SERVICE_ID = "oncology-patient-view"
NODE = shutil.which("node") or ""
CLIENT = Path(__file__).resolve().parents[1] / "clients" / "medplum"
needs_node = pytest.mark.skipif(
    not NODE or not (CLIENT / "node_modules").is_dir(),
    reason="the client library is not set up (tools/node_client.sh does it)",
)


@pytest.fixture(scope="module")
def server() -> Iterator[ServerProcess]:
    process = ServerProcess()
    yield process
    process.stop()


@pytest.fixture(scope="module")
def story() -> Story:
    return next(each for each in stories(datetime.now(UTC).date()) if "Rectal" in each.title)


@pytest.fixture(scope="module")
def driven(server: ServerProcess, story: Story) -> dict[str, Any]:
    """What the client found, asked and got."""
    fhir = FhirServer(story.request(SERVICE_ID)["prefetch"])
    fhir.token = None
    with fhir.running():
        environ = {
            **os.environ,
            "CDS_URL": f"http://127.0.0.1:{server.port}/cds-services",
            "FHIR_URL": f"http://127.0.0.1:{fhir.port}/",
            "SERVICE_ID": SERVICE_ID,
            "PATIENT_ID": story.id,
        }
        ran = subprocess.run(
            [NODE, "client.mjs"], cwd=CLIENT, env=environ, capture_output=True, text=True, timeout=60, check=False
        )
    assert ran.returncode == 0, ran.stderr[-2000:]
    found: dict[str, Any] = json.loads(ran.stdout)
    return found


@needs_node
def test_the_client_discovers_the_four_services(driven: dict[str, Any]) -> None:
    hooks = sorted(service["hook"] for service in driven["discovered"]["services"])
    assert hooks == ["order-select", "order-sign", "patient-view", "problem-list-item-create"]


@needs_node
def test_the_client_fills_every_prefetch_key(driven: dict[str, Any]) -> None:
    offered = next(each for each in driven["discovered"]["services"] if each["id"] == SERVICE_ID)["prefetch"]
    prefetch = driven["request"]["prefetch"]
    assert set(prefetch) == set(offered)
    assert all(prefetch[key]["resourceType"] == "Bundle" for key in prefetch if key != "patient")
    assert prefetch["procedures"]["entry"]


@needs_node
def test_the_client_gets_the_cards_of_the_same_chart_posted_by_hand(
    driven: dict[str, Any], server: ServerProcess, story: Story
) -> None:
    sent = json.dumps(story.request(SERVICE_ID)).encode()
    headers = {"Content-Type": "application/json"}
    status, _, body = server.ask("POST", f"/cds-services/{SERVICE_ID}", sent, headers)
    assert status == 200
    by_hand = [_compared(card) for card in json.loads(body)["cards"]]
    assert [_compared(card) for card in driven["response"]["cards"]] == by_hand
    assert "recurrence of rectal cancer" in by_hand[0]["summary"]


def _compared(card: dict[str, Any]) -> dict[str, Any]:
    """A card without what is drawn anew for each answer."""
    return {name: card[name] for name in ("summary", "detail", "indicator", "source", "extension")}
