"""rert-cds feedback report: acceptance and override reasons per rule, from the store."""

import csv
import os
import sys
from argparse import Namespace
from collections.abc import Iterator
from datetime import UTC
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from cards.escaping import plain_text
from cds_service.errors import InputRefusedError
from cds_service.settings import Settings
from cds_service.store.database import Database
from cds_service.store.report import Report, RuleReport, make_report
from cds_service.text_table import table
from cds_service.wire import to_json

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""How a cell begins that a spreadsheet would compute."""


def feedback(arguments: Namespace) -> int:
    """Prints the report as a table, JSON or CSV."""
    report = _report(Settings.from_environ(os.environ, serving=False), comments=arguments.comments)
    if arguments.json:
        print(to_json(_json(report)).decode())
    elif arguments.csv:
        _write_csv(report)
    else:
        print("\n".join(_text(report)))
    return 0


def _report(settings: Settings, *, comments: bool) -> Report:
    database = Database(settings.database_url.get_secret_value())
    if database.is_sqlite and not (database.file and database.file.is_file()):
        raise InputRefusedError("RERT_CDS_DATABASE_URL: there is no store yet; the service makes it when it starts")
    try:
        with database.read() as connection:
            return make_report(connection, comments=comments)
    except SQLAlchemyError as error:
        raise InputRefusedError(
            f"RERT_CDS_DATABASE_URL: the store cannot be read ({type(error).__name__}); expected one of this service"
        ) from None


def _text(report: Report) -> Iterator[str]:
    since = f"{report.since.astimezone(UTC):%Y-%m-%d}" if report.since else "nothing on record"
    yield f"since {since}: {report.answers} answers, {report.cards} cards shown, {report.silent_cards} in silence"
    yield f"feedback: {report.feedback}, of which {report.unknown} on cards not shown to its sender"
    yield ""
    head = ("rule", "shown", "accepted", "overridden", "reasons")
    yield from table(head, [tuple(map(str, _cells(rule))) for rule in report.rules])
    for at, card, comment in report.comments:
        yield f"{at} {plain_text(card)}: {plain_text(comment)}"


def _cells(rule: RuleReport) -> tuple[str, int, int, int, str]:
    reasons = "; ".join(f"{plain_text(code)} {number}" for code, number in _in_order(rule))
    return rule.rule, rule.shown, rule.accepted, rule.overridden, reasons


def _in_order(rule: RuleReport) -> list[tuple[str, int]]:
    """The reasons, the most frequent first."""
    return sorted(rule.reasons.items(), key=lambda reason: (-reason[1], reason[0]))


def _json(report: Report) -> dict[str, Any]:
    rules = [
        {
            "rule": rule.rule,
            "shown": rule.shown,
            "accepted": rule.accepted,
            "overridden": rule.overridden,
            "reasons": dict(_in_order(rule)),
        }
        for rule in report.rules
    ]
    found: dict[str, Any] = {
        "answers": report.answers,
        "cardsShown": report.cards,
        "cardsInSilence": report.silent_cards,
        "feedback": report.feedback,
        "feedbackOnUnknownCards": report.unknown,
        "rules": rules,
    }
    if report.since:
        found["since"] = report.since.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    if report.comments:
        found["comments"] = [{"received": at, "card": card, "text": text} for at, card, text in report.comments]
    return found


def _write_csv(report: Report) -> None:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(("rule", "shown", "accepted", "overridden", "reasons"))
    for rule in report.rules:
        writer.writerow(tuple(_harmless(cell) if isinstance(cell, str) else cell for cell in _cells(rule)))


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
