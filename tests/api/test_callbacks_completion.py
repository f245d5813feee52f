"""Missing prefetch is fetched from the client's FHIR server, and only what is missing."""

import json
from typing import Any

import pytest
from callback_calls import PREFETCH, call, canaries, cards, missing, plain, without
from fhir_server import GRANT, TOKEN, FhirServer, bundle, outcome


@pytest.mark.conforms("E73", "E74", "F86", "F87", "F95")
def test_everything_can_come_from_the_fhir_server(cds: Any, ehr: FhirServer, make_body: Any) -> None:
    answer = cds.post(sent=call(make_body, ehr))
    assert cards(answer) == plain(cds, make_body)
    assert len(ehr.asked) == 8
    assert {asked.headers["authorization"] for asked in ehr.asked} == {f"Bearer {TOKEN}"}
    assert {asked.headers["accept-encoding"] for asked in ehr.asked} == {"identity"}
    canaries(cds, answer)


@pytest.mark.conforms("E73", "F95")
def test_a_complete_prefetch_needs_nobody(cds: Any, ehr: FhirServer, make_body: Any) -> None:
    assert cards(cds.post(sent=call(make_body, ehr, PREFETCH))) == plain(cds, make_body)
    assert ehr.connections == 0


def test_an_order_call_without_an_order_we_speak_about_fetches_nothing(
    cds: Any, ehr: FhirServer, make_body: Any
) -> None:
    for hook, service in (("order-sign", "oncology-order-sign"), ("order-select", "oncology-order-select")):
        body = {**make_body(hook), "prefetch": {}, "fhirServer": ehr.address, "fhirAuthorization": GRANT}
        assert cds.post(service, body).json == {"cards": []}
    assert ehr.connections == 0


@pytest.mark.conforms("E73", "E74", "E77", "E78", "M179")
@pytest.mark.parametrize("key", sorted(PREFETCH))
@pytest.mark.parametrize("state", ["missing", "null", "outcome", "outcome entry", "next link", "html", "text"])
@pytest.mark.threat("C23")
def test_a_key_that_is_not_whole_is_completed(cds: Any, ehr: FhirServer, make_body: Any, key: str, state: str) -> None:
    value = PREFETCH[key]
    entries = value.get("entry", [])
    broken: dict[str, Any] = {
        "null": None, "outcome": outcome("x"), "html": "<html>gone</html>", "text": 5,
        "outcome entry": {**bundle([]), "entry": [*entries[:1], {"resource": outcome("x")}]},
        "next link": {**bundle([]), "link": [{"relation": "next", "url": f"{ehr.address}/gone?x=1"}]},
    }  # fmt: skip
    sent = without(key) | ({key: broken[state]} if state in broken else {})
    assert cards(cds.post(sent=call(make_body, ehr, sent))) == plain(cds, make_body)
    assert ehr.asked


@pytest.mark.conforms("E73", "M179")
@pytest.mark.threat("C23")
def test_conditions_in_place_of_procedures_are_no_answer_and_fetched(cds: Any, ehr: FhirServer, make_body: Any) -> None:
    sent = without("procedures") | {"procedures": PREFETCH["conditions"]}
    assert cards(cds.post(sent=call(make_body, ehr, sent))) == plain(cds, make_body)
    assert [asked.kind for asked in ehr.asked] == ["Procedure"]


def test_a_total_above_the_entries_is_completed_once_and_else_reported(
    cds: Any, ehr: FhirServer, make_body: Any
) -> None:
    whole = {**PREFETCH["conditions"], "total": 2}
    short = {**whole, "entry": whole["entry"][:1]}
    assert cards(cds.post(sent=call(make_body, ehr, without("conditions") | {"conditions": short}))) == plain(
        cds, make_body
    )
    assert len(ehr.asked) == 1
    ehr.chart["conditions"] = {**whole, "total": 7}
    reported = {**PREFETCH, "conditions": ehr.chart["conditions"]}
    by_callback = cards(cds.post(sent=call(make_body, ehr, without("conditions"))))
    assert by_callback == plain(cds, make_body, reported) != plain(cds, make_body)
    again = cards(cds.post(sent=call(make_body, ehr, reported)))
    assert again == by_callback
    assert "data.incomplete-result" in json.dumps(again)


@pytest.mark.conforms("D68", "M179")
@pytest.mark.threat("C24")
def test_what_is_fetched_of_another_patient_is_dropped_and_said(cds: Any, ehr: FhirServer, make_body: Any) -> None:
    stranger = json.loads(json.dumps(PREFETCH["procedures"]).replace("Patient/p1", "Patient/p2"))
    ehr.chart["procedures"] = {**stranger, "entry": stranger["entry"] + PREFETCH["procedures"]["entry"]}
    found = cards(cds.post(sent=call(make_body, ehr)))
    assert found == plain(cds, make_body, {**PREFETCH, "procedures": ehr.chart["procedures"]})
    assert "data.foreign-patient" in json.dumps(found)
    ehr.chart["patient"] = {**PREFETCH["patient"], "id": "p2"}
    ehr.asked.clear()
    assert "Prefetch patient" in missing(cds.post(sent=call(make_body, ehr, without("patient"))))
