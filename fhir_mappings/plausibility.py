"""Is a dose of external beam plausible? One that is not still counts as overlap, and nothing is computed with it."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal

from clinical_rules.facts import DataProblem, DoseToVolume, Modality

_OTHER_THAN_BEAM = frozenset({
    Modality.BRACHYTHERAPY, Modality.PERMANENT_IMPLANT, Modality.RADIONUCLIDE, Modality.INTRA_OPERATIVE,
    Modality.NEUTRON_CAPTURE,
})  # fmt: skip
_DETAILS = {
    "total-low": "the total dose is below what one fraction of external beam gives; a unit slip is likely",
    "fraction-low": "the dose per fraction is below what external beam gives; a unit slip is likely",
    "total-high": "the total dose is above what a course of external beam gives; a unit slip is likely",
    "misfit": "total dose, fractions and dose per fraction do not fit together",
    "fraction-high": "the dose per fraction is unusually high; confirm it in the treatment record",
}


def is_external_beam(modalities: Iterable[Modality]) -> bool:
    """True where the bounds of external beam apply: nothing brachytherapy-like is among the modalities."""
    return not _OTHER_THAN_BEAM.intersection(modalities)


def check_volume(
    volume: DoseToVolume, external_beam: bool, bounds: Mapping[str, Decimal]
) -> tuple[DoseToVolume, DataProblem | None]:
    """The volume, marked unusable where its dose is not plausible, and the problem to report.

    A volume that is unusable already is returned as it is, so that checking records and then the
    courses assembled from them reports each problem once.
    """
    if not external_beam or volume.unusable is not None or volume.total_dose_gy is None:
        return volume, None
    reason = _implausible(volume, volume.total_dose_gy, bounds)
    if reason is None:
        return volume, None
    problem = "unusual-dose" if reason == "fraction-high" else "implausible-dose"
    return replace(volume, unusable=problem), DataProblem(
        problem, volume.reference or "", f"{_DETAILS[reason]}; the dose is not used", _read(volume)
    )


def _implausible(volume: DoseToVolume, total_gy: Decimal, bounds: Mapping[str, Decimal]) -> str | None:
    """Which bound is broken. The lower bounds are for targets: little dose beside the target is ordinary."""
    lowest, highest = bounds.get("plausible.min-gy-per-fraction"), bounds.get("plausible.max-gy-per-fraction")
    longest = bounds.get("plausible.max-course-gy")
    per_fraction_gy = total_gy / volume.fractions if volume.fractions else volume.fraction_dose_gy
    lower_applies = lowest is not None and volume.volume_type != "organ-at-risk" and not _is_measured(volume)
    if lower_applies and lowest is not None and total_gy < lowest:
        return "total-low"
    if lower_applies and lowest is not None and per_fraction_gy is not None and per_fraction_gy < lowest:
        return "fraction-low"
    if longest is not None and total_gy > longest:
        return "total-high"
    if not _fits(volume, total_gy, bounds):
        return "misfit"
    too_high = highest is not None and per_fraction_gy is not None and per_fraction_gy > highest
    return "fraction-high" if too_high else None


def _is_measured(volume: DoseToVolume) -> bool:
    """True for a dose at a point or in a metric, which need not be that of a target."""
    return volume.point_dose or volume.metric is not None


def _fits(volume: DoseToVolume, total_gy: Decimal, bounds: Mapping[str, Decimal]) -> bool:
    """Fractions times dose per fraction is the total, within the larger of the two allowances."""
    allowed_gy, share = bounds.get("plausible.fraction-fit-gy"), bounds.get("plausible.fraction-fit-share")
    stated = volume.fractions_from == "stated" and volume.uniform is not False and not volume.phases
    if not stated or volume.fraction_dose_gy is None or allowed_gy is None or share is None:
        return True
    off_gy = abs(total_gy - (volume.fractions or 0) * volume.fraction_dose_gy)
    return off_gy <= max(allowed_gy, share * total_gy)


def _read(volume: DoseToVolume) -> dict[str, str | int | float | bool]:
    """What was read, for the finding's values."""
    read: dict[str, str | int | float | bool] = {"totalDoseGy": float(volume.total_dose_gy or 0)}
    if volume.fractions is not None:
        read["fractions"] = volume.fractions
    if volume.fraction_dose_gy is not None:
        read["fractionDoseGy"] = float(volume.fraction_dose_gy)
    return read
