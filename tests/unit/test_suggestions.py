"""Suggestions propose, never alter treatment: referral, Tasks for what is missing, the flag on the draft order."""

import copy
import json
from decimal import Decimal
from typing import Any

import pytest
from fhir.resources.R4B.servicerequest import ServiceRequest
from fhir.resources.R4B.task import Task

from cards import compose
from cards.grouping import CardPlan
from cards.model import Suggestion
from cards.order_flag import FLAG, with_flag
from cards.suggestions import suggestions
from clinical_rules.findings import Assessment, Finding, Hook, Status, Topic, Urgency

COURSE = {"system": "http://snomed.info/sct", "code": "1217123003"}


def overlap(relation: str = "in-region", total_dose_gy: float | None = 50.4, courses: int = 1, **words: Any) -> Finding:
    entries: list[Any] = [
        {"reference": f"Procedure/rt-{number}", "overlap": relation}
        | ({} if total_dose_gy is None else {"totalDoseGy": total_dose_gy})
        for number in range(courses)
    ]
    values = {"overlap": relation, "courses": entries}
    evidence = tuple(entry["reference"] for entry in entries)
    return Finding("reirradiation.overlap", "present", "reirradiation", values, Urgency.WARNING, evidence, (), words)


def recurrence() -> Finding:
    return Finding("recurrence.pattern", "present", "recurrence", {"site": "rectum"}, Urgency.INFO, ("Condition/c2",))


def workup(*items: str, status: Status = "missing") -> list[Finding]:
    return [Finding(f"workup.{item.partition(':')[0]}", status, "workup", {"item": item}) for item in items]


def offered(
    *findings: Finding,
    hook: Hook = "patient-view",
    topic: Topic = "recurrence",
    patient: str = "Patient/1",
    orders: dict[str, dict[str, Any]] | None = None,
) -> tuple[Suggestion, ...]:
    assessment = Assessment(hook, "2026-11-02", "v", findings, patient_reference=patient)
    return suggestions(CardPlan(topic, findings), assessment, orders or {})


def resources(offers: tuple[Suggestion, ...]) -> list[dict[str, Any]]:
    return [action.resource for offer in offers for action in offer.actions or () if action.resource]


def order(**members: Any) -> dict[str, Any]:
    base = {
        "resourceType": "ServiceRequest", "id": "o1", "status": "draft", "intent": "original-order",
        "code": {"coding": [COURSE]}, "subject": {"reference": "Patient/1"},
    }  # fmt: skip
    return base | members


def test_a_recurrence_in_an_irradiated_region_is_referred_to_radiation_oncology() -> None:
    (offer,) = offered(recurrence(), overlap())
    assert "radiation oncology" in offer.label
    (resource,) = resources((offer,))
    ServiceRequest.model_validate(resource)
    assert (resource["status"], resource["intent"]) == ("draft", "proposal")
    assert resource["subject"] == {"reference": "Patient/1"}
    assert resource["reasonReference"] == [{"reference": "Condition/c2"}]
    assert resource["supportingInfo"] == [{"reference": "Procedure/rt-0"}]


def test_a_recurrence_without_earlier_radiotherapy_is_referred_to_the_tumour_board() -> None:
    (offer,) = offered(recurrence())
    assert "tumour board" in offer.label


def test_no_overlapping_record_makes_no_referral_on_an_order() -> None:
    assert offered(overlap("none-found"), hook="order-sign", topic="reirradiation") == ()


def test_contained_and_foreign_references_are_not_reasons() -> None:
    odd = Finding(
        "recurrence.pattern", "present", "recurrence", {}, Urgency.INFO, ("#inner", "urn:uuid:1", "Patient/2")
    )
    (resource,) = resources(offered(odd))
    assert "reasonReference" not in resource
    assert "supportingInfo" not in resource


def test_each_missing_item_is_a_task_and_what_is_found_is_not() -> None:
    found = offered(*workup("biopsy", "restaging"), *workup("organ-function", status="found"), topic="workup")
    assert [offer.label for offer in found] == [
        "Obtain or document: biopsy of the recurrence",
        "Obtain or document: restaging",
    ]
    for resource in resources(found):
        Task.model_validate(resource)
        assert (resource["status"], resource["intent"]) == ("draft", "proposal")
        assert resource["for"] == {"reference": "Patient/1"}


def test_more_than_three_suggestions_are_never_offered_and_no_task_is_lost() -> None:
    items = workup("organ-function", "biopsy", "restaging", "prior-dosimetry", "biomarker:RAS")
    found = offered(recurrence(), overlap(), *items)
    assert len(found) == 3
    assert [len(offer.actions or ()) for offer in found] == [1, 1, 4]
    assert found[1].label.startswith("Request the records")
    assert found[2].label == "Request the other missing items (4)"


def test_a_course_without_dose_asks_for_its_records_once() -> None:
    found = offered(overlap(total_dose_gy=None), *workup("prior-dosimetry"), topic="reirradiation")
    tasks = [resource for resource in resources(found) if resource["resourceType"] == "Task"]
    assert [task["focus"] for task in tasks] == [{"reference": "Procedure/rt-0"}]


