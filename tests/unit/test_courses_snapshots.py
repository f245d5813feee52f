"""States of one record over time, and one course entered by two systems."""

from dataclasses import replace
from decimal import Decimal

from clinical_rules.facts import BodySite, DoseToVolume, Modality, PartialDate
from fhir_mappings.code_table import CodeTable
from fhir_mappings.courses import assemble
from fhir_mappings.radiotherapy_record import RadiotherapyRecord

CODES = CodeTable(bounds={"course.generic-gap-days": Decimal(30)})
BRAIN = BodySite(region="brain", label="brain")
UID = "urn:dicom:uid|urn:oid:1.2.3"


def course(
    name: str, total: str = "50", fractions: int = 25, key: str = "urn:dicom:uid|v1", **more: object
) -> RadiotherapyRecord:
    volume = DoseToVolume("delivered", BRAIN, Decimal(total), fractions, volume_type="target")
    given = {
        "modalities": (Modality.PHOTON,), "status": "completed", "level": "course", "volumes": (volume,),
        "volume_keys": (key,), "version": (fractions, "2024-02-16T00:00:00+00:00", "1"),
        "start": PartialDate.of(2024, 1, 8), "end": PartialDate.of(2024, 2, 16), **more,
    }  # fmt: skip
    return RadiotherapyRecord(f"Procedure/{name}", "Procedure", **given)


def totals(*records: RadiotherapyRecord) -> list[Decimal | None]:
    return [built.volumes[0].total_dose_gy for built in assemble(records, CODES)[0]]


def test_states_with_one_official_identifier_are_one_course_with_the_most_fractions():
    first = course("a", "2", 1, official_ids=(UID,), status="in-progress", end=PartialDate.of(2024, 1, 8))
    last = course("b", official_ids=(UID,))
    courses, _ = assemble([last, first], CODES)
    assert [(one.reference, one.references) for one in courses] == [("Procedure/b", ("Procedure/a", "Procedure/b"))]
    assert courses[0].volumes[0].total_dose_gy == Decimal(50)


def test_with_equal_fractions_the_later_update_then_the_higher_version_counts():
    old = course("a", official_ids=(UID,), version=(25, "2024-02-16T09:00:00+01:00", "9"))
    new = course("b", "50.4", official_ids=(UID,), version=(25, "2024-02-16T08:30:00+00:00", "2"))
    assert totals(old, new) == [Decimal("50.4")]
    newer = replace(old, version=(25, "2024-02-16T08:30:00+00:00", "10"))
    assert totals(newer, new) == [Decimal(50)]


def test_parts_of_an_earlier_state_belong_to_the_latest_one():
    phase = course("p", level="phase", part_of=("Procedure/a",))
    states = [course("a", "2", 1, official_ids=(UID,)), course("b", official_ids=(UID,))]
    courses, _ = assemble([*states, phase], CODES)
    assert [one.references for one in courses] == [("Procedure/a", "Procedure/b", "Procedure/p")]


def test_a_course_and_its_phase_with_one_identifier_are_not_states_of_one_thing():
    phase = course("p", level="phase", official_ids=(UID,), part_of=("Procedure/c",))
    assert totals(course("c", "60", 30, official_ids=(UID,)), phase) == [Decimal(60)]


def test_a_local_name_that_returns_years_later_is_another_course():
    name = "https://ris.example.org/phase|Primary"
    earlier = course("a", official_ids=(name,), start=PartialDate.of(2020, 1, 8), end=PartialDate.of(2020, 2, 14))
    assert totals(earlier, course("b", official_ids=(name,))) == [Decimal(50), Decimal(50)]
    state = course("b", "2", 1, official_ids=(name,), end=PartialDate.of(2024, 1, 8))
    assert totals(state, course("c", official_ids=(name,))) == [Decimal(50)]


def test_one_identifier_on_parts_of_different_orders_hides_neither():
    def phase(name: str, *orders: str) -> RadiotherapyRecord:
        based_on = tuple(f"ServiceRequest/{order}" for order in orders)
        return course(name, level="phase", official_ids=(UID,), based_on=based_on, part_of=("Procedure/x",))

    assert totals(phase("a", "course", "phase-1"), phase("b", "course", "phase-2")) == [Decimal(100)]
    assert totals(phase("a", "course", "phase-1"), phase("b", "phase-1")) == [Decimal(50)]
    assert totals(phase("a", "course", "phase-1"), phase("b")) == [Decimal(50)]


def test_one_course_entered_by_two_systems_is_one_with_both_references():
    ours = course("a", official_ids=("https://ois.example.org|1",), reirradiation=None)
    theirs = course("b", key="place", official_ids=("https://ehr.example.org|x",), reirradiation=True)
    courses, problems = assemble([ours, theirs], CODES)
    assert [one.references for one in courses] == [("Procedure/a", "Procedure/b")]
    assert courses[0].reirradiation is True
    assert [(one.problem, one.reference, one.matters) for one in problems] == [
        ("duplicate-record", "Procedure/b", False)
    ]


def test_two_lesions_that_one_system_tells_apart_stay_two_courses():
    one = course("a", official_ids=("https://ois.example.org|1",))
    other = course("b", official_ids=("https://ois.example.org|2",), key="urn:dicom:uid|v2")
    assert totals(one, other) == [Decimal(50), Decimal(50)]
    unnamed = replace(one, official_ids=())
    assert totals(unnamed, replace(other, official_ids=())) == [Decimal(50), Decimal(50)]


def test_where_days_dose_or_radiation_differ_both_stay():
    one = course("a")
    assert len(totals(one, course("b", end=PartialDate.of(2024, 2, 17)))) == 2
    assert len(totals(one, course("b", end=PartialDate.of(2024, 2)))) == 2
    assert len(totals(one, course("b", "50.4"))) == 2
    assert len(totals(one, course("b", modalities=(Modality.BRACHYTHERAPY,)))) == 2
    assert len(totals(one, course("b", modalities=(Modality.EXTERNAL_BEAM,)))) == 1


def test_the_place_as_a_name_of_a_volume_tells_nothing_apart():
    one = course("a", key="http://snomed.info/sct|12738006|")
    assert len(totals(one, course("b", key="http://snomed.info/sct|83678007|"))) == 1
