"""The record of one answer: who asked what when, on which data, by which rules, and what was said."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cards.extension import FINDINGS, FINGERPRINT, fingerprint
from cards.model import Card, CDSResponse
from cds_service.judge import Judged
from cds_service.protocol import CDSRequest
from cds_service.services import Service
from cds_service.store.commits import Entry
from cds_service.store.privacy import Cloak
from cds_service.store.tables import answer, card, card_finding
from cds_service.trust.caller import Caller
from clinical_rules.facts import PatientFacts

NO_ADVICE = fingerprint(CDSResponse())
FOREIGN = "foreign-patient"
_TEXT_LENGTH = 256


@dataclass(frozen=True, slots=True)
class Answered:
    """One call and what was answered to it. `call` is the id under which the log has it."""

    call: str
    at: datetime
    caller: Caller | None
    service: Service
    request: CDSRequest
    judged: Judged
    silent: bool
    duration_ms: float


def entry_of(answered: Answered, cloak: Cloak, *, configuration: str, knowledge: str) -> Entry:
    """The rows of one answer; those of a card come after that of the answer they refer to."""
    cards = answered.judged.response.cards
    return Entry(
        (
            (answer, [_answer(answered, cloak) | {"configuration": configuration, "knowledge_version": knowledge}]),
            (card, [_card(answered, position, each) for position, each in enumerate(cards)]),
            (card_finding, [row for each in cards for row in _findings(each)]),
        )
    )


def caller_columns(caller: Caller | None) -> dict[str, str]:
    """Who asked; without authentication nobody is known."""
    if caller is None:
        return {"issuer": "", "client": "", "tenant": ""}
    return {"issuer": caller.issuer, "client": caller.name, "tenant": caller.tenant or ""}


def _answer(answered: Answered, cloak: Cloak) -> dict[str, Any]:
    caller, request, judged = caller_columns(answered.caller), answered.request, answered.judged
    facts, issuer = judged.facts, caller["issuer"]
    return {
        **caller,
        "call": answered.call,
        "answered_at": answered.at,
        "judged_on": judged.on.isoformat(),
        "service": answered.service.id,
        "hook_instance": storable(request.hook_instance),
        "patient": cloak.patient(issuer, request.patient_id),
        "inputs": cloak.references(map(storable, _inputs(facts)), issuer, request.patient_id) if facts else [],
        "availability": dict(facts.availability) if facts else {},
        "cards": len(judged.response.cards),
        "silent": answered.silent,
        "fingerprint": fingerprint(judged.response) if judged.response.cards else NO_ADVICE,
        "duration_ms": answered.duration_ms,
    }


def _inputs(facts: PatientFacts) -> Iterator[str]:
    """The references of all records that were read, but for those of other patients."""
    for group in (
        facts.diagnoses, facts.history, facts.statuses, facts.stages, facts.markers, facts.genomics, facts.systemic,
        facts.events, facts.drug_orders, facts.sizes,
    ):  # fmt: skip
        for entry in group:
            yield entry.reference
    for course in (*facts.courses, *facts.orders):
        yield from (course.reference, *course.references)
    yield from (problem.reference for problem in facts.problems if problem.problem != FOREIGN)


def _card(answered: Answered, position: int, said: Card) -> dict[str, Any]:
    caller, extension = caller_columns(answered.caller), said.extension or {}
    return {
        "uuid": said.uuid,
        "call": answered.call,
        "position": position,
        "issuer": caller["issuer"],
        "tenant": caller["tenant"],
        "service": answered.service.id,
        "silent": answered.silent,
        "topic": said.source.topic.code if said.source.topic else "",
        "indicator": said.indicator,
        "fingerprint": extension.get(FINGERPRINT, ""),
    }


def _findings(said: Card) -> Iterator[dict[str, Any]]:
    for position, finding in enumerate((said.extension or {}).get(FINDINGS, ())):
        yield {"card": said.uuid, "position": position, "rule": finding["rule"], "status": finding["status"]}


def storable(text: str) -> str:
    """Text from outside as any database takes it: no U+0000, no half of a surrogate pair, not long."""
    return text[:_TEXT_LENGTH].replace("\x00", "").encode("utf-8", "replace").decode("utf-8")
