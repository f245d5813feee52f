"""rert-cds assess: the cards for a file, without a server."""

import os
import sys
from argparse import Namespace

from cards.model import Card, CDSResponse
from cds_service.cli_input import judge_file
from cds_service.log import make_log
from cds_service.parts import Parts, make_parts
from cds_service.settings import Settings
from cds_service.wire import NO_CARDS, to_json

NO_CARD = "No cards. That is no statement that nothing was given before."


def parts_of_environment() -> Parts:
    """The parts for the settings of the environment; nothing is asked about who may call."""
    return make_parts(Settings.from_environ(os.environ, serving=False), make_log(sys.stderr))


def assess(arguments: Namespace) -> int:
    """Prints the cards, or with --json the answer as a client gets it."""
    judged = judge_file(arguments.file, arguments.hook, arguments.on, parts_of_environment())
    if arguments.json:
        print(answer_json(judged.response))
    else:
        print_cards(judged.response.cards)
    return 0


def answer_json(response: CDSResponse) -> str:
    """The answer of a service as text."""
    body = to_json(response.model_dump(by_alias=True, exclude_none=True)) if response.cards else NO_CARDS
    return body.decode()


def print_cards(cards: tuple[Card, ...]) -> None:
    """Each card with its indicator, what it says and what it suggests."""
    for card in cards:
        print(f"[{card.indicator}] {card.summary}\n")
        if card.detail:
            print(f"{card.detail}\n")
        for suggestion in card.suggestions or ():
            print(f"Suggestion: {suggestion.label}")
        print(f"Source: {card.source.label}\n")
    if not cards:
        print(NO_CARD)
