"""Radiobiology beyond the plain linear-quadratic model: very large fractions, incomplete repair, recovery.

Like `dose.py` it knows nothing of patients and holds no clinical number: transition doses, half times and
recovered fractions are asked for. What no formula takes is a `DoseError`. Nothing here decides by itself.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from clinical_rules.dose import REFERENCE_FRACTION_GY, Number, bed, exact
from clinical_rules.errors import DoseError

_EXACT_UP_TO = 1000  # half times; what is left after as many is no more than nothing


@dataclass(frozen=True, slots=True)
class DailyFractions:
    """Several fractions a day: how many, how far apart, and the repair half time of the tissue."""

    per_day: int
    gap_hours: Number
    repair_half_time_hours: Number


@dataclass(frozen=True, slots=True)
class EarlierDose:
    """The EQD2 of one earlier course, and the part of it taken as recovered (0 none, 1 all)."""

    eqd2_gy: Number
    recovered: Number = 0


def lq_l_bed(total_gy: Number, fractions: int, alpha_beta_gy: Number, transition_gy: Number) -> Fraction:
    """BED by the LQ-L model: linear beyond a fraction dose dT (Astrahan, Med Phys 2008;35:4161).

    n (dT (1 + dT/(a/b)) + (d - dT) (1 + 2 dT/(a/b))) for d above dT; up to it the plain linear-quadratic BED.

    >>> [float(lq_l_bed(*course, 6)) for course in ((24, 3, 2), (20, 1, 2), (54, 3, 10))]
    [114.0, 122.0, 108.0]
    >>> lq_l_bed(50, 25, 2, 6) == bed(50, 25, 2)
    True
    """
    plain, alpha_beta = bed(total_gy, fractions, alpha_beta_gy), exact(alpha_beta_gy)
    transition = _positive(transition_gy, "transition dose per fraction")
    count = exact(fractions)
    size = exact(total_gy) / count
    if size <= transition:
        return plain
    curved = transition * (1 + transition / alpha_beta)
    return count * (curved + (size - transition) * (1 + 2 * transition / alpha_beta))


def lq_l_eqd2(total_gy: Number, fractions: int, alpha_beta_gy: Number, transition_gy: Number) -> Fraction:
    """EQD2 of the LQ-L BED; the 2 Gy fractions that it is named after must lie in the curved part.

    >>> float(lq_l_eqd2(20, 1, 2, 6))
    61.0
    """
    if exact(transition_gy, "transition dose per fraction") < REFERENCE_FRACTION_GY:
        raise DoseError("transition dose per fraction must be at least 2 Gy: EQD2 rests on fractions of 2 Gy")
    return _as_eqd2(lq_l_bed(total_gy, fractions, alpha_beta_gy, transition_gy), alpha_beta_gy)


def repair_factor(schedule: DailyFractions) -> Fraction:
    """The Hm factor of incomplete repair between m fractions a day (Thames 1985).

    With phi = 2 ** (-gap / half time), Hm = (2/m) (phi/(1-phi)) (m - (1-phi**m)/(1-phi)); written here as the
    equal sum (2/m) ((m-1) phi + (m-2) phi**2 + ...), which also holds where phi rounds to 1.

    >>> [round(float(repair_factor(DailyFractions(2, 6, half))), 4) for half in (4.4, 4, 1.5)]
    [0.3886, 0.3536, 0.0625]
    >>> repair_factor(DailyFractions(1, 6, 4))    # one fraction a day: nothing is left of the last
    Fraction(0, 1)
    """
    count = _count(schedule.per_day, "fractions a day")
    phi = _unrepaired(schedule)
    return Fraction(2, count) * sum(((count - step) * phi**step for step in range(1, count)), Fraction(0))


def incomplete_repair_bed(
    total_gy: Number, fractions: int, alpha_beta_gy: Number, schedule: DailyFractions
) -> Fraction:
    """BED with several fractions a day: D (1 + (1 + Hm) d / (a/b)) (Thames 1985); repair over night is complete.

    >>> float(incomplete_repair_bed(60, 50, 3, DailyFractions(2, 6, 1.5)))     # 1.2 Gy twice a day
    85.5
    """
    plain, total = bed(total_gy, fractions, alpha_beta_gy), exact(total_gy)
    return total + (plain - total) * (1 + repair_factor(schedule))


def incomplete_repair_eqd2(
    total_gy: Number, fractions: int, alpha_beta_gy: Number, schedule: DailyFractions
) -> Fraction:
    """The dose in single daily fractions of 2 Gy with that BED.

    >>> round(float(incomplete_repair_eqd2(38.5, 10, 3.4, DailyFractions(2, 6, 4.4))), 2)
    62.36
    """
    return _as_eqd2(incomplete_repair_bed(total_gy, fractions, alpha_beta_gy, schedule), alpha_beta_gy)


def cumulative_with_recovery(earlier: Iterable[EarlierDose], new_eqd2_gy: Iterable[Number] = ()) -> Fraction:
    """The sum of EQD2 (1 - r) of the earlier courses and the EQD2 of what is new, which never has a discount.

    Shown only beside the sum without recovery (Appelt et al. 2026, Radiother Oncol 214:111313).

    >>> float(cumulative_with_recovery([EarlierDose(60, 0.25)]))      # 60 Gy, a quarter recovered
    45.0
    """
    parts = [discounted(dose) for dose in earlier] + [_positive(dose, "EQD2") for dose in new_eqd2_gy]
    if not parts:
        raise DoseError("a cumulative dose needs at least one dose; a sum of none would read as no dose at all")
    return sum(parts, Fraction(0))


def discounted(dose: EarlierDose) -> Fraction:
    """What is left of an earlier course.

    >>> float(discounted(EarlierDose(43, 0.5)))
    21.5
    """
    recovered = exact(dose.recovered, "recovered fraction")
    if not 0 <= recovered <= 1:
        raise DoseError("recovered fraction must be from 0 (none) to 1 (all)")
    return _positive(dose.eqd2_gy, "EQD2") * (1 - recovered)


def _unrepaired(schedule: DailyFractions) -> Fraction:
    """The part of the damage not repaired in one gap: exact where the gap is a whole number of half times."""
    gap = _positive(schedule.gap_hours, "gap between fractions")
    half_lives = gap / _positive(schedule.repair_half_time_hours, "repair half time")
    if half_lives.denominator == 1 and half_lives <= _EXACT_UP_TO:
        return Fraction(1, 2**half_lives.numerator)
    return Fraction(2 ** -float(min(half_lives, Fraction(_EXACT_UP_TO))))


def _as_eqd2(bed_gy: Fraction, alpha_beta_gy: Number) -> Fraction:
    return bed_gy / (1 + REFERENCE_FRACTION_GY / exact(alpha_beta_gy))


def _positive(value: Number, what: str) -> Fraction:
    number = exact(value, what)
    if number <= 0:
        raise DoseError(f"{what} must be above 0")
    return number


def _count(value: Number, what: str) -> int:
    number = _positive(value, what)
    if number.denominator != 1:
        raise DoseError(f"number of {what} must be a whole number")
    return number.numerator
