"""Whole calls with the synthetic patients of the demonstration: what every answer must be, whatever it says."""

import json
import random
from datetime import UTC, datetime
from typing import Any

import pytest

from cards.model import CDSResponse
from cds_service.demo import stories

TOLD = [(story.id, service_id, story.request(service_id)) for story in stories(datetime.now(UTC).date())
        for service_id in story.services]  # fmt: skip
NAMES = [f"{patient}-{service_id.removeprefix('oncology-')}" for patient, service_id, _ in TOLD]
CALLS = pytest.mark.parametrize(("service_id", "sent"), [told[1:] for told in TOLD], ids=NAMES)
VOLATILE = {"uuid"}


def nothing_empty(value: Any) -> bool:
    if isinstance(value, dict):
        return bool(value) and all(map(nothing_empty, value.values()))
    if isinstance(value, list):
        return bool(value) and all(map(nothing_empty, value))
    return value is not None and value != ""


def said(answer: Any) -> Any:
    """The cards without what is new for each response."""
    if isinstance(answer, dict):
        return {name: said(value) for name, value in answer.items() if name not in VOLATILE}
    return [said(value) for value in answer] if isinstance(answer, list) else answer


def shuffled(sent: dict[str, Any], seed: int) -> dict[str, Any]:
    """The same data with the entries of every Bundle in another order."""
    order = random.Random(seed)  # noqa: S311 -- a test's order, nothing secret
    copy: dict[str, Any] = json.loads(json.dumps(sent))
    for value in copy["prefetch"].values():
        if isinstance(value, dict) and isinstance(value.get("entry"), list):
            order.shuffle(value["entry"])
    return copy


@pytest.mark.conforms("A05", "D69", "G100", "G105", "G110", "G111")
@CALLS
def test_every_answer_is_what_cds_hooks_asks_for(service: Any, service_id: str, sent: dict[str, Any]) -> None:
    answer = service.post(service_id, sent)
    assert answer.status_code == 200, answer.text
    cards = answer.json["cards"]
    assert len(cards) <= (2 if service_id == "oncology-patient-view" else 3)
    for card in cards:
        assert nothing_empty(card)
        assert 0 < len(card["summary"]) < 140
        assert card["indicator"] in {"info", "warning", "critical"}
        assert card["source"]["topic"]["system"] == "http://127.0.0.1:8000/fhir/CodeSystem/card-topic"
        assert ("suggestions" in card) == ("selectionBehavior" in card)
        assert all(reason["display"] for reason in card["overrideReasons"])
        assert card["extension"]["org.rert-cds.findings"]
    CDSResponse.model_validate(answer.json)


@pytest.mark.conforms("G99")
@CALLS
def test_the_most_urgent_card_comes_first(service: Any, service_id: str, sent: dict[str, Any]) -> None:
    ranks = [
        ("critical", "warning", "info").index(card["indicator"])
        for card in service.post(service_id, sent).json["cards"]
    ]
    assert ranks == sorted(ranks)


@pytest.mark.conforms("G99", "G132")
@CALLS
def test_the_order_of_entries_does_not_change_the_advice(service: Any, service_id: str, sent: dict[str, Any]) -> None:
    first = said(service.post(service_id, sent).json)
    for seed in (1, 2):
        assert said(service.post(service_id, shuffled(sent, seed)).json) == first


@CALLS
def test_numbers_on_the_wire_are_numbers(service: Any, service_id: str, sent: dict[str, Any]) -> None:
    for card in service.post(service_id, sent).json["cards"]:
        for finding in card["extension"]["org.rert-cds.findings"]:
            for name, value in finding.get("values", {}).items():
                if name.endswith("Gy") or name.startswith("months"):
                    assert isinstance(value, int | float), (finding["rule"], name)


def test_silent_mode_computes_the_same_and_answers_nothing(start: Any) -> None:
    silent = start(MODE="silent")
    _, service_id, sent = next(told for told in TOLD if told[1] == "oncology-order-sign")
    assert silent.post(service_id, sent).json == {"cards": []}


def test_a_rule_that_is_switched_off_says_nothing(start: Any, service: Any, tmp_path: Any) -> None:
    file = tmp_path / "switches.toml"
    file.write_text('disabled_rules = ["*"]')
    switched = start(SWITCHES_FILE=str(file))
    speaking = [(service_id, sent) for _, service_id, sent in TOLD if service.post(service_id, sent).json["cards"]]
    assert speaking
    for service_id, sent in speaking[:5]:
        assert switched.post(service_id, sent).json == {"cards": []}
