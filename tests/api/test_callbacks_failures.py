"""What cannot be fetched from a FHIR server is said, and why."""

import gzip
import socket
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
from callback_calls import (
    INDISPENSABLE,
    OTHERS,
    SECONDS,
    TYPES,
    call,
    canaries,
    cards,
    clients,
    missing,
    plain,
    without,
)
from fhir_server import Answer, Asked, FhirServer, bundle, outcome


@pytest.mark.conforms("M179", "M181")
@pytest.mark.parametrize("key", INDISPENSABLE)
@pytest.mark.parametrize(
    ("status", "said"),
    [
        (401, "refused the token"), (403, "refused the token"), (404, "does not answer"), (410, "does not answer"),
        (429, "come back later"), (500, "error"), (503, "come back later"), (302, "error"), (204, "error"),
    ],
)  # fmt: skip
@pytest.mark.threat("B14")
def test_an_indispensable_key_that_cannot_be_fetched_is_412_that_says_why(
    cds: Any, ehr: FhirServer, make_body: Any, key: str, status: int, said: str
) -> None:
    def rule(asked: Asked, _: BaseHTTPRequestHandler) -> Answer | None:
        return (status, outcome("canary-answer"), {"Retry-After": "1"}) if asked.kind == TYPES[key] else None

    ehr.rule = rule
    answer = cds.post(sent=call(make_body, ehr))
    told = missing(answer)
    assert f"Prefetch {key} is missing" in told
    assert said in told
    assert "canary" not in answer.text + cds.stream.getvalue()
    assert len([asked for asked in ehr.asked if asked.kind == TYPES[key]]) <= 2  # by GET and POST, never twice the same
    canaries(cds, answer)


@pytest.mark.conforms("M179")
@pytest.mark.parametrize("key", OTHERS)
@pytest.mark.parametrize("status", [401, 403, 404, 429, 500, 503])
@pytest.mark.threat("B14")
def test_any_other_key_that_cannot_be_fetched_is_named_on_the_card(
    cds: Any, ehr: FhirServer, make_body: Any, key: str, status: int
) -> None:
    def rule(asked: Asked, _: BaseHTTPRequestHandler) -> Answer | None:
        mine = asked.kind == TYPES.get(key) or (asked.kind == "Observation" and ehr._key(asked) == key)
        return (status, outcome(), {}) if mine else None

    ehr.rule = rule
    found = cards(cds.post(sent=call(make_body, ehr)))
    assert found == plain(cds, make_body, without(key) | {key: None})
    assert "Not available for this check" in found[0]["detail"]
    assert cds.log[-2]["keys"][key] == "failed"


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ((200, b"<html></html>", {"Content-Type": "text/html"}), "NOT_FHIR"),
        ((200, b"{}", {"Content-Type": "text/html"}), "NOT_FHIR"), ((200, b"", {}), "NOT_FHIR"),
        ((200, b'{"resourceType":"Bundle","entry":[', {}), "NOT_FHIR"), ((200, b"[]", {}), "NOT_FHIR"),
        ((200, {"resourceType": "Patient", "id": "p1"}, {}), "NOT_FHIR"), ((200, outcome("no"), {}), "OUTCOME"),
        ((200, {"entry": []}, {}), "NOT_FHIR"),
        ((200, b'{"resourceType":"Bundle","resourceType":"Bundle"}', {}), "NOT_FHIR"),
        ((200, b'{"resourceType":"Bundle","total":123456789012345678901}', {}), "NOT_FHIR"),
        ((200, b'{"resourceType":"Bundle","x":' + b"[" * 64 + b"]" * 64 + b"}", {}), "NOT_FHIR"),
        ((200, b'{"resourceType":"Bundle","x":NaN}', {}), "NOT_FHIR"), ((200, b"\xff", {}), "NOT_FHIR"),
        ((200, b"\xef\xbb\xbf{}", {}), "NOT_FHIR"),
        ((200, bundle([]), {"Content-Type": "application/json; charset=utf-16"}), "NOT_FHIR"),
        ((200, bundle([]), {"Content-Type": "application/fhir+json; fhirVersion=5.0"}), "RELEASE"),
        ((200, bundle([]), {"Content-Type": 'application/fhir+json; fhirVersion="3.0"'}), "RELEASE"),
        ((200, bundle([{"resourceType": "Patient", "id": "p1"}]), {}), "NOT_FHIR"),
        ((200, gzip.compress(b"{}" * 10**6), {"Content-Encoding": "gzip"}), "TOO_MUCH"),
        ((200, b"{}", {"Content-Length": str(9 * 2**20)}), "TOO_MUCH"),
        ((302, b"", {"Location": "http://127.0.0.1:1/"}), "STATUS"),
    ],
)  # fmt: skip
@pytest.mark.threat("B13")
def test_an_answer_that_is_not_what_was_asked_for_is_a_failure(
    cds: Any, ehr: FhirServer, make_body: Any, answer: Answer, reason: str
) -> None:
    ehr.rule = lambda asked, _: answer if asked.kind == "Procedure" else None
    found = cds.post(sent=call(make_body, ehr))
    assert "Prefetch procedures" in missing(found)
    assert [line["keys"] for line in cds.log if line["event"] == "not-fetched"] == [{"procedures": reason}]


