"""What clinicians made of the cards, rule by rule: how often shown, accepted, overridden, and for which reasons.

A card counts once, by the last outcome that was sent for it; a card nobody said anything about was only shown.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, and_, func, not_, select

from cds_service.store.tables import answer, card, card_finding, feedback

NO_REASON = "none given"
COMMENT_ONLY = "comment only"
_SHOWN = not_(card.c.silent)
_SAME_CLIENT = and_(
    feedback.c.card == card.c.uuid,
    feedback.c.issuer == card.c.issuer,
    feedback.c.tenant == card.c.tenant,
    feedback.c.service == card.c.service,
)


@dataclass(slots=True)
class RuleReport:
    """The cards on which one rule had a finding; `reasons` counts those overridden, by code."""

    rule: str
    shown: int = 0
    accepted: int = 0
    overridden: int = 0
    reasons: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class Report:
    """All that is on record: `unknown` feedback is on cards that were not shown to its sender, or are gone since."""

    since: datetime | None
    answers: int
    cards: int
    silent_cards: int
    feedback: int
    unknown: int
    rules: tuple[RuleReport, ...]
    comments: tuple[tuple[str, str, str], ...]


def make_report(connection: Connection, *, comments: bool = False) -> Report:
    """The report; with `comments` also those that were kept, each with when it was received and the card."""
    with connection.begin():
        since = connection.execute(select(func.min(answer.c.answered_at))).scalar()
        counts = [
            int(connection.execute(query).scalar_one())
            for query in (
                select(func.count()).select_from(answer),
                select(func.count()).select_from(card).where(_SHOWN),
                select(func.count()).select_from(card).where(card.c.silent),
                select(func.count()).select_from(feedback),
                select(func.count()).select_from(feedback).where(not_(feedback.c.known)),
            )
        ]
        rules = _rules(connection)
        said = _comments(connection) if comments else ()
    answers, cards, silent, received, unknown = counts
    return Report(since, answers, cards, silent, received, unknown, rules, said)


def _rules(connection: Connection) -> tuple[RuleReport, ...]:
    shown = (
        select(card_finding.c.rule, func.count(card.c.uuid.distinct()))
        .join(card, card.c.uuid == card_finding.c.card)
        .where(_SHOWN)
        .group_by(card_finding.c.rule)
    )
    reports = {rule: RuleReport(rule, number) for rule, number in connection.execute(shown)}
    for rule, outcome, reason in _last_outcomes(connection):
        report = reports[rule]
        if outcome == "accepted":
            report.accepted += 1
        else:
            report.overridden += 1
            report.reasons[reason] += 1
    return tuple(reports[rule] for rule in sorted(reports))


def _last_outcomes(connection: Connection) -> Iterable[tuple[str, str, str]]:
    """Rule, outcome and reason of each card with feedback; what was sent last counts."""
    query = (
        select(card_finding.c.rule, card.c.uuid, feedback)
        .join(card, card.c.uuid == card_finding.c.card)
        .join(feedback, _SAME_CLIENT)
        .where(_SHOWN)
    )
    in_time = sorted(connection.execute(query).mappings(), key=lambda row: (row["outcome_at"][:-1], row["sequence"]))
    last = {
        (row["rule"], row["uuid"]): (row["outcome"], _reason(row["reason_code"], commented=row["commented"]))
        for row in in_time
    }
    return ((rule, *said) for (rule, _), said in last.items())


def _reason(code: str | None, *, commented: bool) -> str:
    return code or (COMMENT_ONLY if commented else NO_REASON)


def _comments(connection: Connection) -> tuple[tuple[str, str, str], ...]:
    query = (
        select(feedback.c.received_at, feedback.c.card, feedback.c.comment)
        .where(feedback.c.comment.is_not(None))
        .order_by(feedback.c.sequence)
    )
    return tuple((f"{at:%Y-%m-%dT%H:%M:%SZ}", uuid, said) for at, uuid, said in connection.execute(query))
