"""The largest dose per fraction that still fits into what a limit leaves: arithmetic, for the command line only."""

from decimal import Decimal
from fractions import Fraction
from math import floor

from clinical_rules.dose import Number, dose_per_fraction, eqd2

ARITHMETIC = "arithmetic, never a dose to prescribe"
PER_GY = 100
"""Shown in hundredths of a Gy, cut and never rounded up: what is shown fits."""


def largest_fraction_gy(left_eqd2_gy: Fraction, fractions: int, alpha_beta_gy: Number) -> Decimal:
    """The largest dose per fraction, cut to hundredths, at which so many fractions stay at or below an EQD2.

    >>> largest_fraction_gy(Fraction(20), 3, 2)
    Decimal('4.25')
    >>> largest_fraction_gy(Fraction("37.5"), 10, 2)    # 3 Gy to the digit: the bound itself fits
    Decimal('3')
    >>> largest_fraction_gy(Fraction(0), 3, 2)
    Decimal('0')
    """
    if left_eqd2_gy <= 0:
        return Decimal(0)
    steps = floor(dose_per_fraction(left_eqd2_gy, fractions, alpha_beta_gy) * PER_GY) + 1
    while steps and eqd2(Fraction(steps * fractions, PER_GY), fractions, alpha_beta_gy) > left_eqd2_gy:
        steps -= 1
    return Decimal(steps) / PER_GY
