"""Time between courses: whole calendar months on dates, bands, and the end of a course that states none.

Month arithmetic: n months after the 31st is the last day of a shorter month. A bound that falls on a
day belongs to the band it opens. What is not known to the day is a range, and its shortest interval decides.
"""

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import MAXYEAR, date
from decimal import ROUND_DOWN, Decimal
from math import ceil
from typing import Literal

from clinical_rules.facts import PartialDate, RadiotherapyCourse

Band = str
"""`<3`, `3-6`, `6-12`, `>=12` for the bands of product.md; `unknown` where no interval can be told."""

UNKNOWN_BAND = "unknown"
MEAN_MONTH_DAYS = Decimal("30.4375")
"""365.25 days in twelve months: what the days beyond whole months are divided by."""

DAYS_PER_WEEK = 7
IN_EVERY_MONTH = 28
"""The last day that every month has."""
IntervalProblem = Literal["no-date", "no-fractions", "future", "record"]
"""Why there is no interval: no date at all, a start without fractions, an end after the new start, or the record's."""


def add_months(day: date, months: int) -> date:
    """The same day so many calendar months later, or the last day of that month where it has no such day.

    Where the calendar ends before it, the last day there is.

    >>> add_months(date(2026, 1, 31), 1)
    datetime.date(2026, 2, 28)
    """
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    if year > MAXYEAR:
        return date.max
    if day.day <= IN_EVERY_MONTH:
        return date(year, month + 1, day.day)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def whole_months(earlier: date, later: date) -> int:
    """Whole calendar months from one day to a later one.

    >>> whole_months(date(2026, 1, 31), date(2026, 2, 28))
    1
    """
    months = (later.year - earlier.year) * 12 + later.month - earlier.month
    return months if add_months(earlier, months) <= later else months - 1


def months_between(earlier: date, later: date, days_per_month: Decimal = MEAN_MONTH_DAYS) -> Decimal:
    """Whole calendar months plus the remaining days divided by the mean month, cut to one decimal.

    >>> months_between(date(2026, 1, 15), date(2026, 4, 14))
    Decimal('2.9')
    >>> months_between(date(2026, 1, 15), date(2026, 4, 15))
    Decimal('3.0')
    """
    if later < earlier:
        raise ValueError("the later day lies before the earlier one")
    months = whole_months(earlier, later)
    rest = Decimal((later - add_months(earlier, months)).days)
    return months + (rest / days_per_month).quantize(Decimal("0.1"), ROUND_DOWN)


def at_least_months(earlier: date, later: date, months: int) -> bool:
    """Whether so many whole calendar months have passed; decided on dates, the bound included."""
    return add_months(earlier, months) <= later


def band_of(earlier: date, later: date, bounds_months: Sequence[int]) -> Band:
    """The band of an interval, by ascending bounds in months.

    >>> [band_of(date(2026, 1, 15), day, (3, 6, 12)) for day in (date(2026, 4, 14), date(2026, 4, 15))]
    ['<3', '3-6']
    """
    passed = [bound for bound in bounds_months if at_least_months(earlier, later, bound)]
    if not passed:
        return f"<{bounds_months[0]}"
    if len(passed) == len(bounds_months):
        return f">={passed[-1]}"
    return f"{passed[-1]}-{bounds_months[len(passed)]}"


@dataclass(frozen=True, slots=True)
class TimeRules:
    """The numbers that intervals are judged by, from the knowledge."""

    bounds_months: tuple[int, ...]
    days_per_month: Decimal
    fractions_per_week: Decimal


@dataclass(frozen=True, slots=True)
class Span:
    """The days a course can have ended on and those the new start can fall on, each first and last.

    `begun` is the first day an estimated course can have begun on: it did not end before that.
    """

    first_end: date
    last_end: date
    first_start: date
    last_start: date
    begun: date | None = None


