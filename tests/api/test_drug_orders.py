"""Draft orders of drugs whose use rests on a test: when the order services speak, and of which order."""

from collections.abc import Callable
from typing import Any

import pytest

Json = dict[str, Any]
Make = Callable[..., Json]
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
ICD10 = "http://hl7.org/fhir/sid/icd-10-cm"
LOINC = "http://loinc.org"
SUBJECT = {"reference": "Patient/p1"}


def concept(system: str, code: str, **more: Any) -> Json:
    return {"coding": [{"system": system, "code": code, **more}]}


CETUXIMAB, METFORMIN = concept(RXNORM, "318341"), concept(RXNORM, "6809", display="metformin")


def order(name: str = "o", drug: Json = CETUXIMAB, **elements: Any) -> Json:
    base: Json = {"resourceType": "MedicationRequest", "id": name, "status": "draft", "intent": "order"}
    return {**base, "subject": SUBJECT, "medicationCodeableConcept": drug, **elements}


def bundle(*resources: Json) -> Json:
    return {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": each} for each in resources]}


COLON = {"resourceType": "Condition", "id": "c", "subject": SUBJECT, "code": concept(ICD10, "C18.2"),
         "clinicalStatus": concept("http://terminology.hl7.org/CodeSystem/condition-clinical", "active"),
         "onsetDateTime": "2026-01-10"}  # fmt: skip
RAS = {"resourceType": "Observation", "id": "ras", "status": "final", "subject": SUBJECT,
       "code": concept(LOINC, "81420-2"), "effectiveDateTime": "2026-02-03",
       "valueCodeableConcept": concept(LOINC, "LA9634-2")}  # fmt: skip


def sent(
    make_body: Make, *orders: Json, hook: str = "order-sign", selections: tuple[str, ...] = (), **more: Any
) -> Json:
    context: Json = {"draftOrders": bundle(*orders)}
    if hook == "order-select":
        context["selections"] = list(selections)
    made = make_body(hook, context=context)
    made["prefetch"] |= {"conditions": bundle(COLON) | {"type": "searchset"}, **more}
    return made


def cards(service: Any, body: Json) -> list[Json]:
    answer = service.post(f"oncology-{body['hook']}", body)
    assert answer.status_code == 200, answer.text
    found: list[Json] = answer.json["cards"]
    return found


def test_an_order_without_a_ras_result_gets_one_card_that_offers_to_ask_for_it(service: Any, make_body: Make) -> None:
    [card] = cards(service, sent(make_body, order()))
    assert card["summary"] == "Anti-EGFR order: no RAS result found; RAS testing comes first (guideline)"
    assert (card["indicator"], card["source"]["topic"]["code"]) == ("info", "workup")
    [suggestion] = card["suggestions"]
    assert suggestion["label"] == "Obtain or document: RAS result"
    [finding] = card["extension"]["org.rert-cds.findings"]
    assert (finding["rule"], finding["status"], finding["values"]) == (
        "workup.biomarker", "missing", {"item": "biomarker:RAS"},
    )  # fmt: skip
    assert finding["sources"][0]["label"] == "ESMO guideline, grade I, A"
    assert "not available in full: observations, reports" in card["detail"].replace("&#44;", ",").replace("&#58;", ":")


def test_a_wild_type_result_stays_quiet_and_a_mutation_is_named(service: Any, make_body: Make) -> None:
    assert cards(service, sent(make_body, order(), observations=bundle(RAS))) == []
    mutated = RAS | {"valueCodeableConcept": concept(LOINC, "LA9633-4")}
    [card] = cards(service, sent(make_body, order(), observations=bundle(mutated)))
    assert card["summary"] == "Anti-EGFR order: RAS mutated (2026-02-03) on file; low likelihood of benefit"
    assert card["extension"]["org.rert-cds.findings"][0]["status"] == "caution"


@pytest.mark.parametrize(
    ("selections", "told"),
    [
        (("MedicationRequest/o",), True),
        (("MedicationRequest/other",), False),
        (("MedicationRequest/m",), False),
        ((), False),
    ],
)
def test_on_order_select_only_a_selected_order_speaks(
    service: Any, make_body: Make, selections: tuple[str, ...], told: bool
) -> None:
    body = sent(make_body, order(), order("m", METFORMIN), hook="order-select", selections=selections)
    assert bool(cards(service, body)) is told


def test_another_drug_is_answered_before_the_chart_is_looked_at(service: Any, make_body: Make) -> None:
    body = sent(make_body, order(drug=METFORMIN), order("x", concept(RXNORM, "2555")))
    body["prefetch"] = {}
    assert cards(service, body) == []


@pytest.mark.parametrize("where", ["bundle", "contained", "prefetch"])
def test_a_drug_may_stand_in_a_medication_of_its_own(service: Any, make_body: Make, where: str) -> None:
    drug = {"resourceType": "Medication", "id": "d", "code": concept(RXNORM, "318341")}
    reference = "#d" if where == "contained" else "Medication/d"
    draft = {name: value for name, value in order().items() if name != "medicationCodeableConcept"}
    draft["medicationReference"] = {"reference": reference, "display": "cetuximab"}
    if where == "contained":
        draft["contained"] = [drug]
    if where == "bundle":
        draft["medicationReference"] = {"reference": reference}
    extra = [drug] if where == "bundle" else []
    assert cards(service, sent(make_body, draft, *extra))


@pytest.mark.parametrize("hook", ["order-sign", "order-select"])
@pytest.mark.parametrize(
    "broken", [{"intent": None}, {"subject": None}, {"unknown": 1}, {"dosageInstruction": "daily"}, {"category": "x"}]
)
def test_an_order_of_such_a_drug_that_cannot_be_read_is_not_passed_over(
    service: Any, make_body: Make, hook: str, broken: Json
) -> None:
    draft = {name: value for name, value in (order() | broken).items() if value is not None}
    cards(service, sent(make_body, draft, hook=hook, selections=("MedicationRequest/o",)))
    assert "data.unreadable" in service.log[-1]["rules"]


def test_a_broken_order_of_another_drug_or_one_not_selected_is(service: Any, make_body: Make) -> None:
    for drug, selections in ((METFORMIN, ("MedicationRequest/o",)), (CETUXIMAB, ("MedicationRequest/other",))):
        draft = {name: value for name, value in order(drug=drug).items() if name != "intent"}
        assert cards(service, sent(make_body, draft, hook="order-select", selections=selections)) == []
        assert service.log[-1]["rules"] == []


def test_an_unreadable_prescription_in_the_chart_is_no_lost_order(service: Any, make_body: Make) -> None:
    old = {name: value for name, value in order("old", status="completed").items() if name != "intent"}
    body = sent(make_body, order(), observations=bundle(RAS), medications=bundle(old))
    assert cards(service, body) == []


def test_for_the_deceased_nothing_is_said(service: Any, make_body: Make) -> None:
    body = sent(make_body, order())
    body["prefetch"]["patient"] = body["prefetch"]["patient"] | {"deceasedBoolean": True}
    assert cards(service, body) == []
