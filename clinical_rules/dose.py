"""Radiobiology of dose: BED and EQD2 by the linear-quadratic model; nothing about patients.

All arithmetic is exact (`fractions.Fraction`): a dose is compared with a limit before anything is rounded.
What no formula takes (zero, negative, not a number, a part of a fraction) is a `DoseError`, never a fallback.
"""

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from math import sqrt

from clinical_rules.errors import DoseError

Number = int | float | Decimal | Fraction
"""A float stands for the decimal that it is written as: 50.4 is 504/10."""

REFERENCE_FRACTION_GY = Fraction(2)
"""The fraction size that EQD2 is named after."""


def bed(total_gy: Number, fractions: int, alpha_beta_gy: Number) -> Fraction:
    """The biologically effective dose D (1 + d / (alpha/beta)) of n equal fractions, d = D / n (Fowler 1989).

    >>> float(bed(50, 25, 2))       # Nieder 2006: 50 Gy in 2 Gy fractions is 100 Gy2
    100.0
    >>> float(bed(54, 3, 10))
    151.2
    """
    total, count, alpha_beta = _course(total_gy, fractions, alpha_beta_gy)
    return total * (1 + total / count / alpha_beta)


def eqdx(total_gy: Number, fractions: int, alpha_beta_gy: Number, fraction_gy: Number) -> Fraction:
    """The dose in fractions of `fraction_gy` with the same effect: D (d + alpha/beta) / (x + alpha/beta).

    >>> float(eqdx(30, 10, 2, 2))
    37.5
    >>> float(eqdx(30, 10, 2, 3))
    30.0
    """
    total, count, alpha_beta = _course(total_gy, fractions, alpha_beta_gy)
    return total * (total / count + alpha_beta) / (_positive(fraction_gy, "fraction dose") + alpha_beta)


def eqd2(total_gy: Number, fractions: int, alpha_beta_gy: Number) -> Fraction:
    """The dose in 2 Gy fractions with the same effect: D (d + alpha/beta) / (2 + alpha/beta) (Withers 1983).

    >>> float(eqd2(30, 10, 2))      # Sahgal 2021 (HyTEC), Table 4
    37.5
    >>> float(eqd2(18, 5, 2))
    25.2
    >>> float(eqd2(54, 3, 10))
    126.0
    """
    return eqdx(total_gy, fractions, alpha_beta_gy, REFERENCE_FRACTION_GY)


def eqd2_from_bed(bed_gy: Number, alpha_beta_gy: Number) -> Fraction:
    """EQD2 of a BED at the same alpha/beta: BED / (1 + 2 / (alpha/beta)).

    >>> float(eqd2_from_bed(Decimal("135.5"), 2))   # Nieder 2006: 135.5 Gy2
    67.75
    """
    return _positive(bed_gy, "BED") / (1 + REFERENCE_FRACTION_GY / _positive(alpha_beta_gy, "alpha/beta"))


def bed_from_eqd2(eqd2_gy: Number, alpha_beta_gy: Number) -> Fraction:
    """BED of an EQD2 at the same alpha/beta.

    >>> float(bed_from_eqd2(50, 2))
    100.0
    """
    return _positive(eqd2_gy, "EQD2") * (1 + REFERENCE_FRACTION_GY / _positive(alpha_beta_gy, "alpha/beta"))


def cumulative_eqd2(doses: Iterable[tuple[Number, int]], alpha_beta_gy: Number) -> Fraction:
    """The sum of the EQD2 of several (total dose, fractions) at one alpha/beta, without recovery.

    For phases of one volume with different fraction sizes, and for courses. Physical doses are never added.

    >>> round(float(cumulative_eqd2([(50, 25), (14, 3)], 2)), 2)
    73.33
    """
    terms = [eqd2(total_gy, fractions, alpha_beta_gy) for total_gy, fractions in doses]
    if not terms:
        raise DoseError("a cumulative dose needs at least one dose; a sum of none would read as no dose at all")
    return sum(terms, Fraction(0))


def dose_per_fraction(eqd2_gy: Number, fractions: int, alpha_beta_gy: Number) -> float:
    """The fraction dose at which n fractions make up an EQD2: the positive root of `eqd2` solved for d.

    >>> round(dose_per_fraction(Decimal("37.5"), 10, 2), 6)
    3.0
    """
    goal, count, alpha_beta = _course(eqd2_gy, fractions, alpha_beta_gy)
    return (sqrt(alpha_beta**2 + 4 * goal * (REFERENCE_FRACTION_GY + alpha_beta) / count) - float(alpha_beta)) / 2


def exact(value: Number, what: str = "number") -> Fraction:
    """A number as an exact fraction; DoseError for what is not a finite number."""
    if isinstance(value, bool) or not isinstance(value, Number):
        raise DoseError(f"{what} must be a number, not {type(value).__name__}")
    try:
        return Fraction(str(value)) if isinstance(value, float) else Fraction(value)
    except (ValueError, OverflowError):
        raise DoseError(f"{what} must be a finite number") from None


def _positive(value: Number, what: str) -> Fraction:
    number = exact(value, what)
    if number <= 0:
        raise DoseError(f"{what} must be above 0")
    return number


def _course(total_gy: Number, fractions: int, alpha_beta_gy: Number) -> tuple[Fraction, Fraction, Fraction]:
    count = _positive(fractions, "number of fractions")
    if count.denominator != 1:
        raise DoseError("number of fractions must be a whole number")
    return _positive(total_gy, "dose"), count, _positive(alpha_beta_gy, "alpha/beta")
