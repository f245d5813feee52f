"""HTTP itself: methods, media types, sizes, CORS, and errors that tell nothing of what was sent."""

import json
from collections.abc import Callable
from typing import Any

import pytest

CALL = "/cds-services/oncology-patient-view"
CANARY = "CanaryName-4711"


@pytest.mark.conforms("B15", "D52", "E83")
@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nothing", 404), ("GET", "/", 404), ("POST", "/cds-services", 405),
        ("GET", CALL, 405), ("PUT", CALL, 405), ("DELETE", CALL, 405), ("TRACE", CALL, 405), ("PATCH", CALL, 405),
        ("POST", "/health/live", 405), ("GET", "/demo", 404), ("GET", "/cds-services/../etc", 404),
        ("POST", "/cds-services/%2e%2e%2fx", 404),
    ],
)  # fmt: skip
def test_other_addresses_and_methods_are_refused_with_an_outcome(
    service: Any, method: str, path: str, status: int
) -> None:
    answer = service.client.open(path, method=method)
    assert (answer.status_code, answer.content_type) == (status, "application/fhir+json")
    assert answer.json["issue"][0]["diagnostics"] == service.log[-1]["correlation_id"]
    assert (status == 405) == ("Allow" in answer.headers)


def test_a_method_cannot_be_overridden_by_a_header(service: Any) -> None:
    assert service.client.get(CALL, headers={"X-HTTP-Method-Override": "POST"}).status_code == 405


@pytest.mark.conforms("D52")
@pytest.mark.parametrize(
    "content_type",
    [
        "", "text/plain", "application/fhir+json", "application/jsonx", "application/json; charset=utf-16",
        "application/json; charset=utf-7", "application/json, text/html", "multipart/form-data",
    ],
)  # fmt: skip
def test_other_media_types_are_415(service: Any, content_type: str) -> None:
    answer = service.post(content_type=content_type)
    assert answer.status_code == 415


@pytest.mark.conforms("A07")
@pytest.mark.parametrize(
    "content_type",
    ["application/json", "application/json; charset=utf-8", "Application/JSON;charset=UTF-8", "application/json;"],
)
def test_json_in_utf8_is_read(service: Any, content_type: str) -> None:
    assert service.post(content_type=content_type).status_code == 200


@pytest.mark.parametrize("coding", ["gzip", "br", "zstd", "gzip, gzip", "deflate"])
def test_encoded_bodies_are_415(service: Any, coding: str) -> None:
    assert service.post(headers={"Content-Encoding": coding}).status_code == 415


@pytest.mark.conforms("D52")
def test_a_body_above_the_cap_is_413_and_at_the_cap_is_read(start: Any, make_body: Callable[..., Any]) -> None:
    small = start(MAX_BODY_BYTES="2048")
    sent = json.dumps(make_body()).encode()
    assert small.post(sent=sent + b" " * (2048 - len(sent))).status_code == 200
    assert small.post(sent=sent + b" " * (2049 - len(sent))).status_code == 413


@pytest.mark.conforms("D52")
@pytest.mark.parametrize(
    "sent",
    [
        b'{"a":' * 65 + b"1" + b"}" * 65, b"[" * 100_000, b'{"n":' + b"9" * 21 + b"}", b'{"n":NaN}', b'{"n":1e999',
        b'{"a":1,"a":2}', b'\xff\xfe{\x00}\x00', b'{"a":"\xed\xa0\x80"}', b"", b"{", b"null",
    ],
)  # fmt: skip
def test_json_that_two_readers_could_read_differently_is_400(service: Any, sent: bytes) -> None:
    assert service.post(sent=sent).status_code == 400


@pytest.mark.parametrize("path", ["/cds-services", CALL])
def test_a_preflight_is_answered_without_a_token(service: Any, path: str) -> None:
    headers = {
        "Origin": "https://ehr.example.org",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization,content-type",
    }
    answer = service.client.options(path, headers=headers)
    assert answer.status_code // 100 == 2
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Access-Control-Allow-Headers"] == "Authorization, Content-Type"
    assert "POST" in answer.headers["Access-Control-Allow-Methods"]
    assert "Access-Control-Allow-Credentials" not in answer.headers


