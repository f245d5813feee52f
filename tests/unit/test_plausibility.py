from decimal import Decimal

import pytest

from clinical_rules.facts import DoseToVolume, Modality
from fhir_mappings.plausibility import check_volume, is_external_beam

BOUNDS = {
    "plausible.min-gy-per-fraction": Decimal("0.5"),
    "plausible.max-course-gy": Decimal(120),
    "plausible.max-gy-per-fraction": Decimal(36),
    "plausible.fraction-fit-gy": Decimal("0.5"),
    "plausible.fraction-fit-share": Decimal("0.01"),
}


def dose(total: str, fractions: int | None = None, **other: object) -> DoseToVolume:
    stated = "stated" if fractions else None
    return DoseToVolume(
        "delivered",
        None,
        total_dose_gy=Decimal(total),
        fractions=fractions,
        fractions_from=stated,
        reference="Procedure/a",
        **other,
    )


@pytest.mark.parametrize(
    ("volume", "problem"),
    [
        (dose("12.5", 25), None),
        (dose("12.4", 25), "implausible-dose"),
        (dose("0.6"), None),
        (dose("0.4"), "implausible-dose"),
        (dose("119.9", 60), None),
        (dose("120", 60), None),
        (dose("120.1", 60), "implausible-dose"),
        (dose("6000", 30), "implausible-dose"),
        (dose("35.9", 1), None),
        (dose("36", 1), None),
        (dose("36.1", 1), "unusual-dose"),
        (dose("50", 25, fraction_dose_gy=Decimal(2)), None),
        (dose("50.5", 25, fraction_dose_gy=Decimal(2)), None),
        (dose("50.6", 25, fraction_dose_gy=Decimal(2)), "implausible-dose"),
        (dose("100.9", 50, fraction_dose_gy=Decimal(2)), None),
        (dose("50.6", 25, fraction_dose_gy=Decimal(2), uniform=False), None),
    ],
)
def test_each_bound_is_judged_at_below_and_above(volume: DoseToVolume, problem: str | None) -> None:
    checked, found = check_volume(volume, external_beam=True, bounds=BOUNDS)
    assert (found and found.problem) == problem
    assert checked.unusable == problem
    assert checked.total_dose_gy == volume.total_dose_gy


def test_little_dose_to_an_organ_at_risk_is_ordinary() -> None:
    beside = dose("4", 25, volume_type="organ-at-risk")
    assert check_volume(beside, external_beam=True, bounds=BOUNDS) == (beside, None)


def test_bounds_are_those_of_external_beam_only() -> None:
    seeds = dose("145", 1)
    assert check_volume(seeds, external_beam=False, bounds=BOUNDS) == (seeds, None)
    assert not is_external_beam([Modality.PERMANENT_IMPLANT])
    assert not is_external_beam([Modality.PHOTON, Modality.BRACHYTHERAPY])
    assert is_external_beam([Modality.UNKNOWN])


def test_a_problem_is_reported_once_however_often_it_is_checked() -> None:
    once, first = check_volume(dose("6000", 30), external_beam=True, bounds=BOUNDS)
    assert first is not None
    assert first.read == {"totalDoseGy": 6000.0, "fractions": 30}
    assert check_volume(once, external_beam=True, bounds=BOUNDS) == (once, None)


def test_without_bounds_nothing_is_judged() -> None:
    assert check_volume(dose("6000", 30), external_beam=True, bounds={})[1] is None
