"""rert-cds dose: BED and EQD2 of courses and their sum, and what a structure's limit leaves. Arithmetic only."""

import json
import os
from argparse import Namespace
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from re import ASCII
from re import compile as pattern

from cds_service.cli_dose_cord import cord_score
from cds_service.cli_dose_course import read_courses
from cds_service.cli_dose_json import for_machines
from cds_service.cli_dose_limits import base_name, limits_for, room, situation
from cds_service.cli_dose_recovery import Scheme, scheme_for, second_sum
from cds_service.cli_dose_sums import Sums
from cds_service.cli_dose_text import text_lines
from cds_service.errors import InputRefusedError
from cds_service.settings import Settings
from clinical_rules.knowledge import KnowledgeOn, LimitInForce, load_knowledge

BEST_SUPPORTED = "dose.lq-best-supported-gy-per-fraction"
UNUSUAL = "plausible.max-course-gy"
_PLAIN = pattern(r"\d{1,4}(?:\.\d{1,6})?", ASCII)
"""No exponents: 1e999999999 is a number that no machine has room for."""


def dose(arguments: Namespace) -> int:
    """Prints each course and the sum, with --structure beside the limit, with --recovery the second sum."""
    settings = Settings.from_environ(os.environ, serving=False)
    day: date = arguments.on or datetime.now(settings.zone).date()
    sums = _sums(arguments, load_knowledge(settings.knowledge_dir).on(day))
    print(json.dumps(for_machines(sums)) if arguments.json else "\n".join(text_lines(sums)))
    return 0


def _sums(arguments: Namespace, knowledge: KnowledgeOn) -> Sums:
    courses = read_courses(arguments.courses, knowledge.day)
    found, structure = situation(courses, knowledge), arguments.structure
    scheme = scheme_for(arguments.recovery, structure, knowledge)
    covered_by_scheme_alone = scheme is not None and structure and not knowledge.limits(base_name(structure))
    limits = limits_for(structure, found, knowledge) if structure and not covered_by_scheme_alone else ()
    alpha_beta = _alpha_beta(arguments.alpha_beta, limits, scheme)
    return Sums(
        courses=courses,
        situation=found,
        alpha_beta_gy=alpha_beta,
        structure=structure,
        rooms=tuple(room(limit, found) for limit in limits),
        second=None if scheme is None else second_sum(scheme, found, alpha_beta),
        cord=cord_score(structure, found, knowledge),
        best_supported_gy=knowledge.number(BEST_SUPPORTED),
        unusual_gy=knowledge.number(UNUSUAL),
    )


def _alpha_beta(given: str | None, limits: Sequence[LimitInForce], scheme: Scheme | None) -> Decimal:
    """The one given, else that of the structure's limits, else that of the recovery scheme."""
    own = {limit.value.alpha_beta_gy for limit in limits}
    if given is not None:
        return _checked(given, own)
    if len(own) == 1:
        return next(iter(own))
    if scheme is not None and scheme.alpha_beta_gy is not None:
        return scheme.alpha_beta_gy
    raise InputRefusedError("--alpha-beta is missing; expected a number in Gy, or --structure with one limit")


def _checked(given: str, own: set[Decimal]) -> Decimal:
    if _PLAIN.fullmatch(given) is None or not Decimal(given):
        raise InputRefusedError(f"--alpha-beta {given}: expected a number of Gy above 0")
    value = Decimal(given)
    if own and own != {value}:
        stated = ", ".join(str(one) for one in sorted(own))
        raise InputRefusedError(f"--alpha-beta {given}: the limit of this structure is stated for {stated} Gy only")
    return value
