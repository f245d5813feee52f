"""Physical doses of single courses against values stated as physical; nothing here is ever added."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from clinical_rules.facts import DoseToVolume
from clinical_rules.knowledge.schema import ComparisonValue
from clinical_rules.reirradiation.metrics import compare, metric_class, metric_of
from clinical_rules.reirradiation.shares import Share
from clinical_rules.reirradiation.terms import not_photons

_MAXIMUM, _MEAN = "Dmax", "dmean"


@dataclass(frozen=True, slots=True)
class PhysicalDose:
    """The highest of the doses above a value, with the courses that pass it."""

    dose_gy: Decimal
    limit_gy: Decimal
    fractions: int | None
    metric: str | None
    evidence: tuple[str, ...]


def highest_over(shares: Sequence[Share], value: ComparisonValue) -> PhysicalDose | None:
    """The documented dose that passes the value by the most; None where no course does. Equal is not over."""
    over = [
        (dose_gy / limit_gy, dose_gy, limit_gy, volume, share.course.reference)
        for share in shares
        for volume, dose_gy, limit_gy in _comparable(share, value)
        if dose_gy > limit_gy
    ]
    if not over:
        return None
    _, dose_gy, limit_gy, volume, _ = max(over, key=lambda one: (one[:3], one[3].fractions or 0, one[4]))
    evidence = tuple(dict.fromkeys(one[4] for one in over))
    return PhysicalDose(dose_gy, limit_gy, volume.fractions, metric_of(volume), evidence)


def _comparable(share: Share, value: ComparisonValue) -> Iterator[tuple[DoseToVolume, Decimal, Decimal]]:
    if not_photons(share.course):
        return
    for volume in share.organs:
        limit_gy = _limit(volume, value)
        if limit_gy is None or volume.unusable is not None or volume.total_dose_gy is None:
            continue
        if _metric_fits(volume, value.metric or _MAXIMUM):
            yield volume, volume.total_dose_gy, limit_gy


def _limit(volume: DoseToVolume, value: ComparisonValue) -> Decimal | None:
    """The value for the number of fractions of this dose; one that names none holds for all."""
    if not value.points:
        return value.value_gy
    return next((point.dose_gy for point in value.points if point.fractions == volume.fractions), None)


def _metric_fits(volume: DoseToVolume, metric: str) -> bool:
    """A mean compares with a stated mean only; else as sums do, a dose without a metric counting as over."""
    found = compare([metric_class(metric_of(volume))], metric)
    return found == "like" if metric_class(metric) == _MEAN else found != "none"
