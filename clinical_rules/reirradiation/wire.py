"""Exact numbers as plain JSON numbers."""

from decimal import Decimal
from fractions import Fraction

HUNDREDTHS = 100


def number(value: Fraction | Decimal | int, apart_from: Fraction | Decimal | int | None = None) -> int | float:
    """Rounded to two decimals, halves up; to more where it would otherwise read equal to what it was compared with.

    >>> number(Fraction(220, 3)), number(Fraction(70)), number(Fraction("70.625"))
    (73.33, 70, 70.63)
    >>> number(Fraction("70.001"), 70)
    70.001
    """
    exact, scale = Fraction(value), HUNDREDTHS
    if apart_from is not None and exact != apart_from:
        while Fraction(_rounded(exact, scale), scale) == apart_from:
            scale *= 10
    units = _rounded(exact, scale)
    return units / scale if units % scale else units // scale


def _rounded(value: Fraction, scale: int) -> int:
    """How many units of the last decimal, halves up; on whole numbers, for sums of fractions are slow."""
    return (2 * scale * value.numerator + value.denominator) // (2 * value.denominator)