@pytest.mark.conforms("F94")
@pytest.mark.parametrize("resource_type", ["Procedure", "Observation"])
@pytest.mark.threat("B10")
def test_a_server_that_drips_is_left_at_the_deadline(
    start: Callable[..., Any],
    ehr: FhirServer,
    make_body: Any,
    tmp_path: Path,
    resource_type: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("cds_service.callbacks.complete.JUDGING_SECONDS_AT_MOST", 3)  # however slow the machine is

    def rule(asked: Asked, handler: BaseHTTPRequestHandler) -> Answer | None:
        if asked.kind != resource_type:
            return None
        handler.wfile.write(b"HTTP/1.0 200 OK\r\nContent-Type: application/json\r\n\r\n")
        for _ in range(400):
            handler.wfile.write(b" ")
            time.sleep(0.05)
        handler.close_connection = True
        return 0, b"", {}

    ehr.rule = rule
    quick = start(CLIENTS_FILE=clients(tmp_path, ehr.address), DEADLINE_MS="6000")
    began = time.monotonic()
    answer = quick.post(sent=call(make_body, ehr))
    took = time.monotonic() - began
    assert took < SECONDS  # it would drip for twenty
    if resource_type == "Procedure":
        assert "did not answer in time" in missing(answer)
    else:
        assert cards(answer) == plain(quick, make_body, without("observations", "radiationDose"))


@pytest.mark.threat("B10")
def test_a_server_that_is_not_there_is_said(start: Callable[..., Any], make_body: Any, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        address = f"http://127.0.0.1:{gone.getsockname()[1]}/fhir"
    cds = start(CLIENTS_FILE=clients(tmp_path, address))
    assert "could not be reached" in missing(cds.post(sent=call(make_body, address)))


@pytest.mark.threat("B14")
def test_after_failures_in_a_row_a_server_is_left_alone(
    start: Callable[..., Any], ehr: FhirServer, make_body: Any, tmp_path: Path
) -> None:
    cds = start(CLIENTS_FILE=clients(tmp_path, ehr.address))
    ehr.rule = lambda _asked, _handler: (500, b"", {})
    for _ in range(5):
        missing(cds.post(sent=call(make_body, ehr)))
    before = ehr.connections
    assert "left alone for a while" in missing(cds.post(sent=call(make_body, ehr)))
    assert ehr.connections == before
    assert cards(cds.post(sent=call(make_body, ehr, without("volumes")))) == plain(
        cds, make_body, without("volumes") | {"volumes": None}
    )
