"""Days counted back from the day of the demonstration."""

from datetime import date, timedelta

_DAYS_PER_MONTH = 30.4375


def months_ago(today: date, months: float) -> date:
    """The day this many months before today, to within a day."""
    return today - timedelta(days=round(months * _DAYS_PER_MONTH))


def course_dates(today: date, months_since_end: float, weeks: float) -> tuple[date, date]:
    """First and last day of a course that ended so long ago and lasted so many weeks."""
    end = months_ago(today, months_since_end)
    return end - timedelta(days=round(weeks * 7)), end
