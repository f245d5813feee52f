"""Calls as the hook definitions describe them: each hook, each field, odd but allowed orders, and no memory."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from time import process_time
from typing import Any

import pytest

from cds_service.demo import stories

Make = Callable[..., dict[str, Any]]
HOOKS = ("patient-view", "order-select", "order-sign", "problem-list-item-create")
REQUIRED = [
    *[(hook, field) for hook in HOOKS for field in ("userId", "patientId")],
    ("order-select", "selections"), ("order-select", "draftOrders"), ("order-sign", "draftOrders"),
    ("problem-list-item-create", "conditions"),
]  # fmt: skip
SNOMED = "http://snomed.info/sct"
TODAY = datetime.now(UTC).date()
ORDER: dict[str, Any] = {
    "resourceType": "ServiceRequest", "id": "rt", "status": "draft", "intent": "original-order",
    "subject": {"reference": "Patient/p1"}, "code": {"coding": [{"system": SNOMED, "code": "1217123003"}]},
}  # fmt: skip
NO_ORDER: dict[str, Any] = {
    "resourceType": "ServiceRequest", "id": "lab", "status": "draft", "intent": "order",
    "subject": {"reference": "Patient/p1"}, "code": {"text": "full blood count"},
}  # fmt: skip


def bundle(*resources: dict[str, Any], **members: Any) -> dict[str, Any]:
    return {"resourceType": "Bundle", "entry": [{"resource": resource} for resource in resources], **members}


def without_volatile(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: without_volatile(member) for name, member in value.items() if name != "uuid"}
    return [without_volatile(member) for member in value] if isinstance(value, list) else value


@pytest.mark.conforms("D46", "D56", "D57", "D58", "D62", "D72", "M178")
@pytest.mark.parametrize("hook", HOOKS)
def test_a_call_with_no_more_than_the_hook_requires_is_answered(service: Any, make_body: Make, hook: str) -> None:
    answer = service.post(f"oncology-{hook}", make_body(hook))
    assert (answer.status_code, answer.json) == (200, {"cards": []})


@pytest.mark.conforms("A09", "D56", "D57", "D58", "D62", "M178")
@pytest.mark.parametrize("hook", HOOKS)
def test_a_call_with_all_that_the_hook_allows_is_answered(service: Any, make_body: Make, hook: str) -> None:
    sent = make_body(hook, context={"encounterId": "e1"}, extension={"org.example.x": {"a": 1}})
    answer = service.post(f"oncology-{hook}", sent)
    assert answer.status_code == 200


@pytest.mark.conforms("D50", "D56", "D57", "D58", "D62", "M178")
@pytest.mark.parametrize(("hook", "field"), REQUIRED)
def test_a_required_field_that_is_missing_is_400_and_named(
    service: Any, make_body: Make, hook: str, field: str
) -> None:
    sent = make_body(hook)
    del sent["context"][field]
    answer = service.post(f"oncology-{hook}", sent)
    assert answer.status_code == 400
    assert answer.json["issue"][0]["details"]["text"] == f"context.{field} is missing."


@pytest.mark.conforms("D50")
@pytest.mark.parametrize("field", ["hook", "hookInstance", "context"])
def test_an_envelope_without_its_field_is_400_and_named(service: Any, make_body: Make, field: str) -> None:
    sent = make_body()
    del sent[field]
    answer = service.post(sent=sent)
    assert answer.status_code == 400
    assert field in answer.json["issue"][0]["details"]["text"] or field == "context"


@pytest.mark.conforms("D49", "M178")
@pytest.mark.parametrize("hook", HOOKS)
def test_the_call_of_another_hook_is_400(service: Any, make_body: Make, hook: str) -> None:
    for other in {*HOOKS, "order-dispatch"} - {hook}:
        answer = service.post(f"oncology-{hook}", {**make_body(hook), "hook": other})
        assert answer.status_code == 400
        assert answer.json["issue"][0]["details"]["text"] == f"hook must be {hook} for this service."


@pytest.mark.conforms("D56", "M178")
@pytest.mark.parametrize("user", ["Practitioner/u1", "PractitionerRole/u1", "Patient/p1", "RelatedPerson/r1"])
def test_any_kind_of_user_may_look_at_a_chart(service: Any, make_body: Make, user: str) -> None:
    assert service.post(sent=make_body(context={"userId": user})).status_code == 200


@pytest.mark.conforms("D51")
def test_the_same_hook_instance_may_come_again_and_need_not_be_a_uuid(service: Any, make_body: Make) -> None:
    for _ in range(2):
        assert service.post(sent=make_body(hookInstance="same")).status_code == 200
        assert service.post("oncology-order-sign", make_body("order-sign", hookInstance="same")).status_code == 200


@pytest.mark.conforms("D58", "D71", "M186")
@pytest.mark.parametrize("code", ["1217123003", "1222565005", "1255724003"])
@pytest.mark.parametrize("status", ["draft", "active"])
def test_a_radiotherapy_order_is_known_by_its_code_and_also_when_it_is_signed_again(
    service: Any, make_body: Make, code: str, status: str
) -> None:
    """It is known if missing data are asked for: any other order is answered at once."""
    order = {**ORDER, "status": status, "code": {"coding": [{"system": SNOMED, "code": code}]}}
    sent = make_body("order-sign", context={"draftOrders": bundle(order)}, prefetch={})
    assert service.post("oncology-order-sign", sent).status_code == 412


@pytest.mark.conforms("D66", "M186")
@pytest.mark.parametrize(
    "orders",
    [
        bundle(ORDER), bundle(ORDER, type="collection"), bundle(NO_ORDER, ORDER),
        bundle({**NO_ORDER, "code": {"coding": [{}]}}, ORDER), bundle({**NO_ORDER, "code": {}}, ORDER),
        bundle({key: value for key, value in ORDER.items() if key != "id"}),
        bundle(ORDER, {**ORDER, "id": "rt2"}),
        {"resourceType": "Bundle", "entry": [{"fullUrl": "urn:uuid:1", "resource": ORDER}]},
    ],
)  # fmt: skip
def test_odd_bundles_of_orders_are_read(service: Any, make_body: Make, orders: dict[str, Any]) -> None:
    sent = make_body("order-sign", context={"draftOrders": orders}, prefetch={})
    assert service.post("oncology-order-sign", sent).status_code == 412
    sent["prefetch"] = make_body()["prefetch"]
    assert service.post("oncology-order-sign", sent).status_code == 200


@pytest.mark.conforms("D66", "D67", "M186")
@pytest.mark.parametrize("order", [NO_ORDER, {**NO_ORDER, "code": {"coding": [{}]}}, {**NO_ORDER, "code": {}}])
def test_an_order_that_is_no_radiotherapy_is_answered_at_once(
    service: Any, make_body: Make, order: dict[str, Any]
) -> None:
    sent = make_body("order-sign", context={"draftOrders": bundle(order)}, prefetch={})
    answer = service.post("oncology-order-sign", sent)
    assert (answer.status_code, answer.json) == (200, {"cards": []})


@pytest.mark.conforms("D57", "D65", "D66")
@pytest.mark.parametrize("named", ["ServiceRequest/rt", "https://ehr.example.org/fhir/ServiceRequest/rt"])
def test_a_selection_may_be_relative_or_absolute(service: Any, make_body: Make, named: str) -> None:
    context = {"draftOrders": bundle(NO_ORDER, ORDER), "selections": [named]}
    sent = make_body("order-select", context=context, prefetch={})
    assert service.post("oncology-order-select", sent).status_code == 412
    sent["context"]["selections"] = [named.replace("/rt", "/lab")]
    answer = service.post("oncology-order-select", sent)
    assert (answer.status_code, answer.json) == (200, {"cards": []})


@pytest.mark.conforms("D53", "G100", "G132", "L171")
def test_an_answer_does_not_depend_on_earlier_calls(service: Any, make_body: Make) -> None:
    first, second = [story for story in stories(TODAY) if story.id in {"demo-rectum", "demo-cervix"}]
    one, other = (story.request("oncology-patient-view") for story in (first, second))
    alone = without_volatile(service.post(sent=one).json)
    assert alone["cards"]
    for between in (other, make_body(), make_body(prefetch={})):
        service.post(sent=between)
        assert without_volatile(service.post(sent=one).json) == alone


@pytest.mark.conforms("B29")
def test_clients_that_send_only_the_keys_of_old_are_answered(service: Any, make_body: Make) -> None:
    sent = make_body(prefetch={**make_body()["prefetch"], "aKeyOfYesterday": {"resourceType": "Bundle"}})
    assert service.post(sent=sent).status_code == 200


@pytest.mark.conforms("D54", "M188")
def test_a_large_history_is_answered_within_what_cds_hooks_asks_for(service: Any) -> None:
    """Processor time, so that other work on the machine does not count; half a second is some ten times the need."""
    sent = next(story for story in stories(TODAY) if story.id == "demo-rectum").request("oncology-patient-view")
    subject = {"reference": f"Patient/{sent['context']['patientId']}"}
    entries = [{"resource": _result(number, subject)} for number in range(2000)]
    sent = {**sent, "prefetch": {**sent["prefetch"], "observations": {"resourceType": "Bundle", "entry": entries}}}
    raw, seconds = json.dumps(sent).encode(), []
    for _ in range(20):
        began = process_time()
        assert service.post(sent=raw).status_code == 200
        seconds.append(process_time() - began)
    assert sorted(seconds)[18] < 0.5  # the 95th percentile


def _result(number: int, subject: dict[str, str]) -> dict[str, Any]:
    """One of many laboratory values, some of which matter to a rule."""
    code = {"system": "http://loinc.org", "code": ("718-7", "8867-4")[number % 2]}
    day = f"20{10 + number % 16}-0{1 + number % 9}-11"
    return {
        "resourceType": "Observation", "id": f"o{number}", "status": "final", "subject": subject,
        "code": {"coding": [code]}, "effectiveDateTime": day, "valueQuantity": {"value": 1.0},
    }  # fmt: skip
