"""Courses known only from single billed treatments, without level and dose."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from cds_service.code_table import build_code_table
from clinical_rules.facts import BodySite, DoseToVolume, Modality, PartialDate
from clinical_rules.knowledge import Knowledge
from fhir_mappings.code_table import CodeTable
from fhir_mappings.courses import assemble
from fhir_mappings.radiotherapy_record import RadiotherapyRecord

CODES = CodeTable(bounds={"course.generic-gap-days": Decimal(30)})
BREAST = BodySite(region="breast", label="left breast", side="left")


def claim(name: str, start: PartialDate | None, **more: object) -> RadiotherapyRecord:
    given = {"modalities": (Modality.EXTERNAL_BEAM,), **more}
    return RadiotherapyRecord(f"Procedure/{name}", "Procedure", "generic", "completed", start=start, end=start, **given)


def days(*numbers: int, month: int = 1) -> list[RadiotherapyRecord]:
    return [claim(f"f{month}-{number:02}", PartialDate.of(2024, month, number)) for number in numbers]


def test_a_claim_per_fraction_is_one_course_without_dose():
    courses, _ = assemble(days(8, 9, 10, 11, 12, 15), CODES)
    assert [(str(one.start), str(one.end), one.volumes) for one in courses] == [("2024-01-08", "2024-01-15", ())]
    assert len(courses[0].references) == 6


@pytest.mark.parametrize(("gap", "number"), [(29, 1), (30, 2), (31, 2)])
def test_a_month_without_a_claim_separates_two_courses(gap: int, number: int):
    later = PartialDate.on(date(2024, 1, 12) + timedelta(gap))
    assert len(assemble([*days(8, 12), claim("later", later)], CODES)[0]) == number


def test_claims_of_other_sites_or_other_radiation_are_other_courses():
    there = [replace(one, reference=f"{one.reference}b", sites=(BREAST,)) for one in days(8, 9)]
    inside = [replace(one, reference=f"{one.reference}c", modalities=(Modality.BRACHYTHERAPY,)) for one in days(8, 9)]
    assert len(assemble([*days(8, 9), *there, *inside], CODES)[0]) == 3


def test_photon_and_unstated_claims_are_one_course():
    mixed = [
        replace(one, modalities=(kind,))
        for one, kind in zip(days(8, 9), (Modality.PHOTON, Modality.UNKNOWN), strict=True)
    ]
    (course,) = assemble(mixed, CODES)[0]
    assert course.modalities == (Modality.PHOTON,)


def test_undated_claims_are_one_course_without_dates():
    (course,) = assemble([claim("a", None), claim("b", None)], CODES)[0]
    assert (course.start, course.end) == (None, None)


def test_unknown_beside_another_modality_is_never_dropped():
    stated = [replace(one, modalities=(Modality.PHOTON, Modality.UNKNOWN)) for one in days(8)]
    (course,) = assemble([*stated, *days(9)], CODES)[0]
    assert Modality.UNKNOWN in course.modalities


def test_the_gap_stands_in_the_knowledge(knowledge: Knowledge):
    assert build_code_table(knowledge).bounds["course.generic-gap-days"] == 30


def summary(**more: object) -> RadiotherapyRecord:
    volume = DoseToVolume("delivered", BREAST, Decimal(40), 15, volume_type="target")
    given = {"end": PartialDate.of(2024, 1, 26), **more}
    return RadiotherapyRecord(
        "Procedure/c", "Procedure", "course", "completed", (Modality.PHOTON,),
        volumes=(volume,), volume_keys=("v",), start=PartialDate.of(2024, 1, 8), **given,
    )  # fmt: skip


def test_claims_during_a_recorded_course_are_that_course():
    (course,) = assemble([summary(), *days(8, 9, 26)], CODES)[0]
    assert (course.reference, len(course.references), str(course.end)) == ("Procedure/c", 4, "2024-01-26")
    assert course.volumes[0].total_dose_gy == Decimal(40)


def test_claims_outside_a_recorded_course_or_at_another_site_are_their_own():
    assert len(assemble([summary(), *days(8, month=3)], CODES)[0]) == 2
    right = [replace(one, sites=(replace(BREAST, side="right"),)) for one in days(9)]
    assert len(assemble([summary(), *right], CODES)[0]) == 2
    whole = [replace(one, sites=(replace(BREAST, side=None),)) for one in days(9)]
    assert len(assemble([summary(), *whole], CODES)[0]) == 1


def test_a_treatment_with_dose_and_no_level_is_a_course_of_its_own():
    dosed = [
        replace(one, volumes=(DoseToVolume("delivered", BREAST, Decimal(8), 1),), volume_keys=("k",))
        for one in days(8, 9)
    ]
    assert len(assemble(dosed, CODES)[0]) == 2
