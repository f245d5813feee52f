"""Calls of the services: what is enough to judge, what is refused, and that nothing reads as all clear by mistake."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

EMPTY = {"resourceType": "Bundle", "type": "searchset"}
OUTCOME = {"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": "exception"}]}
NEXT = {**EMPTY, "link": [{"relation": "next", "url": "https://ehr.example.org/next"}]}
Make = Callable[..., dict[str, Any]]

RT_ORDER = {
    "resourceType": "ServiceRequest", "id": "rt", "status": "draft", "intent": "original-order",
    "subject": {"reference": "Patient/p1"},
    "code": {"coding": [{"system": "http://snomed.info/sct", "code": "1217123003"}]},
    "bodySite": [{"coding": [{"system": "http://snomed.info/sct", "code": "12738006"}]}],
}  # fmt: skip
CT_ORDER = {
    "resourceType": "ServiceRequest", "id": "ct", "status": "draft", "intent": "order",
    "subject": {"reference": "Patient/p1"},
    "code": {"coding": [{"system": "http://snomed.info/sct", "code": "77477000", "display": "CT"}]},
}  # fmt: skip


def orders(*resources: dict[str, Any]) -> dict[str, Any]:
    return {"resourceType": "Bundle", "entry": [{"resource": resource} for resource in resources]}


def issue_texts(answer: Any) -> str:
    assert answer.content_type == "application/fhir+json"
    assert answer.json["resourceType"] == "OperationOutcome"
    return " ".join(issue["details"]["text"] for issue in answer.json["issue"])


@pytest.mark.conforms("A07", "B29", "D46", "E76", "G96", "G97", "H133")
def test_an_empty_chart_gets_no_cards(service: Any) -> None:
    answer = service.post()
    assert (answer.status_code, answer.content_type, answer.json) == (200, "application/json", {"cards": []})


@pytest.mark.conforms("D52")
def test_an_unknown_service_is_404_and_nothing_else_is_looked_at(service: Any) -> None:
    assert service.post("no-such-service", b"{").status_code == 404


@pytest.mark.conforms("E75", "E77", "E81", "E82", "E83", "H133", "M181")
@pytest.mark.parametrize("key", ["patient", "conditions", "procedures"])
@pytest.mark.parametrize(
    "value", ["absent", None, OUTCOME, NEXT, "<html>", 7, [], {}, {**EMPTY, "entry": [{"resource": OUTCOME}]}]
)
def test_without_an_indispensable_key_the_answer_is_412_and_names_it(
    service: Any, make_body: Make, key: str, value: Any
) -> None:
    sent = make_body()
    if value == "absent":
        del sent["prefetch"][key]
    else:
        sent["prefetch"][key] = value
    answer = service.post(sent=sent)
    assert answer.status_code == 412
    assert f"Prefetch {key} is missing" in issue_texts(answer)


@pytest.mark.threat("C23")
@pytest.mark.conforms("M179", "M181")
@pytest.mark.parametrize("key", ["conditions", "procedures"])
@pytest.mark.parametrize("bundled", [True, False])
def test_resources_of_another_type_are_no_answer(service: Any, make_body: Make, key: str, bundled: bool) -> None:
    sent = make_body()
    other = {"resourceType": "Observation", "id": "o1", "status": "final", "subject": {"reference": "Patient/p1"}}
    sent["prefetch"][key] = {**EMPTY, "entry": [{"resource": other}]} if bundled else other
    answer = service.post(sent=sent)
    assert answer.status_code == 412
    assert f"Prefetch {key} is missing" in issue_texts(answer)


@pytest.mark.parametrize("patient", [EMPTY, {"resourceType": "Procedure", "id": "p1"}])
def test_a_patient_key_without_a_patient_is_412(service: Any, make_body: Make, patient: Any) -> None:
    sent = make_body()
    sent["prefetch"]["patient"] = patient
    assert service.post(sent=sent).status_code == 412


def test_all_missing_keys_are_named_at_once(service: Any, make_body: Make) -> None:
    for prefetch in ({}, None):
        answer = service.post(sent=make_body(prefetch=prefetch))
        assert answer.status_code == 412
        assert all(key in issue_texts(answer) for key in ("patient", "conditions", "procedures"))


@pytest.mark.conforms("E77", "E81", "E84", "M181")
@pytest.mark.parametrize("key", ["volumes", "radiationDose", "observations", "medications", "reports"])
@pytest.mark.parametrize("value", [None, OUTCOME, NEXT, "<html>"])
def test_the_other_keys_degrade(service: Any, make_body: Make, key: str, value: Any) -> None:
    sent = make_body()
    sent["prefetch"][key] = value
    assert service.post(sent=sent).status_code == 200


@pytest.mark.conforms("D67", "M181", "M186")
@pytest.mark.parametrize("hook", ["order-select", "order-sign"])
@pytest.mark.parametrize("prefetch", [None, {}, {"patient": None, "procedures": "<html>"}])
def test_without_an_order_we_speak_about_prefetch_is_not_looked_at(
    service: Any, make_body: Make, hook: str, prefetch: Any
) -> None:
    sent = make_body(hook, context={"draftOrders": orders(CT_ORDER)}, prefetch=prefetch)
    if hook == "order-select":
        sent["context"]["selections"] = ["ServiceRequest/ct"]
    answer = service.post(f"oncology-{hook}", sent)
    assert (answer.status_code, answer.json) == (200, {"cards": []})


@pytest.mark.conforms("D65", "M186")
def test_a_radiotherapy_order_that_is_not_selected_is_background(service: Any, make_body: Make) -> None:
    context = {"draftOrders": orders(RT_ORDER, CT_ORDER), "selections": ["ServiceRequest/ct"]}
    answer = service.post("oncology-order-select", make_body("order-select", context=context, prefetch={}))
    assert (answer.status_code, answer.json) == (200, {"cards": []})


@pytest.mark.parametrize("hook", ["order-select", "order-sign"])
def test_with_a_radiotherapy_order_missing_data_is_412(service: Any, make_body: Make, hook: str) -> None:
    sent = make_body(hook, context={"draftOrders": orders(CT_ORDER, RT_ORDER)}, prefetch={})
    if hook == "order-select":
        sent["context"]["selections"] = ["ServiceRequest/rt"]
    assert service.post(f"oncology-{hook}", sent).status_code == 412


@pytest.mark.conforms("D68")
def test_an_order_of_another_patient_is_refused(service: Any, make_body: Make) -> None:
    foreign = {**RT_ORDER, "subject": {"reference": "Patient/other"}}
    sent = make_body("order-sign", context={"draftOrders": orders(foreign)})
    answer = service.post("oncology-order-sign", sent)
    assert answer.status_code == 400
    assert "draftOrders" in issue_texts(answer)
    assert "other" not in answer.text.replace("another", "")


@pytest.mark.conforms("D68")
def test_a_patient_of_another_id_is_refused(service: Any, make_body: Make) -> None:
    sent = make_body()
    sent["prefetch"]["patient"] = {"resourceType": "Patient", "id": "p2"}
    answer = service.post(sent=sent)
    assert answer.status_code == 400
    assert "prefetch.patient" in issue_texts(answer)


def test_silent_mode_answers_no_cards_and_keeps_errors(start: Any, make_body: Make) -> None:
    silent = start(MODE="silent")
    assert silent.post().json == {"cards": []}
    assert silent.post(sent=make_body(prefetch={})).status_code == 412
    assert [line["silent"] for line in silent.log if line["event"] == "call"] == [True]


def test_a_service_can_be_switched_to_silent(start: Any, tmp_path: Path) -> None:
    file = tmp_path / "switches.toml"
    file.write_text('silent = ["oncology-patient-view"]')
    switched = start(SWITCHES_FILE=str(file))
    switched.post()
    assert [line["silent"] for line in switched.log if line["event"] == "call"] == [True]


@pytest.mark.conforms("D55", "H136")
def test_a_call_that_takes_longer_than_the_deadline_is_503_and_never_empty(start: Any, make_body: Make) -> None:
    hurried = start(DEADLINE_MS="1")
    condition = {"resourceType": "Condition", "subject": {"reference": "Patient/p1"}, "code": {"text": "x" * 100}}
    entries = [{"resource": {**condition, "id": f"c{number}"}} for number in range(20000)]
    sent = make_body()
    sent["prefetch"]["conditions"] = {**EMPTY, "entry": entries}
    answer = hurried.post(sent=sent)
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "1"
    assert "cards" not in answer.json


@pytest.mark.parametrize("path", ["feedbacks", "analytics", "%2e%2e"])
def test_what_is_not_stored_is_not_acknowledged(service: Any, path: str) -> None:
    for method in ("GET", "POST"):
        answer = service.client.open(f"/cds-services/oncology-patient-view/{path}", method=method, json={})
        assert answer.status_code == 404
        assert answer.json["resourceType"] == "OperationOutcome"
