"""The topics of cards: a small FHIR CodeSystem, served under the service's own address."""

from dataclasses import dataclass

from cards.model import Coding
from clinical_rules.findings import JSON, Topic


@dataclass(frozen=True, slots=True)
class CardTopic:
    """One code of the CodeSystem; clients filter on it and store it."""

    code: Topic
    display: str
    definition: str


TOPICS = (
    CardTopic(
        "recurrence",
        "Recurrence",
        "Pattern, timing and certainty of a recurrence, with earlier irradiation of that region, options and work-up.",
    ),
    CardTopic(
        "reirradiation",
        "Re-irradiation",
        "Earlier radiotherapy courses in or next to a target or tumour, interval and cumulative dose per structure.",
    ),
    CardTopic(
        "second-primary",
        "Second primary",
        "A new primary cancer of another site, side or histology than the earlier one.",
    ),
    CardTopic(
        "workup",
        "Work-up",
        "What is on file and what was not found before re-irradiation or a drug whose use rests on a test.",
    ),
    CardTopic(
        "supportive-care",
        "Supportive care",
        "Airway, obstruction, nutrition, immune-related toxicity, or the wish for no treatment directed at the cancer.",
    ),
    CardTopic(
        "data-quality",
        "Data quality",
        "Radiotherapy records that could not be used, and why.",
    ),
)
TOPIC_BY_CODE = {topic.code: topic for topic in TOPICS}
TOPIC_RANK = {topic.code: rank for rank, topic in enumerate(TOPICS)}


def system(base_url: str) -> str:
    """The address of the CodeSystem."""
    return f"{base_url}/fhir/CodeSystem/card-topic"


def coding(topic: Topic, base_url: str) -> Coding:
    """`source.topic` of a card."""
    return Coding(system=system(base_url), code=topic, display=TOPIC_BY_CODE[topic].display)


def code_system(base_url: str) -> dict[str, JSON]:
    """The FHIR R4 CodeSystem resource with all topics."""
    return {
        "resourceType": "CodeSystem",
        "id": "card-topic",
        "url": system(base_url),
        "name": "CardTopic",
        "title": "Topics of the cards of rert-cds",
        "status": "active",
        "experimental": False,
        "description": "What a card of this service is about; codes are stable.",
        "caseSensitive": True,
        "content": "complete",
        "count": len(TOPICS),
        "concept": [{"code": topic.code, "display": topic.display, "definition": topic.definition} for topic in TOPICS],
    }
