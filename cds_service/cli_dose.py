"""rert-cds dose: BED and EQD2 of courses and their sum, and what a structure's limit leaves. Arithmetic only."""

import json
import os
from argparse import Namespace
from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation
from fractions import Fraction

from cds_service.cli_dose_course import Course, read_course
from cds_service.cli_dose_limits import Room, limits_for, room, situation
from cds_service.errors import InputRefusedError
from cds_service.settings import Settings
from clinical_rules.dose import bed, cumulative_eqd2, eqd2
from clinical_rules.knowledge import LimitInForce, load_knowledge

LABEL = (
    "Arithmetic, not advice, and no dose to prescribe: a sum without recovery, as if all doses fell on the same point."
)
BEST_SUPPORTED = "dose.lq-best-supported-gy-per-fraction"


def dose(arguments: Namespace) -> int:
    """Prints each course and the sum, with --structure beside the limit."""
    settings = Settings.from_environ(os.environ, serving=False)
    knowledge = load_knowledge(settings.knowledge_dir).on(arguments.on or datetime.now(settings.zone).date())
    if arguments.recovery != "none":
        raise InputRefusedError(f"--recovery {arguments.recovery}: no such scheme in the knowledge; expected none")
    courses = tuple(map(read_course, arguments.courses))
    found = situation(courses, knowledge)
    limits = limits_for(arguments.structure, found, knowledge) if arguments.structure else ()
    alpha_beta = _alpha_beta(arguments.alpha_beta, limits)
    rooms = tuple(room(limit, found) for limit in limits)
    if arguments.json:
        print(json.dumps(_for_machines(courses, alpha_beta, rooms, arguments.structure)))
    else:
        bound = knowledge.number(BEST_SUPPORTED)
        print("\n".join((*_lines(courses, alpha_beta, bound), *_room_lines(rooms, courses), LABEL)))
    return 0


def _alpha_beta(given: str | None, limits: Sequence[LimitInForce]) -> Decimal:
    own = {limit.value.alpha_beta_gy for limit in limits}
    if given is None:
        if len(own) != 1:
            raise InputRefusedError("--alpha-beta is missing; expected a number in Gy, or --structure with one limit")
        return next(iter(own))
    try:
        value = Decimal(given)
        if not value.is_finite() or value <= 0:
            raise ValueError
    except (InvalidOperation, ValueError):
        raise InputRefusedError(f"--alpha-beta {given}: expected a number of Gy above 0") from None
    if own and own != {value}:
        stated = ", ".join(str(one) for one in sorted(own))
        raise InputRefusedError(f"--alpha-beta {given}: the limit of this structure is stated for {stated} Gy only")
    return value


def _bed_sum(courses: Sequence[Course], alpha_beta: Decimal) -> Fraction:
    return sum((bed(course.total_dose_gy, course.fractions, alpha_beta) for course in courses), Fraction(0))


def _eqd2_sum(courses: Sequence[Course], alpha_beta: Decimal) -> Fraction:
    return cumulative_eqd2([(course.total_dose_gy, course.fractions) for course in courses], alpha_beta)


def _lines(courses: Sequence[Course], alpha_beta: Decimal, bound: Decimal) -> list[str]:
    lines = [f"alpha/beta {alpha_beta} Gy"]
    for course in courses:
        doses = (course.total_dose_gy, course.fractions, alpha_beta)
        note = f"  (above {bound} Gy per fraction, outside the model's best-supported range)"
        beyond = note if course.fraction_dose_gy > bound else ""
        lines.append(f"{course}: BED {_gy(bed(*doses))} Gy, EQD2 {_gy(eqd2(*doses))} Gy{beyond}")
    lines.append(f"sum: BED {_gy(_bed_sum(courses, alpha_beta))} Gy, EQD2 {_gy(_eqd2_sum(courses, alpha_beta))} Gy")
    return lines


def _room_lines(rooms: Sequence[Room], courses: Sequence[Course]) -> Iterator[str]:
    for found in rooms:
        limit, value = found.limit.limit, found.limit.value
        total = _eqd2_sum(courses, value.alpha_beta_gy)
        yield (
            f"{limit.structure}: {value.limit_gy} Gy EQD2, alpha/beta {value.alpha_beta_gy} Gy, {value.metric}; "
            f"{limit.applies}; {value.agreement}"
        )
        for source in found.limit.sources:
            yield f"  source: {', '.join(part for part in (source.label, source.where, source.url) if part)}"
        yield from (f"  condition: {words}" for words in found.conditions)
        yield f"  sum {_gy(total)} Gy: {'above' if total > value.limit_gy else 'not above'} the value compared"
        part = "the last course, taken as the new part" if len(courses) > 1 else "a new part"
        left = f"{_gy(found.left_eqd2_gy)} Gy EQD2 beside {_gy(found.prior_eqd2_gy)} Gy from before"
        yield f"  left for {part}{', if what is not known is met' if found.open else ''}: {left}"


def _for_machines(
    courses: Sequence[Course], alpha_beta: Decimal, rooms: Sequence[Room], structure: str | None
) -> dict[str, object]:
    told: dict[str, object] = {
        "courses": [
            {
                "totalDoseGy": float(course.total_dose_gy),
                "fractions": course.fractions,
                "bedGy": float(bed(course.total_dose_gy, course.fractions, alpha_beta)),
                "eqd2Gy": float(eqd2(course.total_dose_gy, course.fractions, alpha_beta)),
            }
            for course in courses
        ],
        "bedGy": float(_bed_sum(courses, alpha_beta)),
        "eqd2Gy": float(_eqd2_sum(courses, alpha_beta)),
    }
    if structure:
        told |= {"structure": structure, "limits": [_limit_for_machines(found) for found in rooms]}
    return told


def _limit_for_machines(found: Room) -> dict[str, object]:
    value = found.limit.value
    return {
        "rule": found.limit.limit.id,
        "applies": found.limit.limit.applies,
        "limitGy": float(value.limit_gy),
        "alphaBetaGy": float(value.alpha_beta_gy),
        "metric": value.metric,
        "priorEqd2Gy": float(found.prior_eqd2_gy),
        "remainingEqd2Gy": float(found.left_eqd2_gy),
        "conditions": list(found.conditions),
    }


def _gy(dose: Fraction) -> str:
    return f"{float(dose):.2f}"
