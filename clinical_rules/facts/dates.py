"""Dates as precise as the record states them."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from typing import Literal

Precision = Literal["day", "month", "year"]
_LENGTHS: dict[Precision, int] = {"day": 10, "month": 7, "year": 4}
"""Characters of the ISO 8601 text."""


@dataclass(frozen=True, slots=True)
class PartialDate:
    """A calendar date known to the day, the month or the year.

    `earliest` and `latest` are the first and last day it can mean; for a full date they are equal.

    >>> PartialDate.of(2024, 2)
    PartialDate(earliest=datetime.date(2024, 2, 1), latest=datetime.date(2024, 2, 29))
    >>> PartialDate.of(2024).precision
    'year'
    """

    earliest: date
    latest: date

    @classmethod
    def of(cls, year: int, month: int | None = None, day: int | None = None) -> "PartialDate":
        """The date for a year, a year and month, or a full date; ValueError where there is no such day."""
        if month is None:
            return cls(date(year, 1, 1), date(year, 12, 31))
        if day is None:
            return cls(date(year, month, 1), date(year, month, monthrange(year, month)[1]))
        return cls.on(date(year, month, day))

    @classmethod
    def on(cls, day: date) -> "PartialDate":
        """The date known to the day."""
        return cls(day, day)

    @property
    def precision(self) -> Precision:
        """How much of the date the record states."""
        if self.earliest == self.latest:
            return "day"
        return "month" if self.earliest.month == self.latest.month else "year"

    def __str__(self) -> str:
        """ISO 8601 with no more digits than are known.

        >>> str(PartialDate.of(2024, 2))
        '2024-02'
        """
        return self.earliest.isoformat()[: _LENGTHS[self.precision]]
