"""Radiotherapy records of odd shapes, posted as an EHR sends them: read right, or named; never a failure."""

from collections.abc import Callable
from typing import Any

import pytest

SCT = "http://snomed.info/sct"
MCODE = "http://hl7.org/fhir/us/mcode/StructureDefinition/mcode-radiotherapy-dose-delivered-to-volume"
CODEX = "http://hl7.org/fhir/us/codex-radiation-therapy/StructureDefinition/codexrt-radiotherapy-"
SUBJECT = {"reference": "Patient/p1"}
Json = dict[str, Any]


def concept(code: str, system: str = SCT) -> Json:
    return {"coding": [{"system": system, "code": code}]}


def course(fractions: object = 28, **other: object) -> Json:
    dose = [
        {"url": "volume", "valueReference": {"reference": "BodyStructure/v"}},
        {"url": "totalDoseDelivered", "valueQuantity": {"value": 5040, "code": "cGy"}},
        {"url": "fractionsDelivered", "valueUnsignedInt": fractions},
    ]
    stated = {"resourceType": "Procedure", "id": "rt", "status": "completed", "subject": SUBJECT,
              "code": concept("1217123003"), "extension": [{"url": MCODE, "extension": dose}]}  # fmt: skip
    return stated | other


RECURRENCE = {
    "resourceType": "Condition", "id": "c", "subject": SUBJECT, "code": concept("C20", "http://hl7.org/fhir/sid/icd-10-cm"),
    "clinicalStatus": concept("recurrence", "http://terminology.hl7.org/CodeSystem/condition-clinical"),
    "onsetDateTime": "2026-08-01",
}  # fmt: skip
VOLUME = {"resourceType": "BodyStructure", "id": "v", "patient": SUBJECT, "location": concept("34402009")}
ORDER = {"resourceType": "ServiceRequest", "id": "o", "status": "draft", "intent": "original-order", "subject": SUBJECT,
         "code": concept("1217123003"), "bodySite": [concept("34402009")]}  # fmt: skip


def bundle(*resources: Json) -> Json:
    return {"resourceType": "Bundle", "type": "searchset", "entry": [{"resource": one} for one in resources]}


def chart(make_body: Callable[..., Json], *procedures: Json, hook: str = "patient-view", **changes: Any) -> Json:
    sent = make_body(hook, **changes)
    sent["prefetch"] |= {
        "procedures": bundle(*procedures),
        "conditions": bundle(RECURRENCE),
        "volumes": bundle(VOLUME),
    }
    return sent


def findings(answer: Any) -> list[Json]:
    assert answer.status_code == 200, answer.text
    return [found for card in answer.json["cards"] for found in card["extension"]["org.rert-cds.findings"]]


@pytest.mark.parametrize("hook", ["patient-view", "order-sign"])
@pytest.mark.parametrize("day", ["9999-12-31", "9999", "0001-01-01", "2199-12-31", "1880"])
@pytest.mark.parametrize("fractions", [28, 9999, 2_147_483_647])
def test_no_date_and_no_count_makes_the_service_fail(
    service: Any, make_body: Callable[..., Json], hook: str, day: str, fractions: int
) -> None:
    context = {"draftOrders": bundle(ORDER)} if hook == "order-sign" else {}
    for dated in ({"performedDateTime": day}, {"performedPeriod": {"start": day}}, {"performedPeriod": {"end": day}}):
        sent = chart(make_body, course(fractions, **dated), hook=hook, context=context)
        assert findings(service.post(f"oncology-{hook}", sent))


def test_a_date_that_means_unknown_is_named_and_not_used(service: Any, make_body: Callable[..., Json]) -> None:
    period = {"performedPeriod": {"start": "2023-01-02", "end": "9999-12-31"}}
    found = findings(service.post(sent=chart(make_body, course(**period))))
    [problem] = [one for one in found if one["rule"] == "data.unreadable"]
    assert problem["values"]["element"] == "Procedure.performedPeriod.end"
    [interval] = [one for one in found if one["rule"] == "reirradiation.interval"]
    assert interval["values"]["estimated"] is True


