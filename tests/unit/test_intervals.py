from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinical_rules.facts import Modality, PartialDate, RadiotherapyCourse
from clinical_rules.intervals import (
    Interval,
    TimeRules,
    add_months,
    at_least_months,
    band_of,
    interval_since,
    months_between,
    whole_months,
)

RULES = TimeRules(bounds_months=(3, 6, 12), days_per_month=Decimal("30.4375"), fractions_per_week=Decimal(5))
DAYS = st.dates(min_value=date(1950, 1, 1), max_value=date(2090, 12, 31))


def course(
    end: PartialDate | None = None,
    start: PartialDate | None = None,
    fractions: int | None = None,
    status: str = "completed",
    date_problem: str | None = None,
) -> RadiotherapyCourse:
    return RadiotherapyCourse(
        reference="Procedure/1",
        references=("Procedure/1",),
        status=status,  # type: ignore[arg-type]  # one of the closed set
        modalities=(Modality.PHOTON,),
        start=start,
        end=end,
        fractions=fractions,
        date_problem=date_problem,
    )


def since(told: RadiotherapyCourse, on: PartialDate | date) -> Interval:
    return interval_since(told, PartialDate.on(on) if isinstance(on, date) else on, RULES)


@pytest.mark.parametrize(
    ("earlier", "later", "months"),
    [
        (date(2026, 1, 15), date(2026, 1, 15), "0.0"),
        (date(2026, 1, 15), date(2026, 2, 14), "0.9"),
        (date(2026, 1, 31), date(2026, 2, 28), "1.0"),
        (date(2024, 1, 31), date(2024, 2, 28), "0.9"),
        (date(2024, 1, 31), date(2024, 2, 29), "1.0"),
        (date(2024, 2, 29), date(2025, 2, 28), "12.0"),
        (date(2026, 8, 31), date(2026, 11, 29), "2.9"),
        (date(2026, 8, 31), date(2026, 11, 30), "3.0"),
        (date(2025, 11, 20), date(2026, 11, 19), "11.9"),
        (date(2025, 11, 20), date(2026, 11, 20), "12.0"),
        (date(2025, 9, 20), date(2026, 11, 26), "14.1"),
    ],
)
def test_months_are_whole_calendar_months_and_the_rest_cut(earlier: date, later: date, months: str) -> None:
    assert months_between(earlier, later) == Decimal(months)


def test_reversed_days_are_refused() -> None:
    with pytest.raises(ValueError, match="before the earlier"):
        months_between(date(2026, 2, 1), date(2026, 1, 1))


@pytest.mark.parametrize(
    ("later", "band"),
    [
        (date(2025, 12, 1), "<3"),
        (date(2026, 2, 27), "<3"),
        (date(2026, 2, 28), "3-6"),
        (date(2026, 5, 29), "3-6"),
        (date(2026, 5, 30), "6-12"),
        (date(2026, 11, 29), "6-12"),
        (date(2026, 11, 30), ">=12"),
    ],
)
def test_a_bound_belongs_to_the_band_it_opens(later: date, band: str) -> None:
    assert band_of(date(2025, 11, 30), later, (3, 6, 12)) == band


@given(DAYS, st.integers(min_value=0, max_value=600))
def test_so_many_months_after_a_day_that_many_have_passed(day: date, months: int) -> None:
    later = add_months(day, months)
    assert at_least_months(day, later, months)
    assert whole_months(day, later) >= months


@given(DAYS, DAYS)
def test_the_decimal_never_says_more_than_the_whole_months(one: date, other: date) -> None:
    earlier, later = sorted((one, other))
    assert int(months_between(earlier, later)) == whole_months(earlier, later)


def test_a_full_date_has_one_interval() -> None:
    interval = since(course(end=PartialDate.of(2025, 9, 20)), date(2026, 11, 20))
    assert (interval.months, interval.band, interval.longest_band) == (Decimal("14.0"), ">=12", ">=12")
    assert (interval.estimated, interval.running, interval.problem) == (False, False, None)
    assert interval.at_least(14) is True
    assert interval.at_least(15) is False


