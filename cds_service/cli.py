"""The command rert-cds. Exit status: 0 done, 1 the input was refused (one line says what and where), 2 wrong usage."""

import os
import sys
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Sequence
from datetime import date
from importlib import import_module
from re import compile as compile_pattern
from typing import NoReturn

from cds_service.errors import CDSServiceError

HOOKS = ("patient-view", "order-select", "order-sign", "problem-list-item-create")
REFUSED = 1


class _Parser(ArgumentParser):
    """Says what is wrong in one line before the usage."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"rert-cds: {message}\n{self.format_usage()}")


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command and returns the exit status."""
    arguments = _parser().parse_args(argv)
    if arguments.module == "cds_service.cli_serve":
        from gevent import monkey  # before anything that holds a socket or a lock is imported

        monkey.patch_all()
    from clinical_rules.errors import ClinicalRulesError
    from fhir_mappings.errors import FhirMappingsError

    try:
        return int(getattr(import_module(arguments.module), arguments.function)(arguments))
    except (CDSServiceError, ClinicalRulesError, FhirMappingsError) as error:
        print(f"rert-cds: {error}", file=sys.stderr)
        return REFUSED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # the reader has what it wanted
        return 0
    except KeyboardInterrupt:
        return 130


def _parser() -> ArgumentParser:
    parser = _Parser(prog="rert-cds", description="Finds recurrent cancer and earlier radiotherapy in FHIR data.")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)

    def command(name: str, text: str, module: str, function: str) -> ArgumentParser:
        added = commands.add_parser(name, help=text, description=text)
        added.set_defaults(module=f"cds_service.{module}", function=function)
        return added

    command("serve", "production server", "cli_serve", "serve")
    command("demo", "the server with synthetic patients and a page to look at", "cli_serve", "demo")
    assess = command("assess", "a CDS Hooks request, FHIR Bundle or resource to cards", "cli_assess", "assess")
    explain = command("explain", "facts, findings and cards, step by step", "cli_explain", "explain")
    for reading in (assess, explain):
        _add_reading(reading)
    assess.add_argument("--json", action="store_true", help="the answer as a client gets it")
    _add_dose(command("dose", "BED and EQD2 of courses and their sum", "cli_dose", "dose"))
    knowledge = command("knowledge", "limits, options and rules with their sources", "cli_knowledge", "knowledge")
    knowledge.add_argument("action", choices=("list", "show", "check", "unknown"))
    knowledge.add_argument(
        "what",
        nargs="?",
        metavar="ID | DIR | FILE",
        help="for show an id, for check a site's own folder, for unknown a chart whose codes no rule understands",
    )
    knowledge.add_argument("--display", action="store_true", help="with unknown: what the chart calls each code")
    backtest = command("backtest", "the cards there would have been over a Bulk FHIR export", "cli_backtest", "run")
    backtest.add_argument("folder", metavar="DIR", help="the .ndjson files, in subfolders too")
    backtest.add_argument("--out", metavar="REPORT", required=True, help="JSON if it ends in .json, else text")
    backtest.add_argument("--hook", choices=HOOKS[:3], default=HOOKS[0], help="default: patient-view")
    backtest.add_argument("--on", type=_day, metavar="DATE", help="the day that counts as today; default: today")
    feedback = command("feedback", "acceptance and override reasons per rule", "cli_feedback", "feedback")
    feedback.add_argument("action", choices=("report",))
    form = feedback.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="for machines")
    form.add_argument("--csv", action="store_true", help="for a spreadsheet")
    feedback.add_argument("--comments", action="store_true", help="also the comments, where they were kept")
    return parser


def _add_reading(parser: ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", help="- is standard input")
    parser.add_argument(
        "--hook", choices=HOOKS, help="what the clinician is doing; default: the request's, patient-view"
    )
    parser.add_argument("--on", type=_day, metavar="DATE", help="the day intervals are measured on; default: today")


def _add_dose(parser: ArgumentParser) -> None:
    parser._negative_number_matcher = compile_pattern(r"-\.?\d")  # so that -50/25 is a wrong number, not an option
    parser.add_argument(
        "courses", nargs="+", metavar="TOTAL/FRACTIONS[@END]", help="in order of time, such as 50/25 14/3@2026-01-10"
    )
    parser.add_argument("--alpha-beta", metavar="GY", help="of the tissue; default: that of the limit of --structure")
    parser.add_argument(
        "--structure", metavar="NAME", help="TG-263 name of an organ at risk, to compare with its limit"
    )
    parser.add_argument(
        "--recovery", metavar="NAME", default="none", help="a scheme of the knowledge, for a second sum"
    )
    parser.add_argument("--on", type=_day, metavar="DATE", help="the day that counts as today; default: today")
    parser.add_argument("--json", action="store_true", help="numbers for machines")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError("expected a date, for example 2026-01-10") from None
