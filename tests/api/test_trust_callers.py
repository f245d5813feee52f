"""Calls with tokens, as an EHR sends them: who gets in, and what a stranger is told."""

from typing import Any

import pytest
from client_tokens import BASE, ENDPOINT, ec_key, rsa_key, token
from trusted_calls import CALL, ask, bearer


@pytest.mark.conforms("J148", "J152", "M183")
@pytest.mark.parametrize(("key", "algorithm", "kid"), [(ec_key(), "ES384", "k1"), (rsa_key(), "RS384", "r1")])
def test_a_valid_token_of_a_registered_client_gets_in(trusting: Any, key: Any, algorithm: str, kid: str) -> None:
    answer = trusting.post(headers=bearer(token(key, algorithm, header={"kid": kid})))
    assert (answer.status_code, answer.json) == (200, {"cards": []})
    assert trusting.log[-1]["client"] == "hospital"


@pytest.mark.conforms("H134", "J147", "J148", "M183")
@pytest.mark.parametrize(
    "headers",
    [
        {}, {"Authorization": ""}, {"Authorization": "Bearer"}, {"Authorization": "Basic dTpw"}, bearer("a.b.c"),
        bearer(token(iss="https://x.example")), bearer(token(ec_key(number=9))), bearer(token(aud=BASE)),
        bearer(token(exp=1)), bearer(token(header={"alg": "none"})), bearer(token(header={"kid": "../../etc/passwd"})),
        bearer(token(jti="j" * 257)), bearer(token(header={"crit": ["exp"]})),
    ],
)  # fmt: skip
def test_every_stranger_is_told_the_same(trusting: Any, headers: dict[str, str]) -> None:
    answer = trusting.post(headers=headers)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    issue = answer.json["issue"][0]
    assert issue.pop("diagnostics") == trusting.log[-1]["correlation_id"]
    assert answer.json["resourceType"] == "OperationOutcome"
    assert issue == {"severity": "error", "code": "login", "details": {"text": "The call needs a valid token."}}
    assert trusting.log[-1]["event"] == "refused"


@pytest.mark.conforms("J159", "L172")
def test_the_reason_is_in_the_log_and_the_token_is_not(trusting: Any) -> None:
    sent = [token(ec_key(number=9), jti="canary-id", sub="canary-sub"), token(aud="https://canary.example")]
    sent.append(token(jti="canary-id", sub="canary-sub"))
    assert [ask(trusting, one) for one in sent] == [401, 401, 200]
    reasons = [(line["reason"], line["client"]) for line in trusting.log if line["event"] == "refused"]
    assert reasons == [("signature", "hospital"), ("audience", "hospital")]
    written = trusting.stream.getvalue()
    assert "canary" not in written
    assert not any(part in written for one in sent for part in one.split("."))


@pytest.mark.conforms("J153")
def test_a_token_is_for_one_service(trusting: Any) -> None:
    order_sign = ENDPOINT.replace("patient-view", "order-sign")
    assert ask(trusting, token(aud=order_sign)) == 401
    assert ask(trusting, token(aud=order_sign), service="oncology-order-sign", sent=b"{}") == 400


@pytest.mark.conforms("J153")
def test_the_audience_is_our_published_address_whatever_host_is_called(trusting: Any) -> None:
    called = "http://localhost/cds-services/oncology-patient-view"
    assert ask(trusting, token(aud=called)) == 401
    spoofed = {**bearer(token(aud=ENDPOINT.replace("cds.", "evil."))), "Host": "evil.example.org"}
    assert trusting.post(headers={**spoofed, "X-Forwarded-Host": "evil.example.org"}).status_code == 401
    assert trusting.post(headers={**bearer(token()), "Host": "evil.example.org"}).status_code == 200


@pytest.mark.conforms("D47")
def test_a_slash_too_many_does_not_change_the_endpoint(trusting: Any) -> None:
    for path in (f"{CALL}/", CALL.replace("services/", "services//")):
        answer = trusting.client.post(path, data=b"{}", headers=bearer(token()), content_type="application/json")
        assert answer.status_code == 400


def test_a_stranger_is_refused_before_the_body_is_judged(trusting: Any) -> None:
    for sent, content_type in (
        (b"{", "application/json"),
        (b"", "text/plain"),
        (b" " * 17 * 1024**2, "application/json"),
    ):
        assert trusting.post(sent=sent, content_type=content_type).status_code == 401


@pytest.mark.conforms("B30")
def test_discovery_health_pages_and_preflight_need_no_token(trusting: Any) -> None:
    for path in ("/cds-services", "/health/live", "/health/ready", "/transparency", "/fhir/CodeSystem/card-topic"):
        assert trusting.client.get(path).status_code == 200
    preflight = {"Origin": "https://a.example", "Access-Control-Request-Method": "POST"}
    for path in ("/cds-services", CALL):
        assert trusting.client.options(path, headers=preflight).status_code < 300


@pytest.mark.conforms("H137")
def test_a_refusal_can_be_read_by_a_browser(trusting: Any) -> None:
    answer = trusting.post(headers={"Origin": "https://a.example"})
    assert (answer.status_code, answer.headers["Access-Control-Allow-Origin"]) == (401, "*")