@pytest.mark.parametrize(
    "broken", [{"intent": None}, {"subject": None}, {"code": {"concept": concept("1217123003")}}, {"unknown": 1}]
)
def test_a_radiotherapy_order_that_cannot_be_read_is_not_passed_over(
    service: Any, make_body: Callable[..., Json], broken: Json
) -> None:
    order = {name: value for name, value in (ORDER | broken).items() if value is not None}
    sent = chart(make_body, course(), hook="order-sign", context={"draftOrders": bundle(order)})
    assert service.post("oncology-order-sign", sent).status_code == 200
    assert "data.unreadable" in service.log[-1]["rules"]


def test_an_order_of_another_kind_that_cannot_be_read_is_passed_over(
    service: Any, make_body: Callable[..., Json]
) -> None:
    order = {name: value for name, value in (ORDER | {"code": concept("80146002")}).items() if name != "intent"}
    sent = chart(make_body, course(), hook="order-sign", context={"draftOrders": bundle(order)})
    assert service.post("oncology-order-sign", sent).json == {"cards": []}
    assert service.log[-1]["rules"] == []


def test_an_order_that_cannot_be_read_counts_on_order_select_only_if_it_is_selected(
    service: Any, make_body: Callable[..., Json]
) -> None:
    order = {name: value for name, value in ORDER.items() if name != "intent"}
    for selections, told in ((["ServiceRequest/o"], True), (["ServiceRequest/other"], False)):
        context = {"draftOrders": bundle(order), "selections": selections}
        service.post("oncology-order-select", chart(make_body, course(), hook="order-select", context=context))
        assert ("data.unreadable" in service.log[-1]["rules"]) is told


def test_the_next_irradiation_of_a_registry_adds_to_the_one_it_boosts(
    service: Any, make_body: Callable[..., Json]
) -> None:
    base = "https://www.medizininformatik-initiative.de/fhir/ext/modul-onko/"
    url = f"{base}StructureDefinition/mii-ex-onko-strahlentherapie-bestrahlung"

    def irradiation(name: str, total: float, month: int, *more: Json) -> Json:
        dose = [{"url": f"{url}-{kind}", "valueQuantity": {"value": value, "unit": "Gy"}}
                for kind, value in (("gesamtdosis", total), ("einzeldosis", 1.8))]  # fmt: skip
        return course() | {
            "id": name, "code": concept("8-522", "http://fhir.de/CodeSystem/bfarm/ops"), "extension": [*dose, *more],
            "bodySite": [concept("5.1", f"{base}CodeSystem/mii-cs-onko-strahlentherapie-zielgebiet")],
            "performedPeriod": {"start": f"2023-{month:02}-02", "end": f"2023-{month:02}-27"},
        }  # fmt: skip

    boost = {"url": f"{url}-boost", "valueCodeableConcept": concept("SEQ", f"{base}CodeSystem/boost")}
    procedures = (irradiation("a", 45, 1), irradiation("b", 5.4, 2, boost))
    found = findings(service.post(sent=chart(make_body, *procedures)))
    [overlap] = [one for one in found if one["rule"] == "reirradiation.overlap"]
    [told] = overlap["values"]["courses"]
    assert (told["totalDoseGy"], told["fractions"], told["end"]) == (50.4, 28, "2023-02-27")


@pytest.mark.conforms("D64")
@pytest.mark.parametrize("kind", ["ProcedureRequest", "MedicationOrder"])
def test_orders_of_another_fhir_release_are_refused(service: Any, make_body: Callable[..., Json], kind: str) -> None:
    context = {"draftOrders": bundle(ORDER, ORDER | {"resourceType": kind, "id": "old"})}
    answer = service.post("oncology-order-sign", make_body("order-sign", context=context))
    assert answer.status_code == 400
    assert answer.json["issue"][0]["details"]["text"].startswith("context.draftOrders holds orders of another FHIR")
