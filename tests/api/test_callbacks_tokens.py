"""The token a call brings for its FHIR server: when it is used, and for what."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from callback_calls import INDISPENSABLE, PREFETCH, call, canaries, cards, clients, missing, plain, without
from fhir_server import GRANT, FhirServer


@pytest.mark.threat("B03")
def test_a_token_without_a_server_is_400(cds: Any, make_body: Any) -> None:
    answer = cds.post(sent=make_body(fhirAuthorization=GRANT))
    assert answer.status_code == 400
    canaries(cds, answer)


@pytest.mark.parametrize("sent", ["a\r\nX: y", "a b", "", "t\u00e4st", "a\x00", "x" * 9000, "a\tb", " a"])
@pytest.mark.threat("B17")
def test_a_token_that_cannot_stand_in_a_header_is_400(cds: Any, ehr: FhirServer, make_body: Any, sent: str) -> None:
    answer = cds.post(sent=call(make_body, ehr, fhirAuthorization={**GRANT, "access_token": sent}))
    assert answer.status_code == 400
    assert "fhirAuthorization.access_token" in answer.text
    assert ehr.connections == 0


@pytest.mark.conforms("F88")
@pytest.mark.parametrize(
    "change",
    [
        {"expires_in": 0}, {"expires_in": -1}, {"expires_in": "300"}, {"expires_in": None}, {"expires_in": True},
        {"token_type": "mac"}, {"token_type": None}, {"token_type": 7}, {"access_token": None}, {"access_token": 7},
        {"scope": None}, {"subject": None}, {"patient": None},
    ],
)  # fmt: skip
@pytest.mark.threat("B18")
def test_a_token_that_cannot_be_used_is_not_used(cds: Any, ehr: FhirServer, make_body: Any, change: Any) -> None:
    granted = {name: value for name, value in {**GRANT, **change}.items() if value is not None}
    sent = call(make_body, ehr, without("volumes"), fhirAuthorization=granted)
    assert cards(cds.post(sent=sent)) == plain(cds, make_body, without("volumes"))
    assert "patient" in missing(cds.post(sent=call(make_body, ehr, fhirAuthorization=granted)))
    assert ehr.connections == 0
    calls = [line for line in cds.log if line["event"] == "call"]
    assert calls[0]["keys"]["volumes"] == "not-asked"


@pytest.mark.conforms("F92")
def test_a_server_is_asked_without_token_only_where_the_operator_says_so(
    start: Callable[..., Any], cds: Any, ehr: FhirServer, make_body: Any, tmp_path: Path
) -> None:
    ehr.token = None
    assert "patient" in missing(cds.post(sent=call(make_body, ehr, fhirAuthorization=None)))
    assert ehr.connections == 0
    folder = tmp_path / "open"
    folder.mkdir()
    opened = start(CLIENTS_FILE=clients(folder, ehr.address, more="fhir_without_token = true"))
    assert cards(opened.post(sent=call(make_body, ehr, fhirAuthorization=None))) == plain(cds, make_body)
    assert not any("authorization" in asked.headers for asked in ehr.asked)


@pytest.mark.conforms("F91")
@pytest.mark.parametrize(
    "scope",
    ["patient/Patient.read patient/Condition.read patient/Procedure.read", "launch user/Patient.r system/Condition.rs "
     "patient/Procedure.s"],
)  # fmt: skip
def test_what_the_scopes_exclude_is_not_asked_for(cds: Any, ehr: FhirServer, make_body: Any, scope: str) -> None:
    found = cards(cds.post(sent=call(make_body, ehr, fhirAuthorization={**GRANT, "scope": scope})))
    assert ehr.paths == ["Condition", "Patient/p1", "Procedure"]
    assert found == plain(cds, make_body, {key: PREFETCH[key] for key in INDISPENSABLE})
    refused = {**GRANT, "scope": "patient/Observation.rs"}
    told = missing(cds.post(sent=call(make_body, ehr, fhirAuthorization=refused)))
    assert "the token's scopes do not cover it" in told


@pytest.mark.threat("B14")
def test_refused_tokens_do_not_make_a_server_be_left_alone(cds: Any, ehr: FhirServer, make_body: Any) -> None:
    bad = {**GRANT, "access_token": "another"}
    for _ in range(7):
        assert "refused the token" in missing(cds.post(sent=call(make_body, ehr, fhirAuthorization=bad)))
    assert cards(cds.post(sent=call(make_body, ehr)))


def test_the_patient_must_be_the_one_the_token_is_for(cds: Any, ehr: FhirServer, make_body: Any) -> None:
    assert cds.post(sent=call(make_body, ehr, fhirAuthorization={**GRANT, "patient": "p2"})).status_code == 400
    assert ehr.connections == 0
