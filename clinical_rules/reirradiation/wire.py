"""Exact numbers as plain JSON numbers."""

from decimal import Decimal
from fractions import Fraction
from math import floor

DECIMALS = 2


def number(value: Fraction | Decimal | int, apart_from: Fraction | Decimal | int | None = None) -> int | float:
    """Rounded to two decimals, halves up; to more where it would otherwise read equal to what it was compared with.

    >>> number(Fraction(220, 3)), number(Fraction(70)), number(Fraction("70.625"))
    (73.33, 70, 70.63)
    >>> number(Fraction("70.001"), 70)
    70.001
    """
    exact, decimals = Fraction(value), DECIMALS
    if apart_from is not None and exact != apart_from:
        while _rounded(exact, decimals) == apart_from:
            decimals += 1
    rounded = _rounded(exact, decimals)
    return int(rounded) if rounded.denominator == 1 else float(rounded)


def _rounded(value: Fraction, decimals: int) -> Fraction:
    scale = 10**decimals
    return Fraction(floor(value * scale + Fraction(1, 2)), scale)
