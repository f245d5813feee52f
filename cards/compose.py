"""An assessment becomes cards: grouped, worded, with indicator, source, suggestions and machine-readable findings."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from cards.detail import detail
from cards.extension import FINDINGS, FINGERPRINT, card_fingerprint, machine_findings
from cards.grouping import CardPlan, group
from cards.links import source_links
from cards.model import Card, CDSResponse, Source
from cards.override_reasons import OVERRIDE_REASONS
from cards.suggestions import suggestions
from cards.summary import summary
from cards.topics import coding
from clinical_rules.findings import Assessment

Orders = Mapping[str, Mapping[str, Any]]
NO_ORDERS: Orders = MappingProxyType({})


def compose(assessment: Assessment, *, base_url: str, max_cards: int, orders: Orders = NO_ORDERS) -> CDSResponse:
    """The answer of a service: at most `max_cards` cards, the most urgent first, every finding on one of them.

    `orders` are the draft orders by reference, as received; one that is updated goes back whole.
    """
    plans = group(assessment.findings, assessment.hook, max_cards)
    return CDSResponse(cards=tuple(_card(plan, assessment, base_url.rstrip("/"), orders) for plan in plans))


def _card(plan: CardPlan, assessment: Assessment, base_url: str, orders: Orders) -> Card:
    offered = suggestions(plan, assessment, orders)
    version = assessment.knowledge_version
    card = Card(
        summary=summary(plan, assessment.on),
        detail=detail(plan, assessment),
        indicator=plan.urgency.indicator,
        source=Source(
            label=f"rert-cds, knowledge {version}",
            url=f"{base_url}/transparency",
            topic=coding(plan.topic, base_url),
        ),
        suggestions=offered or None,
        selection_behavior="any" if offered else None,
        override_reasons=OVERRIDE_REASONS,
        links=source_links(plan.findings) or None,
        extension={FINDINGS: machine_findings(plan.findings, version)},
    )
    return card.with_extension(FINGERPRINT, card_fingerprint(card))
