from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinical_rules.dose import bed, eqd2
from clinical_rules.dose_models import (
    DailyFractions,
    EarlierDose,
    cumulative_with_recovery,
    discounted,
    incomplete_repair_bed,
    incomplete_repair_eqd2,
    lq_l_bed,
    lq_l_eqd2,
    repair_factor,
)
from clinical_rules.errors import DoseError

DOSES = st.decimals(min_value="0.1", max_value=120, places=2)
COUNTS = st.integers(min_value=1, max_value=40)
ALPHA_BETAS = st.decimals(min_value="0.5", max_value=20, places=2)
TRANSITIONS = st.decimals(min_value=2, max_value=20, places=1)
HOURS = st.decimals(min_value="0.1", max_value=48, places=1)


@pytest.mark.parametrize(
    ("total_gy", "fractions", "alpha_beta_gy", "bed_gy"), [(24, 3, 2, 114), (20, 1, 2, 122), (54, 3, 10, 108)]
)
def test_lq_l_has_the_worked_bed(total_gy, fractions, alpha_beta_gy, bed_gy) -> None:
    assert lq_l_bed(total_gy, fractions, alpha_beta_gy, 6) == bed_gy


@pytest.mark.parametrize(("total_gy", "fractions", "alpha_beta_gy", "bed_gy"), [(24, 3, 2, 120), (20, 1, 2, 220)])
def test_the_plain_model_says_more_there(total_gy, fractions, alpha_beta_gy, bed_gy) -> None:
    assert bed(total_gy, fractions, alpha_beta_gy) == bed_gy


def test_at_the_transition_dose_both_models_agree() -> None:
    assert lq_l_bed(18, 3, 2, 6) == bed(18, 3, 2)
    assert lq_l_bed(Decimal("18.03"), 3, 2, 6) < bed(Decimal("18.03"), 3, 2)


def test_eqd2_of_the_lq_l_model_needs_two_gray_in_the_curved_part() -> None:
    assert lq_l_eqd2(20, 1, 2, 6) == 61
    assert lq_l_eqd2(50, 25, 2, 2) == 50
    with pytest.raises(DoseError, match="at least 2 Gy"):
        lq_l_eqd2(20, 1, 2, Decimal("1.9"))


@given(DOSES, COUNTS, ALPHA_BETAS, TRANSITIONS)
def test_lq_l_never_says_more_than_the_plain_model(total_gy, fractions, alpha_beta_gy, transition_gy) -> None:
    assert lq_l_bed(total_gy, fractions, alpha_beta_gy, transition_gy) <= bed(total_gy, fractions, alpha_beta_gy)


@pytest.mark.parametrize(("half_time", "factor"), [("4.4", 0.389), ("4", 0.354), ("1.5", 0.0625)])
def test_two_fractions_six_hours_apart_have_the_published_factor(half_time, factor) -> None:
    assert float(repair_factor(DailyFractions(2, 6, Decimal(half_time)))) == pytest.approx(factor, abs=5e-4)


def test_the_factor_is_exact_where_the_gap_is_a_whole_number_of_half_times() -> None:
    assert repair_factor(DailyFractions(2, 6, Decimal("1.5"))) == Fraction(1, 16)
    assert repair_factor(DailyFractions(3, 6, 6)) == Fraction(2, 3) * (2 * Fraction(1, 2) + Fraction(1, 4))


def test_the_factor_is_that_of_the_closed_formula() -> None:
    phi = 2 ** -(6 / 4.1)
    closed = (2 / 3) * (phi / (1 - phi)) * (3 - (1 - phi**3) / (1 - phi))
    assert float(repair_factor(DailyFractions(3, 6, Decimal("4.1")))) == pytest.approx(closed, abs=1e-12)


def test_one_fraction_a_day_has_no_factor() -> None:
    assert repair_factor(DailyFractions(1, 6, 4)) == 0
    assert incomplete_repair_eqd2(50, 25, 2, DailyFractions(1, 6, 4)) == 50


def test_endless_repair_times_and_gaps_have_their_bounds() -> None:
    assert repair_factor(DailyFractions(2, 6, 10**20)) == 1
    assert float(repair_factor(DailyFractions(2, 10**9, 1))) == pytest.approx(0, abs=1e-300)
    assert float(repair_factor(DailyFractions(2, 10**9, 7))) == pytest.approx(0, abs=1e-300)


def test_a_twice_daily_course_has_the_published_eqd2() -> None:
    course = (Decimal("38.5"), 10, Decimal("3.4"))
    assert float(incomplete_repair_eqd2(*course, DailyFractions(2, 6, Decimal("4.4")))) == pytest.approx(
        62.36, abs=0.01
    )
    assert incomplete_repair_bed(60, 50, 3, DailyFractions(2, 6, Decimal("1.5"))) == Decimal("85.5")