def test_history_without_a_course_asks_for_the_records() -> None:
    found = offered(overlap("unknown", courses=0), topic="reirradiation", hook="order-sign")
    assert [resource["resourceType"] for resource in resources(found)] == ["ServiceRequest", "Task"]


def test_without_a_patient_no_resource_is_made() -> None:
    assert offered(recurrence(), overlap(), *workup("biopsy"), patient="") == ()


@pytest.mark.conforms("G121", "G123")
def test_the_order_goes_back_whole_with_the_flag() -> None:
    draft = order(note=[{"text": "x", "_text": None}], quantityQuantity={"value": Decimal("50.40")}, given=[None, "a"])
    before = copy.deepcopy(draft)
    found = offered(overlap(), hook="order-sign", topic="reirradiation", orders={"ServiceRequest/o1": draft})
    (action,) = found[0].actions or ()
    assert action.type == "update"
    assert action.resource == {**before, "extension": [{"url": FLAG, "valueBoolean": True}]}
    assert draft == before


def test_numbers_of_the_order_stay_numbers_on_the_wire() -> None:
    draft = order(quantityQuantity={"value": Decimal("50.40")})
    assessment = Assessment("order-sign", "2026-11-02", "v", (overlap(),), patient_reference="Patient/1")
    response = compose(
        assessment, base_url="https://h.example", max_cards=3, orders={"ServiceRequest/o1": draft}
    ).to_wire()
    resource = response["cards"][0]["suggestions"][0]["actions"][0]["resource"]
    assert resource["quantityQuantity"]["value"] == Decimal("50.40")
    assert isinstance(resource["quantityQuantity"]["value"], Decimal)
    assert resource["extension"] == [{"url": FLAG, "valueBoolean": True}]


def test_other_extensions_stay_and_a_false_flag_is_replaced() -> None:
    other = {"url": "https://example.org/x", "valueString": "y"}
    flagged = with_flag(order(extension=[{"url": FLAG, "valueBoolean": False}, other]))
    assert flagged is not None
    assert flagged["extension"] == [{"url": FLAG, "valueBoolean": True}, other]


@pytest.mark.parametrize(
    "draft",
    [
        order(extension=[{"url": FLAG, "valueBoolean": True}]),
        order(code={"coding": [{"system": "http://snomed.info/sct", "code": "1222565005"}]}),
        order(code={"coding": [{"system": "http://example.org", "code": "1217123003"}]}),
        order(code={"text": "radiotherapy"}),
        order(resourceType="MedicationRequest"),
        {},
    ],
)
def test_only_course_orders_without_the_flag_get_it(draft: dict[str, Any]) -> None:
    assert with_flag(draft) is None


def test_a_course_order_is_known_by_its_profile_too() -> None:
    base = "http://hl7.org/fhir/us/codex-radiation-therapy/StructureDefinition/"
    assert with_flag(order(code={}, meta={"profile": [f"{base}codexrt-radiotherapy-course-prescription|2.0.0"]}))
    assert not with_flag(order(code={}, meta={"profile": [f"{base}codexrt-radiotherapy-phase-prescription"]}))


@pytest.mark.parametrize("relation", ["unknown", "adjacent", "none-found"])
def test_without_an_overlap_in_region_the_order_is_left_alone(relation: str) -> None:
    found = offered(overlap(relation), hook="order-sign", topic="reirradiation", orders={"ServiceRequest/o1": order()})
    assert not [action for offer in found for action in offer.actions or () if action.type == "update"]


def test_only_the_orders_that_the_finding_names_are_marked() -> None:
    orders = {"ServiceRequest/o1": order(), "ServiceRequest/o2": order(id="o2")}
    for words in ({"inRegionOrders": ["ServiceRequest/o2"]}, {"orders": ["ServiceRequest/o2"]}):
        found = offered(overlap(**words), hook="order-sign", topic="reirradiation", orders=orders)
        assert [action.resource["id"] for action in found[0].actions or () if action.resource] == ["o2"]


def test_of_several_orders_none_is_marked_unless_it_is_known_which() -> None:
    orders = {"ServiceRequest/o1": order(), "ServiceRequest/o2": order(id="o2")}
    for words in ({}, {"orders": list(orders)}):
        found = offered(overlap(**words), hook="order-sign", topic="reirradiation", orders=orders)
        assert not [action for offer in found for action in offer.actions or () if action.type == "update"]


@pytest.mark.conforms("G118", "G119")
def test_every_action_has_a_description_and_nothing_is_deleted() -> None:
    found = offered(recurrence(), overlap(), *workup("biopsy"), hook="order-sign", orders={"a": order()})
    for offer in found:
        json.dumps(offer.to_wire(), default=str)
        for action in offer.actions or ():
            assert action.description
            assert action.type in {"create", "update"}
