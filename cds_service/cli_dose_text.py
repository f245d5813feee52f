"""The answer of rert-cds dose for people: a table, then limits, conditions and what they leave."""

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

from cds_service.cli_dose_cord import CAVEAT, CordScore
from cds_service.cli_dose_course import Course
from cds_service.cli_dose_limits import Room
from cds_service.cli_dose_recovery import SecondSum
from cds_service.cli_dose_sums import LABEL, Sums, source_words
from cds_service.fitting import ARITHMETIC
from cds_service.text_table import table
from clinical_rules.dose import Number
from clinical_rules.reirradiation.wire import number

HEAD = ("course", "total Gy", "fx", "Gy/fx", "ended", "months before", "BED Gy", "EQD2 Gy")


def text_lines(sums: Sums) -> Iterator[str]:
    """Everything, line by line."""
    yield f"alpha/beta {sums.alpha_beta_gy} Gy"
    yield from table(HEAD, [*(_row(index, course, sums) for index, course in enumerate(sums.courses, 1)), _sum(sums)])
    yield from (f"note: {note}" for note in sums.notes)
    for found in sums.rooms:
        yield from ("", *_room(found, sums))
    if sums.second is not None:
        yield from ("", *_second(sums.second, sums))
    if sums.cord is not None:
        yield from ("", *_cord(sums.cord))
    yield from ("", LABEL)


def _row(index: int, course: Course, sums: Sums) -> tuple[str, ...]:
    months = sums.months_before(course)
    return (
        f"{index}, the new part" if course is sums.situation.new else str(index),
        f"{course.total_dose_gy:f}",
        str(course.fractions),
        _gy(course.fraction_dose_gy),
        str(course.end or "-"),
        "-" if months is None else str(months),
        _gy(sums.bed_gy(course)),
        _gy(sums.eqd2_gy(course)),
    )


def _sum(sums: Sums) -> tuple[str, ...]:
    """Physical doses of courses are never added: no total stands under them."""
    return "sum", "", "", "", "", "", _gy(sums.total_bed_gy), _gy(sums.total_eqd2_gy)


def _room(found: Room, sums: Sums) -> Iterator[str]:
    limit, value = found.limit.limit, found.limit.value
    yield (
        f"{limit.structure}: {value.limit_gy} Gy EQD2, alpha/beta {value.alpha_beta_gy} Gy, {value.metric}; "
        f"{limit.applies}; {value.agreement}"
    )
    yield from (f"  source: {source_words(source)}" for source in found.limit.sources)
    yield from (f"  condition: {condition}" for condition in found.conditions)
    total = found.sum_eqd2_gy
    yield f"  sum {number(total, value.limit_gy)} Gy: {_side(total, value.limit_gy)} the value compared"
    if value.line_gy is not None:
        yield f"  line of a single course: {value.line_gy} Gy EQD2"
    part = "the last course, taken as the new part" if sums.situation.new else "a new part"
    left = f"{_cut(found.left_eqd2_gy)} Gy EQD2 beside {_gy(found.prior_eqd2_gy)} Gy from before"
    yield f"  left for {part}{', if what is not known is met' if found.open else ''}: {left}"
    yield from _fits(found.largest_fraction_gy, sums, "under all conditions" if found.conditions else "under it")


def _fits(largest_gy: Decimal | None, sums: Sums, under: str) -> Iterator[str]:
    """The largest dose per fraction for the number of fractions of the last course."""
    if largest_gy is None or sums.situation.new is None:
        return
    beyond = "; outside the model's best-supported range" if largest_gy > sums.best_supported_gy else ""
    said = f"{largest_gy} Gy per fraction" if largest_gy else "no dose per fraction"
    yield f"  largest that would still fit {under} in {sums.situation.new.fractions} fx: {said} ({ARITHMETIC}{beyond})"


def _second(second: SecondSum, sums: Sums) -> Iterator[str]:
    scheme, organ = second.scheme.held, second.scheme.organ
    terms = f"alpha/beta {second.alpha_beta_gy} Gy; {organ.agreement}"
    yield f"recovery {scheme.scheme.name}: {scheme.scheme.title}; {terms}"
    yield from (f"  source: {source_words(source)}" for source in scheme.sources)
    if second.scheme.refused is not None:
        yield f"  nothing is taken off: {second.scheme.refused}"
    for index, part in enumerate(second.recovered, 1):
        undated = "" if sums.courses[index - 1].end else " (its end is not given)"
        yield f"  course {index}: {float(part * 100):g} % taken off{undated}"
    yield f"  sum without recovery: {_gy(second.raw_eqd2_gy)} Gy; with it: {_gy(second.eqd2_gy)} Gy"
    if second.limit_gy is None or second.left_eqd2_gy is None:
        yield "  the scheme has no limit of its own for these courses; the sum is held against nothing"
        return
    metric = organ.metric or "metric not stated"
    said = f"{_side(second.eqd2_gy, second.limit_gy)} the scheme's own value {second.limit_gy} Gy ({metric})"
    yield f"  with it {number(second.eqd2_gy, second.limit_gy)} Gy: {said}"
    yield f"  left below it: {_cut(second.left_eqd2_gy)} Gy EQD2"
    yield from _fits(second.largest_fraction_gy, sums, "below it")


def _cord(found: CordScore) -> Iterator[str]:
    score = found.score
    parts = ("dose", score.dose_points), ("interval", score.interval_points), ("single course", score.course_points)
    listed = ", ".join(f"{name} {_plain(points)}" for name, points in parts)
    said = f"{_plain(score.points)} points ({listed}), the paper's {score.group} group"
    yield f"spinal cord score: {said}; {CAVEAT}"
    yield from (f"  source: {source_words(source)}" for source in found.sources)


def _side(dose_gy: Fraction, limit_gy: Decimal) -> str:
    return "above" if dose_gy > limit_gy else "not above"


def _plain(value: Fraction) -> str:
    return f"{float(value):g}"


def _gy(dose: Number) -> str:
    return f"{float(dose):.2f}"


def _cut(dose_gy: Fraction) -> str:
    """What is left, never rounded up."""
    return _gy(Fraction(int(dose_gy * 100), 100))