@given(DOSES, COUNTS, ALPHA_BETAS, st.integers(2, 4), HOURS, HOURS)
def test_several_fractions_a_day_never_count_less_than_one(total_gy, count, alpha_beta_gy, per_day, gap, half) -> None:
    schedule = DailyFractions(per_day, gap, half)
    assert incomplete_repair_eqd2(total_gy, count, alpha_beta_gy, schedule) >= eqd2(total_gy, count, alpha_beta_gy)


@pytest.mark.parametrize(
    ("course", "alpha_beta_gy", "recovered", "left_gy", "limit_gy", "remaining_gy"),
    [
        ((45, 25), "2.5", "0.5", 21.5, 50, 28.5),
        ((30, 10), "2.5", "0.1", 33.0, 50, 17.0),
        ((60, 30), "2.5", "0.25", 45.0, 64, 19.0),
        ((Decimal("50.4"), 28), "2.5", "0.25", 36.12, 54, 17.88),
    ],
)
def test_the_worked_discounts_hold(course, alpha_beta_gy, recovered, left_gy, limit_gy, remaining_gy) -> None:
    earlier = EarlierDose(eqd2(*course, Decimal(alpha_beta_gy)), Decimal(recovered))
    assert float(discounted(earlier)) == pytest.approx(left_gy, abs=0.005)
    assert limit_gy - float(cumulative_with_recovery([earlier])) == pytest.approx(remaining_gy, abs=0.005)


def test_the_new_course_never_has_a_discount() -> None:
    assert cumulative_with_recovery([EarlierDose(60, Decimal("0.25")), EarlierDose(10, 1)], [20, 5]) == 70
    assert cumulative_with_recovery([EarlierDose(60)], [20]) == 80


@given(st.lists(DOSES, min_size=1, max_size=4), st.decimals(min_value=0, max_value=1, places=2))
def test_a_discount_never_raises_a_sum(doses, recovered) -> None:
    raw = cumulative_with_recovery([EarlierDose(dose) for dose in doses], [2])
    assert 2 <= cumulative_with_recovery([EarlierDose(dose, recovered) for dose in doses], [2]) <= raw


@pytest.mark.parametrize(
    ("call", "message"),
    [
        pytest.param(lambda: lq_l_bed(50, 25, 2, 0), "transition dose per fraction must be above 0", id="case 1"),
        pytest.param(lambda: lq_l_bed(50, 0, 2, 6), "number of fractions must be above 0", id="case 2"),
        pytest.param(lambda: lq_l_bed(-1, 25, 2, 6), "dose must be above 0", id="case 3"),
        pytest.param(lambda: lq_l_bed(50, 25, 0, 6), "alpha/beta must be above 0", id="case 4"),
        pytest.param(
            lambda: lq_l_eqd2(50, 25, 2, float("nan")),
            "transition dose per fraction must be a finite number",
            id="case 5",
        ),
        pytest.param(lambda: repair_factor(DailyFractions(0, 6, 4)), "fractions a day must be above 0", id="case 6"),
        pytest.param(
            lambda: repair_factor(DailyFractions(Fraction(3, 2), 6, 4)),
            "number of fractions a day must be a whole",
            id="case 7",
        ),
        pytest.param(
            lambda: repair_factor(DailyFractions(2, 0, 4)), "gap between fractions must be above 0", id="case 8"
        ),
        pytest.param(lambda: repair_factor(DailyFractions(2, 6, 0)), "repair half time must be above 0", id="case 9"),
        pytest.param(
            lambda: incomplete_repair_bed(0, 10, 3, DailyFractions(2, 6, 4)), "dose must be above 0", id="case 10"
        ),
        pytest.param(lambda: cumulative_with_recovery([]), "at least one dose", id="case 11"),
        pytest.param(lambda: cumulative_with_recovery([], [0]), "EQD2 must be above 0", id="case 12"),
        pytest.param(lambda: discounted(EarlierDose(60, Decimal("1.01"))), "from 0 .none. to 1", id="case 13"),
        pytest.param(lambda: discounted(EarlierDose(60, Decimal("-0.01"))), "from 0 .none. to 1", id="case 14"),
        pytest.param(lambda: discounted(EarlierDose(0, 0)), "EQD2 must be above 0", id="case 15"),
    ],
)
def test_what_no_formula_takes_is_an_error(call, message) -> None:
    with pytest.raises(DoseError, match=message):
        call()
