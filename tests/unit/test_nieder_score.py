from datetime import date
from decimal import Decimal

import pytest

from clinical_rules.dose import bed
from clinical_rules.errors import DoseError
from clinical_rules.knowledge import load_knowledge
from clinical_rules.nieder_score import nieder_rules, nieder_score

RULES = nieder_rules(load_knowledge(today=date(2026, 11, 23)).on(date(2026, 11, 23)))


@pytest.mark.parametrize(
    ("courses", "months", "points", "group"),
    [
        ([(30, 10), (20, 5)], 12, 2, "low"),
        ([(50, 25), (20, 5)], 8, 4, "intermediate"),
        ([(50, 25), (20, 5)], 4, "8.5", "high"),
        ([(45, 25), (30, 10)], 24, 5, "intermediate"),
        ([(55, 25), (8, 1)], 12, "8.5", "high"),
        ([(20, 5), (20, 5)], 7, 0, "low"),
        ([(8, 1), (8, 1)], 3, "4.5", "intermediate"),
    ],
)
def test_the_worked_cases_have_their_points(courses, months, points, group) -> None:
    score = nieder_score([bed(*course, 2) for course in courses], months, RULES)
    assert (score.points, score.group) == (Decimal(points), group)


@pytest.mark.parametrize(
    ("cumulative", "points"), [("120", 0), ("120.1", 1), ("130", 1), ("130.1", 2), ("200", 8), ("200.1", 9)]
)
def test_a_cumulative_bed_at_a_bound_is_below_it(cumulative, points) -> None:
    half = Decimal(cumulative) / 2
    assert nieder_score([half, half], 12, RULES).dose_points == points


def test_the_components_stand_apart() -> None:
    score = nieder_score([Decimal("102"), Decimal("20")], Decimal("5.9"), RULES)
    assert (score.dose_points, score.interval_points, score.course_points) == (1, Decimal("4.5"), Decimal("4.5"))


def test_a_course_at_102_has_the_penalty_and_one_below_it_has_not() -> None:
    assert nieder_score([Decimal("101.9")], 12, RULES).points == 0
    assert nieder_score([Decimal(102)], 12, RULES).points == Decimal("4.5")


def test_an_interval_of_six_months_is_not_short() -> None:
    assert nieder_score([100], 6, RULES).interval_points == 0
    assert nieder_score([100], Decimal("5.9"), RULES).interval_points == Decimal("4.5")


@pytest.mark.parametrize(("beds", "months"), [([], 12), ([100, 0], 12), ([100], -1)])
def test_a_score_without_usable_numbers_is_an_error(beds, months) -> None:
    with pytest.raises(DoseError):
        nieder_score(beds, months, RULES)
