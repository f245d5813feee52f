"""The cards of the synthetic patients as clients get them: identity, links, suggestions, urgency."""

import json
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

import pytest
from fhir.resources.R4B import get_fhir_model_class

from cds_service.demo import stories
from cds_service.services import CDS_HOOKS_VERSION

CALLS = [(service, story.request(service)) for story in stories(datetime.now(UTC).date()) for service in story.services]
CHART = ("oncology-patient-view", "oncology-problem-list-item-create")
REASONS = "http://terminology.hl7.org/CodeSystem/non-adherence-reason-codes"
FLAG = "codexrt-radiotherapy-course-involves-reirradiation"


@pytest.fixture(scope="module")
def answers(running: Any) -> list[tuple[str, dict[str, Any], dict[str, Any]]]:
    return [(service, sent, running.post(service, sent).json) for service, sent in CALLS]


@pytest.fixture(scope="module")
def cards(answers: Any) -> list[dict[str, Any]]:
    found = [card for _, _, answer in answers for card in answer["cards"]]
    assert len(found) > 20
    return found


def actions(card: dict[str, Any]) -> list[dict[str, Any]]:
    return [action for suggestion in card.get("suggestions", ()) for action in suggestion.get("actions", ())]


@lru_cache
def model(kind: str) -> Any:
    return get_fhir_model_class(kind)


@pytest.mark.conforms("G101", "G114")
def test_every_card_and_suggestion_has_a_uuid_of_its_own_that_is_new_in_each_answer(running: Any) -> None:
    service, sent = next(call for call in CALLS if running.post(*call).json["cards"])
    seen: list[str] = []
    for _ in range(3):
        for card in running.post(service, sent).json["cards"]:
            seen += [card["uuid"], *(suggestion["uuid"] for suggestion in card.get("suggestions", ()))]
    assert len(set(seen)) == len(seen) >= 3
    assert all(str(UUID(one)) == one for one in seen)


@pytest.mark.conforms("A06", "G120")
def test_every_resource_in_a_suggestion_is_valid_fhir_r4(cards: list[dict[str, Any]]) -> None:
    resources = [action["resource"] for card in cards for action in actions(card)]
    assert {resource["resourceType"] for resource in resources} == {"ServiceRequest", "Task"}
    for resource in resources:
        model(resource["resourceType"]).model_validate_json(json.dumps(resource))


@pytest.mark.conforms("G118", "G121", "G123", "G124")
def test_nothing_that_is_suggested_alters_treatment(answers: Any) -> None:
    """New are referrals and tasks; an order that goes back differs from the draft by the flag alone."""
    updates = 0
    for _, sent, answer in answers:
        for action in (action for card in answer["cards"] for action in actions(card)):
            resource = action["resource"]
            assert action["type"] in {"create", "update"}
            if action["type"] == "create":
                assert resource["intent"] in {"order", "proposal", "plan"}
                assert not resource.get("id")
                continue
            updates += 1
            drafts = [entry["resource"] for entry in sent["context"]["draftOrders"]["entry"]]
            draft = next(one for one in drafts if one["id"] == resource["id"])
            assert {**resource, "extension": None} == {**draft, "extension": None}
            added = [one for one in resource["extension"] if one not in draft.get("extension", [])]
            assert [(FLAG in one["url"], one["valueBoolean"]) for one in added] == [(True, True)]
    assert updates


@pytest.mark.conforms("G107", "G126", "G129")
def test_links_and_source_point_to_nothing_of_the_patient(answers: Any) -> None:
    for _, sent, answer in answers:
        for card in answer["cards"]:
            assert card["source"]["url"] == "http://127.0.0.1:8000/transparency"
            for link in card.get("links", ()):
                assert link["type"] == "absolute"
                assert sent["context"]["patientId"] not in link["url"]
                assert link["url"].startswith("https://")


@pytest.mark.conforms("G112")
def test_override_reasons_come_from_the_hl7_set(cards: list[dict[str, Any]]) -> None:
    for card in cards:
        assert card["overrideReasons"]
        assert {reason["system"] for reason in card["overrideReasons"]} == {REASONS}


@pytest.mark.conforms("L170")
def test_critical_is_for_orders_alone(answers: Any) -> None:
    indicators = {True: set[str](), False: set[str]()}
    for service, _, answer in answers:
        indicators[service in CHART] |= {card["indicator"] for card in answer["cards"]}
    assert "critical" not in indicators[True]
    assert "critical" in indicators[False]


@pytest.mark.conforms("B23", "B25", "B27")
def test_discovery_names_the_version_of_the_specification_and_one_service_for_each_version_of_a_hook(
    running: Any,
) -> None:
    entries = running.client.get("/cds-services").json["services"]
    assert {entry["version"] for entry in entries} == {CDS_HOOKS_VERSION} == {"3.0.0"}
    assert len({(entry["hook"], entry["hookVersion"]) for entry in entries}) == len(entries)
    assert len({entry["id"] for entry in entries}) == len(entries)


@pytest.mark.conforms("J161")
def test_a_start_without_authentication_warns(start: Any) -> None:
    assert [line["level"] for line in start().log if line["event"] == "no-authentication"] == ["warning"]
