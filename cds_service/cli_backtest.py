"""rert-cds backtest DIR --out REPORT: the cards there would have been, as JSON (.json) or text."""

from argparse import Namespace
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from secrets import token_urlsafe
from typing import Any

from cds_service.backtest import Backtest, backtest
from cds_service.bulk import BulkExport, Counts
from cds_service.cli_assess import parts_of_environment
from cds_service.errors import InputRefusedError
from cds_service.parts import Parts
from cds_service.settings import Settings
from cds_service.store.privacy import Cloak
from cds_service.text_table import table
from cds_service.wire import to_json

MOST_URGENT_FIRST = ("critical", "warning", "info")


def run(arguments: Namespace) -> int:
    """Writes the report."""
    folder, out = Path(arguments.folder), Path(arguments.out)
    if not folder.is_dir():
        raise InputRefusedError(f"{folder}: expected an existing folder")
    if not out.absolute().parent.is_dir():
        raise InputRefusedError(f"{out}: expected a file in an existing folder")
    parts = parts_of_environment()
    on = arguments.on or datetime.now(parts.settings.zone).date()
    with BulkExport(folder) as export:
        found = backtest(export, parts, _cloak(parts.settings), hook=arguments.hook, on=on)
        report = _report(found, export.counts, parts, hook=arguments.hook, on=on.isoformat())
    text = to_json(report).decode() if out.suffix.lower() == ".json" else "\n".join(_text(report))
    try:
        out.write_text(f"{text}\n", encoding="utf-8")
    except OSError as error:
        raise InputRefusedError(f"{out}: {error.strerror}") from None
    print(f"{report['patients']} patients, {report['cards']} cards: {out}")
    return 0


def _cloak(settings: Settings) -> Cloak:
    """With PATIENT_KEY the hashes can be found again; without it they are good for this report only."""
    return Cloak(settings.patient_key.get_secret_value() if settings.patient_key else token_urlsafe(32))


def _report(found: Backtest, counts: Counts, parts: Parts, *, hook: str, on: str) -> dict[str, Any]:
    per_100 = round(found.cards * 100 / found.patients, 1) if found.patients else 0.0
    return {
        "hook": hook,
        "on": on,
        "knowledgeVersion": parts.knowledge.version,
        "patients": found.patients,
        "patientsWithCards": len(found.with_cards),
        "cards": found.cards,
        "cardsPer100Patients": per_100,
        "indicators": {name: found.indicators[name] for name in MOST_URGENT_FIRST},
        "topics": _frequent_first(found.topics),
        "patientsByRule": _frequent_first(found.rules),
        "patientsByDataProblem": _frequent_first(found.problems),
        "notJudged": _frequent_first(found.not_judged),
        "resources": _frequent_first(counts.resources),
        "resourcesSkipped": _frequent_first(counts.skipped),
        "resourcesWithoutPatient": _frequent_first(counts.without_patient),
        "unreadableLines": _frequent_first(counts.unreadable),
        "patientKey": "PATIENT_KEY" if parts.settings.patient_key else "random, of this report only",
        "withCards": found.with_cards,
    }


def _frequent_first(counted: Counter[str]) -> dict[str, int]:
    return dict(sorted(counted.items(), key=lambda item: (-item[1], item[0])))


def _text(report: dict[str, Any]) -> Iterator[str]:
    yield f"{report['hook']} on {report['on']}, knowledge {report['knowledgeVersion']}"
    yield (
        f"{report['patients']} patients, {report['patientsWithCards']} with cards, {report['cards']} cards, "
        f"{report['cardsPer100Patients']} per 100 patients"
    )
    for title, name in (
        ("indicator", "indicators"), ("topic", "topics"), ("rule", "patientsByRule"),
        ("data problem", "patientsByDataProblem"), ("not judged", "notJudged"), ("resource", "resources"),
        ("skipped", "resourcesSkipped"), ("without patient", "resourcesWithoutPatient"),
        ("unreadable", "unreadableLines"),
    ):  # fmt: skip
        if rows := [(key, str(number)) for key, number in report[name].items()]:
            yield ""
            yield from table((title, "number"), rows)
    yield ""
    for patient in report["withCards"]:
        cards = ", ".join(f"{card['topic']} {card['indicator']}" for card in patient["cards"])
        yield f"{patient['patient']}: {cards}"
