from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinical_rules import dose
from clinical_rules.errors import DoseError

DOSES = st.decimals(min_value="0.1", max_value=120, places=2)
COUNTS = st.integers(min_value=1, max_value=60)
ALPHA_BETAS = st.decimals(min_value="0.5", max_value=20, places=2)


@pytest.mark.parametrize(
    ("total_gy", "fractions", "alpha_beta_gy", "eqd2_gy", "bed_gy"),
    [
        ("50", 25, "2", "50", "100"),
        ("30", 10, "2", "37.5", "75"),
        ("18", 5, "2", "25.2", "50.4"),
        ("54", 3, "10", "126", "151.2"),
        ("42.5", 16, "10", "44.8242", "53.7891"),
        ("50.4", 28, "3", "48.384", "80.64"),
        ("8", 1, "2", "20", "40"),
        ("36", 20, "10", "35.4", "42.48"),
        ("60", 60, "3", "48", "80"),
    ],
)
def test_one_course_has_the_published_eqd2_and_bed(
    total_gy: str, fractions: int, alpha_beta_gy: str, eqd2_gy: str, bed_gy: str
) -> None:
    course = (Decimal(total_gy), fractions, Decimal(alpha_beta_gy))
    assert float(dose.eqd2(*course)) == pytest.approx(float(eqd2_gy), abs=5e-5)
    assert float(dose.bed(*course)) == pytest.approx(float(bed_gy), abs=5e-5)


def test_a_known_wrong_public_value_is_not_ours() -> None:
    assert round(float(dose.eqd2(Decimal("42.5"), 16, 10)), 2) == 44.82
    assert dose.eqd2(54, 3, 10) == 126
    assert dose.bed(54, 3, 10) == Fraction(1512, 10)


def test_eighteen_gray_in_five_is_over_twenty_five() -> None:
    assert dose.eqd2(18, 5, 2) > 25


def test_fifty_in_twenty_five_then_fourteen_in_three_is_over_seventy() -> None:
    total = dose.cumulative_eqd2([(50, 25), (14, 3)], 2)
    assert total == Fraction(220, 3)
    assert total > 70


def test_phases_with_different_fraction_sizes_add_up_as_eqd2() -> None:
    assert dose.cumulative_eqd2([(45, 25), (Decimal("16.5"), 3)], 3) != dose.eqd2(Decimal("61.5"), 28, 3)


def test_a_float_means_the_decimal_it_is_written_as() -> None:
    assert dose.eqd2(50.4, 28, 3) == dose.eqd2(Decimal("50.4"), 28, 3)


@pytest.mark.parametrize(
    ("total_gy", "fractions", "alpha_beta_gy"),
    [
        (0, 25, 2),
        (-1, 25, 2),
        (50, 0, 2),
        (50, -5, 2),
        (50, 2.5, 2),
        (50, 25, 0),
        (50, 25, -3),
        (Decimal("NaN"), 25, 2),
        (float("nan"), 25, 2),
        (float("inf"), 25, 2),
        (50, 25, Decimal("Infinity")),
        ("50", 25, 2),
        (True, 25, 2),
        (50, 25, None),
    ],
)
@pytest.mark.parametrize("formula", [dose.bed, dose.eqd2])
def test_what_no_formula_takes_is_an_error(
    formula: object, total_gy: object, fractions: object, alpha_beta_gy: object
) -> None:
    with pytest.raises(DoseError):
        formula(total_gy, fractions, alpha_beta_gy)  # type: ignore[operator]  # wrong types are the point


def test_a_sum_of_no_dose_is_an_error() -> None:
    with pytest.raises(DoseError, match="at least one"):
        dose.cumulative_eqd2([], 2)


@pytest.mark.parametrize("convert", [dose.eqd2_from_bed, dose.bed_from_eqd2])
def test_a_conversion_refuses_zero(convert: object) -> None:
    with pytest.raises(DoseError):
        convert(0, 2)  # type: ignore[operator]  # one of two functions
    with pytest.raises(DoseError):
        convert(50, 0)  # type: ignore[operator]  # one of two functions


@given(COUNTS, ALPHA_BETAS)
def test_two_gray_fractions_are_their_own_eqd2(fractions: int, alpha_beta_gy: Decimal) -> None:
    assert dose.eqd2(2 * fractions, fractions, alpha_beta_gy) == 2 * fractions


@given(DOSES, COUNTS, ALPHA_BETAS, ALPHA_BETAS)
def test_above_two_gray_a_lower_alpha_beta_means_a_higher_eqd2(
    total_gy: Decimal, fractions: int, one: Decimal, other: Decimal
) -> None:
    low, high = sorted((one, other))
    late, early = dose.eqd2(total_gy, fractions, low), dose.eqd2(total_gy, fractions, high)
    assert late >= early if total_gy >= 2 * fractions else late <= early


@given(st.lists(st.tuples(DOSES, COUNTS), min_size=1, max_size=5), DOSES, COUNTS, ALPHA_BETAS)
def test_a_further_course_never_lowers_the_sum(
    courses: list[tuple[Decimal, int]], total_gy: Decimal, fractions: int, alpha_beta_gy: Decimal
) -> None:
    before = dose.cumulative_eqd2(courses, alpha_beta_gy)
    assert dose.cumulative_eqd2([*courses, (total_gy, fractions)], alpha_beta_gy) > before


@given(DOSES, COUNTS, ALPHA_BETAS)
def test_the_inverse_inverts(total_gy: Decimal, fractions: int, alpha_beta_gy: Decimal) -> None:
    goal = dose.eqd2(total_gy, fractions, alpha_beta_gy)
    assert dose.dose_per_fraction(goal, fractions, alpha_beta_gy) == pytest.approx(float(total_gy) / fractions)


@given(DOSES, COUNTS, ALPHA_BETAS)
def test_bed_and_eqd2_say_the_same(total_gy: Decimal, fractions: int, alpha_beta_gy: Decimal) -> None:
    bed_gy, eqd2_gy = dose.bed(total_gy, fractions, alpha_beta_gy), dose.eqd2(total_gy, fractions, alpha_beta_gy)
    assert dose.eqd2_from_bed(bed_gy, alpha_beta_gy) == eqd2_gy
    assert dose.bed_from_eqd2(eqd2_gy, alpha_beta_gy) == bed_gy
    assert dose.eqdx(total_gy, fractions, alpha_beta_gy, 2) == eqd2_gy
