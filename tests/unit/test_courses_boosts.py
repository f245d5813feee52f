"""Boosts that add to another dose, and doses that stand in Observations."""

from dataclasses import replace
from decimal import Decimal

from clinical_rules.facts import BodySite, DoseToVolume, Modality, PartialDate
from fhir_mappings.code_table import CodeTable
from fhir_mappings.courses import assemble
from fhir_mappings.radiotherapy_record import RadiotherapyRecord

CODES = CodeTable(bounds={"course.generic-gap-days": Decimal(30)})
BREAST = BodySite(region="breast", label="left breast", side="left")


def record(name: str, total: str | None, fractions: int | None, key: str = "v", **more: object) -> RadiotherapyRecord:
    kind = more.pop("resource_type", "Procedure")
    site = more.pop("site", BREAST)
    volume = DoseToVolume(
        "delivered", site, None if total is None else Decimal(total), fractions,
        volume_type="target", fractions_from="stated" if fractions else None, reference=f"{kind}/{name}",
    )  # fmt: skip
    given = {"level": "generic", "part_of": ("Procedure/x",), **more}
    return RadiotherapyRecord(
        f"{kind}/{name}", kind, status="completed", modalities=(Modality.PHOTON,), volumes=(volume,),
        volume_keys=(key,), start=PartialDate.of(2024, 1, 8), end=PartialDate.of(2024, 2, 16), **given,
    )  # fmt: skip


def listed(*records: RadiotherapyRecord) -> list[tuple[str, int | None, str | None]]:
    (course,) = assemble(records, CODES)[0]
    return sorted((str(volume.total_dose_gy), volume.fractions, volume.unusable) for volume in course.volumes)


def test_a_stated_boost_adds_to_the_volume_it_refers_to():
    assert listed(record("a", "50", 25), record("b", "10", 5, increment=True)) == [("60", 30, None)]
    assert listed(record("a", "50", 25), record("b", "10", 5, "other", increment=True)) == [("60", 30, None)]


def test_a_stated_boost_adds_to_the_summary_of_its_course():
    summary = record("x", "50", 25, level="course", part_of=())
    assert listed(summary, record("b", "10", 5, increment=True, level="phase")) == [("60", 30, None)]


def test_a_boost_to_one_of_several_volumes_is_listed_and_not_added_anywhere():
    base = [record("a", "50", 25, "v1"), record("b", "50", 25, "v2")]
    assert listed(*base, record("c", "10", 5, "v3", increment=True)) == [
        ("10", 5, None), ("50", 25, None), ("50", 25, None),
    ]  # fmt: skip


def test_where_a_boost_may_add_both_are_listed_and_the_sum_screens():
    courses, problems = assemble([record("a", "50", 25), record("b", "60", 25, increment=None)], CODES)
    found = sorted((volume.total_dose_gy, volume.fractions) for volume in courses[0].volumes)
    assert found == [(50, 25), (60, 25), (110, 25)]
    assert [(problem.problem, problem.matters) for problem in problems] == [("unclear-increment", False)]


def test_a_boost_without_its_base_is_not_computed_with():
    assert listed(record("b", "10", 5, increment=True)) == [("10", 5, "increment-without-base")]
    assert listed(record("b", "10", 5, increment=None)) == [("10", 5, None)]


def test_the_total_of_an_observation_becomes_the_dose_of_its_procedure():
    host = RadiotherapyRecord(
        "Procedure/x", "Procedure", "generic", "completed", (Modality.PHOTON,), sites=(BREAST,),
        start=PartialDate.of(2024, 1, 8),
    )  # fmt: skip
    total = record("o", "50", None, "", resource_type="Observation", site=None)
    boost = record("p", "10", None, "", resource_type="Observation", site=None, increment=True)
    courses, _ = assemble([host, total, boost], CODES)
    assert [(one.reference, one.references) for one in courses] == [
        ("Procedure/x", ("Observation/o", "Observation/p", "Procedure/x"))
    ]
    assert [(volume.total_dose_gy, volume.site) for volume in courses[0].volumes] == [(Decimal(60), BREAST)]


def test_two_totals_of_one_procedure_are_never_summed():
    host = record("x", "50", 25, part_of=())
    again = record("o", "50", None, "", resource_type="Observation")
    assert listed(host, again) == [("50", 25, None)]
    bare = RadiotherapyRecord("Procedure/x", "Procedure", "course", "completed", (Modality.PHOTON,))
    running = record("p", "20", None, "", resource_type="Observation")
    assert listed(bare, running, again) == [("50", None, None)]


def test_an_observation_without_procedure_is_a_course_at_an_unknown_site():
    (course,) = assemble([record("o", "50", None, "", resource_type="Observation", site=None)], CODES)[0]
    assert (course.reference, course.sites, course.sites_from) == ("Observation/o", (), "none")


def alone(name: str, total: str, fractions: int, month: int, **more: object) -> RadiotherapyRecord:
    """A record of one irradiation, which refers to no other."""
    days = {"start": PartialDate.of(2024, month, 8), "end": PartialDate.of(2024, month, 26)}
    return replace(record(name, total, fractions, f"key of {name}", part_of=()), **days, **more)


def test_a_boost_in_a_record_of_its_own_adds_to_the_irradiation_before_it():
    base, boost = alone("a", "45", 25, 1), alone("b", "9", 5, 2, increment=True)
    assert listed(base, boost) == [("54", 30, None)]
    (course,), problems = assemble([boost, base], CODES)
    assert (course.references, str(course.end), problems) == (("Procedure/a", "Procedure/b"), "2024-02-26", ())


def test_an_unclear_boost_in_a_record_of_its_own_is_listed_with_the_irradiation_before_it():
    found = listed(alone("a", "45", 25, 1), alone("b", "54", 30, 2, increment=None))
    assert found == [("45", 25, None), ("54", 30, None), ("99", 30, None)]


def test_a_boost_stays_alone_months_later_elsewhere_with_other_radiation_or_beside_two_irradiations():
    base = alone("a", "45", 25, 1)
    elsewhere = (BodySite(region="pelvis", label="pelvis"),)
    moved = alone("b", "9", 5, 2, increment=True)
    moved = replace(moved, volumes=(replace(moved.volumes[0], site=elsewhere[0]),))
    for others in (
        [alone("b", "9", 5, 6, increment=True)],
        [moved],
        [alone("b", "9", 5, 2, increment=True, modalities=(Modality.BRACHYTHERAPY,))],
        [alone("b", "9", 5, 2, increment=True), alone("c", "40", 20, 1)],
    ):
        courses, problems = assemble([base, *others], CODES)
        boost = next(course for course in courses if course.reference == "Procedure/b")
        assert [volume.unusable for volume in boost.volumes] == ["increment-without-base"]
        assert [problem.problem for problem in problems] == ["increment-without-base"]
