"""Courses as typed on the command line, in the order in which they were given."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from re import ASCII
from re import compile as pattern

from cds_service.errors import InputRefusedError

EXAMPLE = "for example 14/3@2026-01-10"
_COURSE = pattern(r"(-?\d{1,6}(?:\.\d{1,6})?)/(-?\d{1,6}(?:\.\d{1,6})?)(?:@(.*))?", ASCII)
_DAY = pattern(r"\d{4}-\d{2}-\d{2}", ASCII)


@dataclass(frozen=True, slots=True)
class Course:
    """One course as typed: total dose, fractions, the day of its last fraction if given."""

    total_dose_gy: Decimal
    fractions: int
    end: date | None

    @property
    def fraction_dose_gy(self) -> Fraction:
        """The dose of one fraction."""
        return Fraction(self.total_dose_gy) / self.fractions

    def __str__(self) -> str:
        return f"{self.total_dose_gy} Gy in {self.fractions} fx" + (f", ended {self.end}" if self.end else "")


def read_courses(texts: Sequence[str], day: date) -> tuple[Course, ...]:
    """The courses; InputRefusedError for one that ends after `day`, or before one that stands before it."""
    courses = tuple(map(read_course, texts))
    dated = [(text, course.end) for text, course in zip(texts, courses, strict=True) if course.end]
    for text, end in dated:
        if end > day:
            raise InputRefusedError(f"{text}: ends after {day}; leave out the end of a planned course, or set --on")
    for (before, earlier), (text, later) in pairwise(dated):
        if later < earlier:
            raise InputRefusedError(f"{text}: ends before {before}; expected courses in the order they were given")
    return courses


def read_course(text: str) -> Course:
    """A course from TOTAL/FRACTIONS[@END].

    >>> str(read_course("14/3@2026-01-10"))
    '14 Gy in 3 fx, ended 2026-01-10'
    """
    found = _COURSE.fullmatch(text)
    if found is None:
        raise InputRefusedError(f"{text}: expected TOTAL/FRACTIONS[@END], {EXAMPLE}")
    total_gy, fractions = Decimal(found[1]), Decimal(found[2])
    if total_gy <= 0:
        raise InputRefusedError(f"{text}: expected a total dose above 0 Gy, {EXAMPLE}")
    if fractions <= 0 or fractions != int(fractions):
        raise InputRefusedError(f"{text}: expected a whole number of fractions above 0, {EXAMPLE}")
    return Course(total_gy, int(fractions), None if found[3] is None else _end(text, found[3]))


def _end(text: str, written: str) -> date:
    try:
        if _DAY.fullmatch(written) is None:
            raise ValueError
        return date.fromisoformat(written)
    except ValueError:
        raise InputRefusedError(f"{text}: expected the end as a date, {EXAMPLE}") from None
