"""What the cards would have been over an export: counts by rule, indicator and topic, patients as keyed hashes only."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from cds_service.bulk import BulkExport
from cds_service.cli_bundle import KEY_OF_TYPE, read_bundle
from cds_service.cli_input import PATIENCE_MS
from cds_service.deadline import Deadline
from cds_service.judge import Judged, advise
from cds_service.parts import Parts
from cds_service.store.privacy import Cloak
from clinical_rules.findings import Hook
from fhir_mappings import read_facts
from fhir_mappings.jsontools import Json


@dataclass(slots=True)
class Backtest:
    """The counts so far, and a line for each patient with cards."""

    patients: int = 0
    cards: int = 0
    indicators: Counter[str] = field(default_factory=Counter)
    topics: Counter[str] = field(default_factory=Counter)
    rules: Counter[str] = field(default_factory=Counter)
    problems: Counter[str] = field(default_factory=Counter)
    not_judged: Counter[str] = field(default_factory=Counter)
    with_cards: list[dict[str, Any]] = field(default_factory=list)


def backtest(export: BulkExport, parts: Parts, cloak: Cloak, *, hook: Hook, on: date) -> Backtest:
    """Judges each patient as `rert-cds assess` judges a Bundle; one that cannot be judged is counted."""
    found = Backtest()
    states = _states(export.counts.resources)
    for patient, resources in export.patients():
        found.patients += 1
        try:
            judged = _judged(resources, states, parts, hook=hook, on=on)
        except Exception as error:  # one patient of thousands must not end it; it is counted
            found.not_judged[type(error).__name__] += 1
        else:
            _count(found, judged, cloak.patient("", patient))
    return found


def _judged(resources: Sequence[Json], states: Mapping[str, Any], parts: Parts, *, hook: Hook, on: date) -> Judged:
    entries = [{"resource": resource} for resource in resources]
    bundle: Json = {"resourceType": "Bundle", "type": "collection", "entry": entries}
    prefetch = read_bundle("export", bundle, hook)
    known = {key: state if state == "found" else states.get(key, state) for key, state in prefetch.availability.items()}
    facts = read_facts(replace(prefetch, availability=known), parts.codes)
    orders = prefetch.context_raw.get("draftOrders")
    return advise(facts, hook, parts, on=on, deadline=Deadline(PATIENCE_MS), orders=orders)


def _states(resources: Mapping[str, int]) -> dict[str, str]:
    """A type that the export holds was asked for: a patient without any of it has none."""
    states = {key: "nothing-found" for kind, key in KEY_OF_TYPE.items() if resources.get(kind)}
    return states | ({"radiationDose": "nothing-found"} if "observations" in states else {})


def _count(found: Backtest, judged: Judged, patient: str) -> None:
    findings = judged.assessment.findings if judged.assessment else ()
    found.rules.update({finding.rule for finding in findings})
    found.problems.update({problem.problem for problem in judged.facts.problems} if judged.facts else ())
    cards = [
        {"topic": card.source.topic.code if card.source.topic else "", "indicator": card.indicator}
        for card in judged.response.cards
    ]
    found.cards += len(cards)
    found.indicators.update(card["indicator"] for card in cards)
    found.topics.update(card["topic"] for card in cards)
    if cards:
        found.with_cards.append({"patient": patient, "cards": cards})
