"""Exact numbers as plain JSON numbers."""

from decimal import Decimal
from fractions import Fraction

DECIMALS = 2


def number(value: Fraction | Decimal | int, apart_from: Fraction | Decimal | int | None = None) -> int | float:
    """Rounded to two decimals, to more where rounding would make it equal to what it was compared with.

    >>> number(Fraction(220, 3)), number(Fraction(70)), number(Fraction(70001, 1000), 70)
    (73.33, 70, 70.001)
    """
    decimals = DECIMALS
    while apart_from is not None and value != apart_from and round(value, decimals) == round(apart_from, decimals):
        decimals += 1
    rounded = round(Fraction(value), decimals)
    return int(rounded) if rounded.denominator == 1 else float(rounded)
