"""How a FHIR server is asked: side by side, by GET or POST, by patient or subject."""

import itertools
import json
import threading
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest
from callback_calls import PREFETCH, SECONDS, call, cards, plain
from fhir_server import Answer, Asked, FhirServer, bundle, outcome


def ignoring() -> Answer:
    """Of a lenient server: it says that it ignored `patient`, and gives what it has of everybody."""
    said = outcome("Unknown search parameter 'patient' was ignored", "not-supported", "warning")
    strangers = json.loads(json.dumps(PREFETCH["procedures"]).replace("Patient/p1", "Patient/p2"))["entry"]
    return 200, {**bundle([]), "entry": [*strangers, {"resource": said, "search": {"mode": "outcome"}}]}, {}


@pytest.mark.parametrize("way", ["ignored", "400", "422", "outcome"])
def test_a_server_that_disowns_the_parameter_is_asked_by_subject(
    cds: Any, ehr: FhirServer, make_body: Any, way: str
) -> None:
    answers: dict[str, Answer] = {
        "ignored": ignoring(), "400": (400, outcome("x"), {}), "422": (422, b"", {}),
        "outcome": (200, outcome("The parameter patient is not supported for this type"), {}),
    }  # fmt: skip
    ehr.only_subject = True
    ehr.rule = lambda asked, _: answers[way] if "patient" in asked.parameters else None
    assert cards(cds.post(sent=call(make_body, ehr))) == plain(cds, make_body)
    assert len(ehr.asked) == 1 + 2 * 7


def test_a_long_address_is_asked_by_post_at_once(cds: Any, ehr: FhirServer, make_body: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr("cds_service.callbacks.client.LONGEST_ADDRESS", 100)
    assert cards(cds.post(sent=call(make_body, ehr))) == plain(cds, make_body)
    methods = {ehr._key(asked): asked.method for asked in ehr.asked if asked.kind == "Observation"}
    assert methods == {"radiationDose": "POST", "observations": "POST"}
    assert {asked.method for asked in ehr.asked if asked.kind != "Observation"} == {"GET"}


@pytest.mark.parametrize("status", [404, 405, 414, 501])
def test_a_server_that_refuses_get_is_asked_by_post(cds: Any, ehr: FhirServer, make_body: Any, status: int) -> None:
    search = lambda asked: asked.method == "GET" and asked.kind != "Patient"  # noqa: E731  # named for its use below
    ehr.rule = lambda asked, _: (status, outcome("no"), {}) if search(asked) else None
    assert cards(cds.post(sent=call(make_body, ehr))) == plain(cds, make_body)


@pytest.mark.conforms("F94")
def test_keys_are_asked_for_side_by_side(cds: Any, ehr: FhirServer, make_body: Any) -> None:
    together, arrived = threading.Barrier(6), itertools.count()

    def rule(_asked: Asked, _handler: BaseHTTPRequestHandler) -> Answer | None:
        if next(arrived) < 6:
            together.wait(SECONDS)  # nobody is answered before all six are there
        return None

    ehr.rule = rule
    assert cards(cds.post(sent=call(make_body, ehr)))
    assert not together.broken
