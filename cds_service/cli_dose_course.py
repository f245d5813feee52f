"""A course as typed on the command line."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from re import ASCII
from re import compile as pattern

from cds_service.errors import InputRefusedError

_COURSE = pattern(r"(\d{1,4}(?:\.\d{1,6})?)/(\d{1,3})(?:@(\d{4}-\d{2}-\d{2}))?", ASCII)


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


def read_course(text: str) -> Course:
    """A course from TOTAL/FRACTIONS[@END].

    >>> str(read_course("14/3@2026-01-10"))
    '14 Gy in 3 fx, ended 2026-01-10'
    """
    found = _COURSE.fullmatch(text)
    try:
        if found is None or not Decimal(found[1]) or not int(found[2]):
            raise ValueError
        return Course(Decimal(found[1]), int(found[2]), date.fromisoformat(found[3]) if found[3] else None)
    except ValueError:
        raise InputRefusedError(f"{text}: expected TOTAL/FRACTIONS[@END], for example 14/3@2026-01-10") from None
