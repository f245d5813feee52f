"""Cards stay short enough to be read: what the synthetic patients' cards may take, and what the words of an option."""

import html
import json
from collections.abc import Iterator

import pytest
from demo_cards import DAY

from cards.model import Card
from cds_service.deadline import Deadline
from cds_service.demo.stories import stories
from cds_service.judge import judge_call
from cds_service.parts import make_parts
from cds_service.protocol import read_request
from cds_service.services import BY_ID
from cds_service.settings import Settings
from clinical_rules.knowledge import load_knowledge

MOST_OF_A_LINE = 240
MOST_OF_A_CARD = 6000
MOST_OF_A_TYPICAL_CARD = 4000
LONGEST_PATIENT = "demo-nasopharynx"
MOST_OF_A_POPULATION = 90
MOST_OF_A_CAUTION = 80
OPTIONS = [held.option for held in load_knowledge().on(DAY).options]


@pytest.fixture(scope="module")
def told() -> list[tuple[str, str, Card]]:
    return list(_told())


def _told() -> Iterator[tuple[str, str, Card]]:
    parts = make_parts(Settings.from_environ({}))
    for story in stories(DAY):
        for service_id in story.services:
            service = BY_ID[service_id]
            call = read_request(json.dumps(story.request(service_id)).encode(), service.hook)
            judged = judge_call(call, service, parts, on=DAY, deadline=Deadline(60_000))
            yield from ((story.id, service_id, card) for card in judged.response.cards)


def _option_lines(card: Card) -> list[str]:
    section = (card.detail or "").partition("**Options to discuss**")[2].partition("**Missing or not checked**")[0]
    return [line for line in html.unescape(section).splitlines() if line.startswith("- ")]


def test_an_option_is_one_short_line(told: list[tuple[str, str, Card]]) -> None:
    lines = [line for _, _, card in told for line in _option_lines(card)]
    assert len(lines) > 50
    assert [line for line in lines if len(line) > MOST_OF_A_LINE] == []


def test_a_card_can_be_read_at_one_sitting(told: list[tuple[str, str, Card]]) -> None:
    lengths = {(patient, service): len(card.detail or "") for patient, service, card in told}
    assert {key: length for key, length in lengths.items() if length > MOST_OF_A_CARD} == {}
    longer = {patient for (patient, _), length in lengths.items() if length > MOST_OF_A_TYPICAL_CARD}
    assert longer <= {LONGEST_PATIENT}


def test_no_line_says_the_same_thing_twice(told: list[tuple[str, str, Card]]) -> None:
    for patient, service, card in told:
        lines = [line for line in (card.detail or "").splitlines() if line.startswith("- ")]
        assert len(lines) == len(set(lines)), (patient, service)
        assert "(fields not compared) (fields" not in (card.detail or "")


@pytest.mark.parametrize("option", OPTIONS, ids=lambda option: option.id)
def test_whom_an_option_is_for_and_what_it_risks_fit_beside_it(option) -> None:
    assert len(option.population) <= MOST_OF_A_POPULATION
    assert [each.words for each in option.cautions if len(each.words) > MOST_OF_A_CAUTION] == []
    assert ";" not in option.option, "labels of further options stand between semicolons"
    assert not option.option.endswith(")"), "grade and source follow in brackets"
    assert not option.population.endswith(".")
    assert not option.dispute.endswith(".")