def test_a_month_gives_a_range_and_its_shortest_interval_decides() -> None:
    interval = since(course(end=PartialDate.of(2026, 8)), date(2026, 11, 15))
    assert (interval.months, interval.longest_months) == (Decimal("2.4"), Decimal("3.4"))
    assert (interval.band, interval.longest_band) == ("<3", "3-6")
    assert interval.at_least(3) is None


def test_a_year_that_is_not_over_ends_no_later_than_the_new_start() -> None:
    interval = since(course(end=PartialDate.of(2026)), date(2026, 11, 15))
    assert (interval.months, interval.band, interval.longest_band) == (Decimal("0.0"), "<3", "6-12")


def test_a_planned_start_known_to_the_month_counts_from_its_first_day() -> None:
    interval = since(course(end=PartialDate.of(2026, 9, 15)), PartialDate.of(2026, 12))
    assert (interval.band, interval.longest_band) == ("<3", "3-6")


def test_the_same_month_for_end_and_start_is_a_range_from_nothing() -> None:
    interval = since(course(end=PartialDate.of(2026, 12, 10)), PartialDate.of(2026, 12))
    assert (interval.months, interval.longest_months) == (Decimal("0.0"), Decimal("0.6"))


def test_without_an_end_it_is_estimated_at_five_fractions_a_week() -> None:
    interval = since(course(start=PartialDate.of(2026, 1, 5), fractions=25), date(2026, 8, 9))
    assert str(interval.end) == "2026-02-09"
    assert (interval.estimated, interval.months, interval.band) == (True, Decimal("6.0"), "6-12")


def test_an_estimated_end_after_today_is_today() -> None:
    interval = since(course(start=PartialDate.of(2026, 11, 1), fractions=30), date(2026, 11, 20))
    assert (interval.months, interval.band) == (Decimal("0.0"), "<3")


def test_an_estimate_below_a_bound_is_certain_only_if_the_start_is() -> None:
    late = since(course(start=PartialDate.of(2026, 6, 15), fractions=25), date(2026, 11, 20))
    early = since(course(start=PartialDate.of(2026, 7, 15), fractions=25), date(2026, 11, 20))
    assert late.at_least(5) is None
    assert early.at_least(5) is False


@pytest.mark.parametrize(
    ("told", "problem"),
    [
        (course(), "no-date"),
        (course(start=PartialDate.of(2025, 1, 1)), "no-fractions"),
        (course(end=PartialDate.of(2026, 12, 1)), "future"),
        (course(start=PartialDate.of(2026, 12, 1), fractions=5), "future"),
        (course(start=PartialDate.of(2025, 5, 1), end=PartialDate.of(2025, 4, 1)), "record"),
        (course(end=PartialDate.of(2025, 4, 1), date_problem="reversed"), "record"),
    ],
)
def test_without_usable_dates_the_band_is_unknown_and_says_why(told: RadiotherapyCourse, problem: str) -> None:
    interval = since(told, date(2026, 11, 20))
    assert (interval.band, interval.months, interval.problem) == ("unknown", None, problem)
    assert interval.at_least(3) is None
    assert not interval.under_days(42)


@pytest.mark.parametrize("end", [None, PartialDate.of(2026, 12, 24)])
def test_a_running_course_has_not_ended(end: PartialDate | None) -> None:
    interval = since(course(start=PartialDate.of(2026, 11, 1), end=end, status="in-progress"), date(2026, 11, 20))
    assert (interval.running, interval.months, interval.band) == (True, Decimal("0.0"), "<3")
    assert interval.under_days(42)


def test_a_course_in_progress_that_states_a_past_end_ended_then() -> None:
    interval = since(course(end=PartialDate.of(2026, 6, 1), status="in-progress"), date(2026, 11, 20))
    assert (interval.running, interval.band) == (False, "3-6")


def test_a_course_in_progress_that_has_not_begun_lies_in_the_future() -> None:
    told = course(start=PartialDate.of(2026, 12, 1), fractions=5, status="in-progress")
    assert since(told, date(2026, 11, 20)).problem == "future"


def test_dates_beyond_the_calendar_end_with_it() -> None:
    assert add_months(date(9999, 6, 1), 12) == date.max
    told = course(start=PartialDate.of(2026, 1, 5), fractions=10**9)
    assert since(told, date(2026, 8, 9)).months == Decimal("0.0")