def test_errors_carry_cors_headers_too(service: Any) -> None:
    answer = service.post("nothing", headers={"Origin": "https://ehr.example.org"})
    assert (answer.status_code, answer.headers["Access-Control-Allow-Origin"]) == (404, "*")


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "https://ehr.example.org.evil.example", "http://ehr.example.org"]
)
def test_with_a_list_only_its_origins_are_allowed(start: Any, origin: str) -> None:
    listed = start(CORS_ORIGINS="https://ehr.example.org, https://other.example.org:8443")
    allowed = listed.post(headers={"Origin": "https://ehr.example.org"})
    assert allowed.headers["Access-Control-Allow-Origin"] == "https://ehr.example.org"
    assert allowed.headers["Vary"] == "Origin"
    assert "Access-Control-Allow-Origin" not in listed.post(headers={"Origin": origin}).headers


@pytest.mark.conforms("E83", "L172")
def test_neither_answers_nor_log_repeat_what_was_sent(service: Any, make_body: Callable[..., Any]) -> None:
    patient = {"resourceType": "Patient", "id": "p1", "name": [{"family": CANARY}], "birthDate": CANARY}
    calls = [
        make_body(prefetch={"patient": patient}),
        make_body(context={"patientId": CANARY + "!"}),
        make_body(hook=CANARY),
        make_body(context={"userId": [CANARY]}),
        {**make_body(), CANARY: 1, "prefetch": [CANARY]},
        make_body(prefetch={"patient": {**patient, "id": CANARY}}),
    ]
    for sent in calls:
        answer = service.post(sent=sent)
        assert answer.status_code >= 400
        assert CANARY not in answer.text
    answer = service.client.get(f"/{CANARY}?q={CANARY}", headers={"Referer": CANARY, "User-Agent": CANARY})
    assert CANARY not in answer.text + service.stream.getvalue()


def test_a_log_line_stays_one_line_whatever_the_client_calls_its_call(
    service: Any, make_body: Callable[..., Any]
) -> None:
    for instance in ("\u202e<b>\u00e4\n", 'x","level":"fake', "a" * 256):
        service.post(sent=make_body(hookInstance=instance))
    lines = service.stream.getvalue().splitlines()
    assert len(lines) == 3
    assert all(line.isascii() and json.loads(line)["event"] == "call" for line in lines)
    assert max(len(json.loads(line)["hook_instance"]) for line in lines) == 128


@pytest.mark.conforms("H135")
def test_a_failure_of_ours_is_500_and_its_log_has_kind_and_place_only(start: Any) -> None:
    broken = start()

    @broken.app.get("/broken")
    def fail() -> str:
        raise RuntimeError(CANARY)

    answer = broken.client.get("/broken")
    assert (answer.status_code, answer.content_type) == (500, "application/fhir+json")
    assert CANARY not in answer.text + broken.stream.getvalue()
    assert (broken.log[-1]["error"], broken.log[-1]["status"]) == ("RuntimeError", 500)
    assert ":fail:" in broken.log[-1]["frame"]
    assert answer.json["issue"][0]["diagnostics"] == broken.log[-1]["correlation_id"]


@pytest.mark.conforms("L172")
def test_the_log_holds_what_an_operator_needs_of_a_call(service: Any) -> None:
    service.post()
    line = service.log[-1]
    assert (line["service"], line["hook_instance"], line["cards"]) == ("oncology-patient-view", "i1", 0)
    assert line["keys"]["procedures"] == "nothing-found"
    assert line["keys"]["volumes"] == "not-asked"
    assert line["duration_ms"] >= 0


def test_security_headers_stand_on_every_answer(service: Any) -> None:
    for answer in (service.post(), service.post("nothing"), service.client.get("/cds-services")):
        assert (answer.headers["Cache-Control"], answer.headers["X-Content-Type-Options"]) == ("no-store", "nosniff")


@pytest.mark.conforms("H136")
def test_above_its_rate_a_client_is_429_and_told_when_to_come_back(start: Any) -> None:
    limited = start(RATE_PER_CLIENT="0.01")
    assert limited.post().status_code == 200
    answer = limited.post("oncology-order-sign", headers={"Origin": "https://ehr.example.org"})
    assert (answer.status_code, answer.content_type) == (429, "application/fhir+json")
    assert 0 < int(answer.headers["Retry-After"]) <= 100
    assert answer.json["issue"][0]["code"] == "throttled"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    for path in ("/cds-services", "/health/live"):
        assert limited.client.get(path).status_code == 200
    assert limited.log[-1]["reason"] == "TooManyCallsError"
