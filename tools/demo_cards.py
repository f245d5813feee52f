"""docs/demo-cards.md: the cards of all synthetic patients as a clinician would read them, on one fixed day."""

import json
import re
from collections.abc import Iterator
from datetime import date
from functools import cache

from cards.model import Card
from cds_service.deadline import Deadline
from cds_service.demo.stories import Story, stories
from cds_service.judge import judge_call
from cds_service.parts import Parts, make_parts
from cds_service.protocol import read_request
from cds_service.services import BY_ID
from cds_service.settings import Settings

DAY = date(2026, 11, 20)
HEAD = f"""# Cards of the synthetic patients

Made by `make docs` from the patients of `rert-cds demo`, as their charts would stand on {DAY}; do not edit. Nobody in
them is real. No clinician has reviewed these texts; who reads them is asked to say what is wrong or too much.
Cards that are the same at two moments are printed once.
"""
MOMENTS = {
    "patient-view": "Chart opened",
    "order-select": "Order selected",
    "order-sign": "Order about to be signed",
    "problem-list-item-create": "Problem just added",
}
_PLAIN = re.compile(r"&#(\d+);")
_NEEDS_NO_ESCAPE = frozenset(".,:;()-/+%'\"=?!")


@cache
def demo_cards_page() -> str:
    """The whole page."""
    parts = make_parts(Settings.from_environ({}))
    return HEAD + "".join(line for story in stories(DAY) for line in _story(story, parts))


def _story(story: Story, parts: Parts) -> Iterator[str]:
    yield f"\n## {story.title}\n\n{story.told}\n"
    said: dict[str, str] = {}
    for service_id in story.services:
        service = BY_ID[service_id]
        call = read_request(json.dumps(story.request(service_id)).encode(), service.hook)
        judged = judge_call(call, service, parts, on=DAY, deadline=Deadline(60_000))
        cards = "".join(line for card in judged.response.cards for line in _card(card)) or "\nNo card.\n"
        moment = MOMENTS[service.hook]
        yield f"\n### {moment}\n"
        yield f"\nThe same as: {said[cards]}.\n" if cards in said else cards
        said.setdefault(cards, moment)


def _card(card: Card) -> Iterator[str]:
    yield f"\n> **{card.summary}** ({card.indicator})\n>\n"
    for line in (card.detail or "").splitlines():
        yield f"> {_readable(line)}".rstrip() + "\n"
    if card.suggestions:
        yield ">\n> Offered: " + "; ".join(suggestion.label for suggestion in card.suggestions) + "\n"


def _readable(line: str) -> str:
    """Punctuation that is no markup, as itself: the page is read as text too."""
    return _PLAIN.sub(lambda found: _plain(found[0], chr(int(found[1]))), line)


def _plain(escaped: str, character: str) -> str:
    return character if character in _NEEDS_NO_ESCAPE else escaped
