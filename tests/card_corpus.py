"""The cards of all case files, of all synthetic patients, and of every option and supportive line, as text."""

import html
import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from case_facts import facts_of
from coverage_table import CASES

from cards import compose
from cards.model import Card
from cds_service.deadline import Deadline
from cds_service.demo.stories import stories
from cds_service.judge import judge_call
from cds_service.parts import Parts, make_parts
from cds_service.protocol import read_request
from cds_service.services import BY_ID
from cds_service.settings import Settings
from clinical_rules.assess import assess
from clinical_rules.findings import JSON, Assessment, Finding, Urgency
from clinical_rules.knowledge import Knowledge
from clinical_rules.knowledge.cited import OptionInForce
from clinical_rules.picture import RuleSettings

DAY = date(2026, 11, 20)
EVERYTHING = ("*",)
OF_OPTIONS = ("salvage.", "supportive.")
_ADDRESS = re.compile(r"https?://\S+")
_OPTIONS = re.compile(r"\*\*Options to discuss\*\*(.*?)(?=\n\*\*|\Z)", re.DOTALL)
_DASHES = re.compile("[\u2010-\u2015\u2212]")


@dataclass(frozen=True, slots=True)
class Told:
    """What the cards of one call say: all of it, and the part that speaks of options and supportive care."""

    where: str
    cards: tuple[str, ...]
    options: str
    items: tuple[int, ...] = ()
    seen: tuple[str, ...] = ()  # what a clinician reads of each card, without the machine-readable part


@cache
def corpus(knowledge: Knowledge, switches: Path) -> tuple[Told, ...]:
    """All calls that are answered with a card. `switches` is a file that enables what ships off."""
    return (*_of_cases(knowledge), *_of_stories(switches), *_of_knowledge(knowledge))


def _of_cases(knowledge: Knowledge) -> Iterator[Told]:
    for path in sorted(CASES.rglob("*.toml")):
        content = tomllib.loads(path.read_text("utf-8"))
        for case in content.get("case", [content]):
            yield from told_by(f"{path.stem}: {case['name']}", _assessed(case, knowledge), case.get("items", ()))


def _assessed(case: Mapping[str, Any], knowledge: Knowledge) -> Assessment:
    given: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in case.get("settings", {}).items()
    }
    settings = RuleSettings(**(given | {"enabled_rules": EVERYTHING}))
    on = case["on"]
    facts = facts_of(case.get("given", {}))
    return assess(facts, hook=case["hook"], knowledge=knowledge.on(on), on=on, settings=settings)


def _of_stories(switches: Path) -> Iterator[Told]:
    parts = make_parts(Settings.from_environ({"RERT_CDS_SWITCHES_FILE": str(switches)}))
    for story in stories(DAY):
        for service_id in story.services:
            if (assessment := _judged(story.request(service_id), service_id, parts)) is not None:
                yield from told_by(f"{story.id}, {service_id}", assessment)


def _judged(request: Mapping[str, Any], service_id: str, parts: Parts) -> Assessment | None:
    service = BY_ID[service_id]
    call = read_request(json.dumps(request).encode(), service.hook)
    return judge_call(call, service, parts, on=DAY, deadline=Deadline(60_000)).assessment


def _of_knowledge(knowledge: Knowledge) -> Iterator[Told]:
    """Each option and each line with all that may stand beside it, whatever the case files reach."""
    held = knowledge.on(DAY)
    for option in held.options:
        yield from told_by(option.option.rule, beside_a_recurrence(_whole(option)))
    for line in held.supportive_lines:
        words: dict[str, JSON] = {"line": line.line.line}
        finding = Finding(
            line.line.id, line.line.status, "supportive-care", {"topic": line.line.topic}, None, (), line.sources, words
        )
        yield from told_by(line.line.id, beside_a_recurrence(finding))


def _whole(option: OptionInForce) -> Finding:
    written = option.option
    words: dict[str, JSON] = {
        "label": written.option,
        "population": written.population,
        "cautions": [str(each.words) for each in written.cautions],
        "dispute": written.dispute,
        "notAssessed": list(written.not_assessed),
    }
    values = {"option": written.id, "category": written.category, "grade": written.grade}
    return Finding(written.rule, "option", "recurrence", values, None, ("Condition/2",), option.sources, words)


def beside_a_recurrence(finding: Finding) -> Assessment:
    """A chart in which the finding rides in the card of a recurrence."""
    recurrence = Finding(
        "recurrence.pattern",
        "present",
        "recurrence",
        {"site": "other", "pattern": "local"},
        Urgency.INFO,
        ("Condition/2",),
    )
    return Assessment("patient-view", DAY.isoformat(), "test", (recurrence, finding))


def told_by(where: str, assessment: Assessment, items: tuple[int, ...] | list[int] = ()) -> Iterator[Told]:
    """What the cards of an assessment say; nothing where there is none."""
    composed = compose(assessment, base_url="http://127.0.0.1:8000", max_cards=3).cards
    if composed:
        spoken = [each for each in assessment.findings if each.rule.startswith(OF_OPTIONS)]
        sections = [part for card in composed for part in _OPTIONS.findall(html.unescape(card.detail or ""))]
        words = [*sections, *(text for each in spoken for text in _strings([each.words, each.values, _cited(each)]))]
        yield Told(where, tuple(map(_text, composed)), _plain(words), tuple(items), tuple(map(_read, composed)))


def _cited(finding: Finding) -> list[str]:
    return [text for source in finding.sources for text in (source.label, source.where or "")]


def _text(card: Card) -> str:
    return _plain(_strings(card.to_wire()))


def _read(card: Card) -> str:
    return _plain((card.summary, card.detail or ""))


def _plain(texts: Any) -> str:
    """One text, without addresses, markup references and kinds of dashes."""
    joined = html.unescape("\n".join(texts))
    return _ADDRESS.sub("", _DASHES.sub("-", joined))


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from _strings(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _strings(each)
