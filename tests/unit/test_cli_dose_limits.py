"""rert-cds dose as a calculator: worked cases with literal numbers, recovery beside the raw sum, what still fits."""

import json
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cds_service.cli import main
from cds_service.fitting import largest_fraction_gy
from clinical_rules.dose import eqd2

ON = ("--on", "2026-11-20")
CORD = ("--structure", "SpinalCord", *ON)


def machine(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    assert main(["dose", *arguments, "--json"]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def text(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(["dose", *arguments]) == 0
    return capsys.readouterr().out


def test_fourteen_in_three_after_fifty_is_above_the_cord_value(capsys: pytest.CaptureFixture[str]) -> None:
    found = machine(capsys, "50/25@2024-11-20", "14/3", *CORD)
    [limit] = found["limits"]
    assert (round(found["bedGy"], 2), round(found["eqd2Gy"], 2)) == (146.67, 73.33)
    assert (limit["limitGy"], limit["priorEqd2Gy"], round(limit["cumulativeEqd2Gy"], 2)) == (70.0, 50.0, 73.33)
    assert (limit["above"], limit["remainingEqd2Gy"], limit["largestDosePerFractionGy"]) == (True, 20.0, 4.25)


def test_five_fractions_of_three_after_twenty_meet_every_condition(capsys: pytest.CaptureFixture[str]) -> None:
    found = machine(capsys, "20/10@2025-11-20", "15/5", *CORD)
    [limit] = found["limits"]
    assert (found["eqd2Gy"], limit["above"]) == (38.75, False)
    assert {one["state"] for one in limit["conditions"]} == {"met"}
    assert (limit["remainingEqd2Gy"], limit["largestDosePerFractionGy"]) == (20.0, 3.12)


def test_a_new_part_of_eighteen_in_five_breaks_its_condition(capsys: pytest.CaptureFixture[str]) -> None:
    said = text(capsys, "30/15@2020-01-01", "18/5", *CORD)
    assert "condition: new part at most 25 Gy EQD2: not met" in said
    assert "sum 55.2 Gy: not above the value compared" in said


def test_nothing_fits_where_the_interval_is_too_short(capsys: pytest.CaptureFixture[str]) -> None:
    said = text(capsys, "40/20@2026-06-21", "14/3", *CORD)
    assert "condition: interval at least 5 months: not met" in said
    assert "would still fit under all conditions in 3 fx: no dose per fraction" in said
    assert "interval at least 5 months: met" in text(capsys, "40/20@2026-06-20", "14/3", *CORD)


def test_any_number_of_courses_is_summed(capsys: pytest.CaptureFixture[str]) -> None:
    courses = ("20/10@2010-01-01", "30/10@2015-01-01", "8/1@2020-01-01", "20/5@2025-01-01", "14/3")
    found = machine(capsys, *courses, *CORD)
    assert len(found["courses"]) == 5
    assert found["eqd2Gy"] == pytest.approx(20 + 37.5 + 20 + 30 + 70 / 3)
    assert found["limits"][0]["applies"].endswith("several earlier courses")


@pytest.mark.parametrize(
    ("course", "structure", "recovered", "left", "remaining"),
    [
        ("45/25@2025-09-20", "SpinalCord", 0.5, 21.5, 28.5),
        ("30/10@2026-07-20", "SpinalCord", 0.1, 33.0, 17.0),
        ("60/30@2026-03-20", "Brainstem", 0.25, 45.0, 19.0),
        ("50.4/28@2026-03-20", "Bowel_Small", 0.25, 36.12, 17.88),
    ],
)
def test_the_scheme_has_its_own_alpha_beta_and_limit(
    capsys: pytest.CaptureFixture[str], course: str, structure: str, recovered: float, left: float, remaining: float
) -> None:
    second = machine(capsys, course, "--structure", structure, "--recovery", "michigan-2019", *ON)["recovery"]
    assert (second["alphaBetaGy"], second["recovered"]) == (2.5, [recovered])
    assert second["cumulativeEqd2Gy"] == pytest.approx(left)
    assert second["remainingEqd2Gy"] == pytest.approx(remaining)


def test_both_sums_are_shown_and_the_new_part_has_no_discount(capsys: pytest.CaptureFixture[str]) -> None:
    said = text(capsys, "50/25@2024-11-20", "14/3", "--recovery", "nieder-bands", *CORD)
    assert "sum 73.33 Gy: above the value compared" in said
    assert "sum without recovery: 73.33 Gy; with it: 48.33 Gy" in said
    assert "with it 48.33 Gy: not above the scheme's own value 50 Gy" in said


def test_without_a_date_nothing_is_taken_off(capsys: pytest.CaptureFixture[str]) -> None:
    said = text(capsys, "50/25", "14/3", "--recovery", "nieder-bands", *CORD)
    assert "course 1: 0 % taken off (its end is not given)" in said


def test_no_scheme_takes_anything_off_the_bladder(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ("60/30@2020-01-01", "--structure", "Bladder", "--recovery", "michigan-2019", *ON)
    second = machine(capsys, *arguments)["recovery"]
    assert second["recovered"] == [0.0]
    assert "Bladder" in second["refused"]


def test_a_scheme_of_one_structure_needs_no_name(capsys: pytest.CaptureFixture[str]) -> None:
    second = machine(capsys, "50/25@2025-01-01", "--recovery", "nieder-bands", "--alpha-beta", "2", *ON)["recovery"]
    assert (second["undiscountedEqd2Gy"], second["cumulativeEqd2Gy"]) == (50.0, 25.0)


@pytest.mark.parametrize(
    ("courses", "points", "group"),
    [
        (("30/10@2025-11-20", "20/5"), 2.0, "low"),
        (("50/25@2026-03-20", "20/5"), 4.0, "intermediate"),
        (("50/25@2026-07-20", "20/5"), 8.5, "high"),
        (("45/25@2024-11-20", "30/10"), 5.0, "intermediate"),
        (("55/25@2025-11-20", "8/1"), 8.5, "high"),
        (("20/5@2026-04-20", "20/5"), 0.0, "low"),
    ],
)
def test_the_score_of_the_cord_stands_beside_the_limits(
    capsys: pytest.CaptureFixture[str], courses: tuple[str, str], points: float, group: str
) -> None:
    assert machine(capsys, *courses, *CORD)["niederScore"] == {"points": points, "group": group}


def test_the_score_needs_a_date_and_the_cord(capsys: pytest.CaptureFixture[str]) -> None:
    assert "niederScore" not in machine(capsys, "50/25", "20/5", *CORD)
    assert "niederScore" not in machine(capsys, "50/25@2020-01-01", "20/5", "--structure", "Brainstem", *ON)


def test_a_dose_that_looks_like_another_unit_is_asked_about(capsys: pytest.CaptureFixture[str]) -> None:
    assert "course 1: above 120 Gy in all; is the dose in Gy?" in text(capsys, "5040/28", "--alpha-beta", "3")


@given(
    left=st.fractions(min_value=Fraction(1, 100), max_value=120),
    fractions=st.integers(min_value=1, max_value=40),
    alpha_beta=st.sampled_from((2, 3, Decimal("2.5"))),
)
def test_the_largest_dose_per_fraction_fits_and_the_next_hundredth_does_not(
    left: Fraction, fractions: int, alpha_beta: int | Decimal
) -> None:
    found = Fraction(largest_fraction_gy(left, fractions, alpha_beta))
    assert not found or eqd2(found * fractions, fractions, alpha_beta) <= left
    assert eqd2((found + Fraction(1, 100)) * fractions, fractions, alpha_beta) > left