@dataclass(frozen=True, slots=True)
class Interval:
    """The time from the end of a course to a new start; `unknown` and None where it cannot be told.

    `months` and `band` are those of the shortest interval that the dates allow, `longest_months` and
    `longest_band` those of the longest. `end` is the end as stated or estimated.
    """

    band: Band = UNKNOWN_BAND
    longest_band: Band = UNKNOWN_BAND
    months: Decimal | None = None
    longest_months: Decimal | None = None
    end: PartialDate | None = None
    estimated: bool = False
    running: bool = False
    problem: IntervalProblem | None = None
    span: Span | None = None

    def at_least(self, months: int) -> bool | None:
        """Whether so many months have passed, the bound included; None where that cannot be told.

        An estimated end may have been later or earlier: below the bound is certain only if the start already is.
        """
        if self.span is None:
            return None
        if at_least_months(self.span.last_end, self.span.first_start, months):
            return True
        first_end = self.span.begun or self.span.first_end
        return None if at_least_months(first_end, self.span.last_start, months) else False

    def under_days(self, days: int) -> bool:
        """Whether fewer days have passed, whichever of its dates the course ended on."""
        return self.span is not None and (self.span.last_start - self.span.first_end).days < days


def interval_since(course: RadiotherapyCourse, start: PartialDate, rules: TimeRules) -> Interval:
    """The interval from the last fraction of a course to a new start.

    Without an end it is estimated from the start and the number of fractions. A running course has not
    ended: its interval is nil. Dates that contradict each other, or an end after the new start, give none.
    """
    if course.date_problem is not None or _reversed(course):
        return Interval(end=course.end, problem="record")
    if course.status == "in-progress" and _has_begun(course, start) and not _ended(course, start):
        return _between(Span(start.earliest, start.earliest, start.earliest, start.earliest), rules, running=True)
    if course.end is not None:
        return _since_end(course.end, start, rules, None)
    if course.start is None or course.fractions is None:
        return Interval(problem="no-date" if course.start is None else "no-fractions")
    return _since_end(_estimated_end(course.start, course.fractions, rules), start, rules, course.start.earliest)


def _since_end(end: PartialDate, start: PartialDate, rules: TimeRules, begun: date | None) -> Interval:
    if (begun or end.earliest) > start.latest:
        return Interval(end=end, estimated=begun is not None, problem="future")
    first_end = min(end.earliest, start.latest)
    return _between(
        Span(first_end, min(end.latest, start.earliest), start.earliest, start.latest, begun), rules, end=end
    )


def _between(span: Span, rules: TimeRules, *, end: PartialDate | None = None, running: bool = False) -> Interval:
    shortest = min(span.last_end, span.first_start), span.first_start
    longest = span.first_end, span.last_start
    band, months = band_of(*shortest, rules.bounds_months), months_between(*shortest, rules.days_per_month)
    exact = shortest == longest
    return Interval(
        band=band,
        longest_band=band if exact else band_of(*longest, rules.bounds_months),
        months=months,
        longest_months=months if exact else months_between(*longest, rules.days_per_month),
        end=end,
        estimated=span.begun is not None,
        running=running,
        span=span,
    )


def _estimated_end(start: PartialDate, fractions: int, rules: TimeRules) -> PartialDate:
    days = ceil(DAYS_PER_WEEK * fractions / rules.fractions_per_week)
    return PartialDate(_days_after(start.earliest, days), _days_after(start.latest, days))


def _days_after(day: date, days: int) -> date:
    """A day so many days later; the last day there is where the calendar ends before it."""
    return date.fromordinal(min(day.toordinal() + days, date.max.toordinal()))


def _reversed(course: RadiotherapyCourse) -> bool:
    return course.start is not None and course.end is not None and course.end.latest < course.start.earliest


def _has_begun(course: RadiotherapyCourse, start: PartialDate) -> bool:
    return course.start is None or course.start.earliest <= start.latest


def _ended(course: RadiotherapyCourse, start: PartialDate) -> bool:
    return course.end is not None and course.end.latest < start.earliest
