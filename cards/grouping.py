"""Which finding goes on which card: what belongs together is one card, and no finding is lost."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from cards.topics import TOPIC_RANK
from clinical_rules.findings import Finding, Hook, Topic, Urgency

ORDER_HOOKS: frozenset[Hook] = frozenset({"order-select", "order-sign"})
_JOINED_ON_CHARTS: tuple[Topic, ...] = ("recurrence", "second-primary", "reirradiation", "supportive-care", "workup")
_JOINED_ON_ORDERS: tuple[Topic, ...] = ("reirradiation", "recurrence", "second-primary", "supportive-care")


@dataclass(frozen=True, slots=True)
class CardPlan:
    """One card to write: its topic, and its findings, the most urgent first."""

    topic: Topic
    findings: tuple[Finding, ...]

    @property
    def urgency(self) -> Urgency:
        """That of its most urgent finding."""
        return max(finding.urgency for finding in self.findings if finding.urgency is not None)


def group(findings: Iterable[Finding], hook: Hook, max_cards: int) -> tuple[CardPlan, ...]:
    """The cards of one answer, the most urgent first; empty where no finding raises one.

    Topics that raise a card are named first: the first of the joined topics that raises names the joined card,
    a second primary beside a recurrence and the work-up of an order keep a card of their own. All other findings
    ride in the joined card, or in the last one where there is none; so do those of cards beyond `max_cards`.
    """
    in_order = sorted(findings, key=_stable)
    raised = {finding.topic for finding in in_order if finding.urgency is not None}
    homes = _homes(raised, hook)
    plans = sorted(
        (CardPlan(topic, tuple(_at_home(in_order, topic, homes))) for topic in set(homes.values())),
        key=lambda plan: (-plan.urgency, TOPIC_RANK[plan.topic]),
    )
    riding = [finding for finding in in_order if finding.topic not in homes]
    return _within(plans, riding, max(1, max_cards))


def _homes(raised: set[Topic], hook: Hook) -> dict[Topic, Topic]:
    """For each topic the topic of the card it goes on; topics without a card are left out."""
    on_orders = hook in ORDER_HOOKS
    joined_topics = _JOINED_ON_ORDERS if on_orders else _JOINED_ON_CHARTS
    joined = next((topic for topic in joined_topics if topic in raised), None)
    homes: dict[Topic, Topic] = {}
    if joined is not None:
        homes = dict.fromkeys((*joined_topics, "workup", "data-quality"), joined)
        if "second-primary" in raised and not on_orders:
            homes["second-primary"] = "second-primary"
    if on_orders and "workup" in raised:
        homes["workup"] = "workup"
    if "data-quality" in raised and joined is None:
        homes["data-quality"] = "data-quality"
    return homes


def _at_home(findings: Sequence[Finding], topic: Topic, homes: dict[Topic, Topic]) -> Iterable[Finding]:
    return (finding for finding in findings if homes.get(finding.topic) == topic)


def _within(plans: Sequence[CardPlan], riding: list[Finding], max_cards: int) -> tuple[CardPlan, ...]:
    """At most so many cards; what has no card of its own is added to the last one."""
    if not plans:
        return ()
    *first, last = plans[:max_cards]
    dropped = [finding for plan in plans[max_cards:] for finding in plan.findings]
    return (*first, CardPlan(last.topic, (*last.findings, *dropped, *riding)))


def _stable(finding: Finding) -> tuple[int, int, str, tuple[str, ...], str]:
    """A key that depends on what is found only, never on the order of the records."""
    urgency = -1 if finding.urgency is None else int(finding.urgency)
    return (-urgency, TOPIC_RANK[finding.topic], finding.rule, finding.evidence, repr(finding.values))
