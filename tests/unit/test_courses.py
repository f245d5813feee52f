"""Courses from summaries, phases, plans and fractions: every dose once."""

from dataclasses import replace
from decimal import Decimal

from clinical_rules.facts import BodySite, DoseToVolume, Modality, PartialDate, PhaseDose, RadiotherapyCourse
from fhir_mappings.code_table import CodeTable
from fhir_mappings.courses import assemble
from fhir_mappings.radiotherapy_record import Level, RadiotherapyRecord

CODES = CodeTable(bounds={"course.generic-gap-days": Decimal(30), "plausible.max-course-gy": Decimal(120)})
PELVIS = BodySite(region="pelvis", label="pelvis")
LEFT = BodySite(region="breast", label="left breast", side="left")
RIGHT = BodySite(region="breast", label="right breast", side="right")


def dose(total: str | None, fractions: int | None, site: BodySite | None = PELVIS, **more: object) -> DoseToVolume:
    total_gy = None if total is None else Decimal(total)
    volume = DoseToVolume("delivered", site, total_gy, fractions, volume_type="target")
    return replace(volume, fractions_from="stated" if fractions else None, **more)


def record(name: str, level: Level = "course", volumes: dict[str, DoseToVolume] | None = None, **more: object):
    given = {"start": PartialDate.of(2024, 1, 8), "end": PartialDate.of(2024, 2, 16), **more}
    return RadiotherapyRecord(
        f"Procedure/{name}", "Procedure", level, given.pop("status", "completed"),
        given.pop("modalities", (Modality.PHOTON,)),
        volumes=tuple((volumes or {}).values()), volume_keys=tuple(volumes or {}), **given,
    )  # fmt: skip


def one(*records: RadiotherapyRecord) -> RadiotherapyCourse:
    courses, _ = assemble(records, CODES)
    assert len(courses) == 1
    return courses[0]


def doses(course: RadiotherapyCourse) -> list[tuple[str, int | None]]:
    return sorted((str(volume.total_dose_gy), volume.fractions) for volume in course.volumes)


def test_a_summary_hides_its_phases_plans_and_fractions():
    course = one(
        record("c", volumes={"ptv": dose("50", 25)}),
        record("p", "phase", {"ptv": dose("50", 25)}, part_of=("Procedure/c",)),
        record("l", "plan", {"ptv": dose("50", 25)}, part_of=("Procedure/p",)),
        record("f", "fraction", {"ptv": dose("2", None)}, part_of=("Procedure/l",)),
    )
    assert doses(course) == [("50", 25)]
    assert course.reference == "Procedure/c"
    assert course.references == ("Procedure/c", "Procedure/f", "Procedure/l", "Procedure/p")


def test_a_volume_with_mixed_fraction_sizes_shows_its_phases_where_they_add_up():
    parts = (
        record("p1", "phase", {"ptv": dose("45", 25)}, part_of=("Procedure/c",)),
        record("p2", "phase", {"ptv": dose("9", 3)}, part_of=("Procedure/c",)),
    )
    course = one(record("c", volumes={"ptv": dose("54", 28, uniform=False)}), *parts)
    assert course.volumes[0].phases == (
        PhaseDose(Decimal(45), 25, "Procedure/p1"),
        PhaseDose(Decimal(9), 3, "Procedure/p2"),
    )
    other = one(record("c", volumes={"ptv": dose("60", 30, uniform=False)}), *parts)
    assert other.volumes[0].phases == ()
    assert other.volumes[0].total_dose_gy == Decimal(60)


def test_a_summary_below_the_sum_of_its_phases_is_not_computed_with():
    courses, problems = assemble(
        [
            record("c", volumes={"ptv": dose("50", 25)}),
            record("p1", "phase", {"ptv": dose("50", 25)}, part_of=("Procedure/c",)),
            record("p2", "phase", {"ptv": dose("10", 5)}, part_of=("Procedure/c",)),
        ],
        CODES,
    )
    assert courses[0].volumes[0].unusable == "contradictory-dose"
    assert [(problem.problem, problem.matters) for problem in problems] == [("contradictory-dose", True)]


def test_a_summary_without_dose_takes_the_level_below():
    course = one(
        record("c", volumes={"ptv": dose(None, None)}),
        record("p1", "phase", {"ptv": dose("45", 25)}, part_of=("Procedure/c",)),
        record("p2", "phase", {"ptv": dose("5.4", 3)}, part_of=("Procedure/c",)),
        record("l", "plan", {"ptv": dose("45", 25)}, part_of=("Procedure/p1",)),
    )
    assert doses(course) == [("50.4", 28)]
    assert course.volumes[0].fraction_dose_gy == Decimal("1.8")


def test_a_volume_of_the_summary_without_dose_takes_that_of_its_phases():
    begun = dose("0", 0, unusable="nothing-delivered")
    course = one(
        record("c", volumes={"a": dose("50", 25), "b": dose(None, None, LEFT), "c": begun}),
        record("p", "phase", {"b": dose("45", 25, None), "c": dose("2", 1)}, part_of=("Procedure/c",)),
    )
    assert doses(course) == [("2", 1), ("45", 25), ("50", 25)]
    assert LEFT in course.sites


def test_phases_with_a_unit_stand_in_for_a_summary_without_one_and_not_for_an_implausible_one():
    phase = record("p", "phase", {"a": dose("45", 25)}, part_of=("Procedure/c",))
    unitless = one(record("c", volumes={"a": dose(None, None, unusable="missing-unit")}), phase)
    assert [(volume.total_dose_gy, volume.unusable) for volume in unitless.volumes] == [(45, None)]
    slip = one(record("c", volumes={"a": dose("4500", 25, unusable="implausible-dose")}), phase)
    assert [(volume.total_dose_gy, volume.unusable) for volume in slip.volumes] == [(4500, "implausible-dose")]


def test_a_phase_not_begun_takes_nothing_from_the_sum():
    course = one(
        record("p1", "phase", {"a": dose("45", 25)}, part_of=("Procedure/x",)),
        record("p2", "phase", {"a": dose("0", None, unusable="nothing-delivered")}, part_of=("Procedure/x",)),
    )
    assert [(volume.total_dose_gy, volume.fractions, volume.unusable) for volume in course.volumes] == [(45, 25, None)]


def test_a_volume_that_no_record_doses_stays_listed_without_a_number():
    course = one(record("c", volumes={"a": dose("50", 25), "b": dose(None, None)}))
    assert [volume.total_dose_gy for volume in course.volumes] == [Decimal(50), None]


def test_phases_of_a_course_not_on_file_add_up_per_volume():
    course = one(
        record("p1", "phase", {"left": dose("50", 25, LEFT), "boost": dose("50", 25, LEFT)}, part_of=("Procedure/x",)),
        record("p2", "phase", {"boost": dose("10", 5, LEFT)}, part_of=("Procedure/x",)),
        record("p3", "phase", {"right": dose("50", 25, RIGHT)}, part_of=("Procedure/x",)),
    )
    assert doses(course) == [("50", 25), ("50", 25), ("60", 30)]
    assert course.fractions == 30
    assert {site.side for site in course.sites} == {"left", "right"}


def test_phases_based_on_one_order_are_one_course_and_a_year_later_they_are_not():
    first = record("p1", "phase", {"a": dose("45", 25)}, based_on=("ServiceRequest/o",))
    second = record("p2", "phase", {"a": dose("5.4", 3)}, based_on=("ServiceRequest/o",))
    assert doses(one(first, second)) == [("50.4", 28)]
    later = replace(second, start=PartialDate.of(2025, 3, 3), end=PartialDate.of(2025, 3, 5))
    assert len(assemble([first, later], CODES)[0]) == 2


def test_a_chain_of_orders_leads_phases_to_their_course():
    orders = [
        RadiotherapyRecord(
            f"ServiceRequest/{name}", "ServiceRequest", "phase", "unknown", (), based_on=("ServiceRequest/o",)
        )
        for name in ("o1", "o2")
    ]
    phases = [
        record(f"p{n}", "phase", {"a": dose("20", 10)}, based_on=(f"ServiceRequest/o{n}",), part_of=()) for n in (1, 2)
    ]
    summary = record("c", volumes={"a": dose("40", 20)}, based_on=("ServiceRequest/o",))
    assert doses(one(summary, *phases, *orders)) == [("40", 20)]


def test_plans_count_where_no_phase_does_and_levels_never_mix():
    plans = [
        record(f"l{n}", "plan", {"a": dose("20", 10)}, part_of=("Procedure/x",)) for n in (1, 2)
    ]  # fmt: skip
    fractions = [record(f"f{n}", "fraction", {"a": dose("2", None)}, part_of=("Procedure/l1",)) for n in range(10)]
    assert doses(one(*plans, *fractions)) == [("40", 20)]
    assert doses(one(*fractions)) == [("20", 10)]


def test_single_fractions_without_any_link_are_one_course():
    fractions = [
        record(f"f{n:02}", "fraction", {"a": dose("2", None)}, start=PartialDate.of(2024, 1, n), end=None)
        for n in (1, 2, 3, 4, 5)
    ]
    course = one(*fractions)
    assert doses(course) == [("10", 5)]
    assert (str(course.start), str(course.end)) == ("2024-01-01", "2024-01-05")


def test_a_phase_without_dose_makes_the_sum_unusable():
    course = one(
        record("p1", "phase", {"a": dose("45", 25)}, part_of=("Procedure/x",)),
        record("p2", "phase", {"a": dose(None, None)}, part_of=("Procedure/x",)),
    )
    assert course.volumes[0].unusable == "missing-dose"


def test_volumes_at_one_location_stay_volumes_of_their_own():
    course = one(record("c", volumes={"a": dose("50", 25), "b": dose("60", 30)}))
    assert doses(course) == [("50", 25), ("60", 30)]
    assert course.fractions == 30
    assert course.sites == (PELVIS,)


def test_an_organ_at_risk_that_only_a_phase_doses_is_kept():
    cord = replace(dose("30", 25, BodySite(region="spine", label="cord")), volume_type="organ-at-risk")
    course = one(
        record("c", volumes={"a": dose("50", 25)}),
        record("p", "phase", {"a": dose("50", 25), "cord": cord}, part_of=("Procedure/c",)),
    )
    assert [volume.volume_type for volume in course.volumes] == ["target", "organ-at-risk"]
    assert course.sites == (PELVIS,)


def test_the_end_of_a_running_course_is_not_its_end():
    courses, problems = assemble([record("c", volumes={"a": dose("20", 10)}, status="in-progress")], CODES)
    assert courses[0].end is None
    assert doses(courses[0]) == [("20", 10)]
    assert [(problem.problem, problem.matters) for problem in problems] == [("end-not-final", False)]


def test_stopped_and_on_hold_courses_count_with_what_was_delivered():
    for status in ("stopped", "on-hold", "unknown"):
        course = one(record("c", volumes={"a": dose("20", 10)}, status=status))
        assert (course.status, str(course.end), doses(course)) == (status, "2024-02-16", [("20", 10)])


def test_phases_are_in_progress_as_long_as_one_of_them_is():
    done = record("p1", "phase", {"a": dose("20", 10)}, part_of=("Procedure/x",), status="stopped")
    running = record("p2", "phase", {"a": dose("2", 1)}, part_of=("Procedure/x",), status="in-progress")
    assert one(done, running).status == "in-progress"
    assert one(done, replace(running, status="completed")).status == "completed"


def test_reversed_dates_are_marked():
    courses, problems = assemble([record("c", end=PartialDate.of(2023, 1, 1))], CODES)
    assert courses[0].date_problem == "reversed"
    assert problems[0].problem == "reversed-dates"


def test_a_left_out_record_is_reported_and_never_a_course():
    courses, problems = assemble([record("c", volumes={"a": dose("50", 25)}, left_out="entered-in-error")], CODES)
    assert courses == ()
    assert [(p.problem, p.reference, p.matters) for p in problems] == [("left-out", "Procedure/c", True)]


def test_sites_come_from_volumes_then_body_sites_then_the_reason():
    lung = BodySite(region="lung", label="lung")
    named = record("c", volumes={"a": dose("50", 25)}, sites=(lung,), reason_body_site=LEFT)
    assert (one(named).sites, one(named).sites_from) == ((PELVIS,), "volume")
    partly = record("c", volumes={"a": dose("50", 25), "b": dose("50", 25, None)}, sites=(lung,))
    assert one(partly).sites == (lung, PELVIS)
    unnamed = record("c", volumes={"a": dose("50", 25, None)}, sites=(lung,), reason_body_site=LEFT)
    assert (one(unnamed).sites, one(unnamed).sites_from) == ((lung,), "body-site")
    reason = replace(unnamed, sites=())
    assert (one(reason).sites, one(reason).sites_from) == ((LEFT,), "reason")
    assert one(replace(reason, reason_body_site=None)).sites_from == "none"


def test_a_course_above_the_plausible_dose_stays_without_a_usable_one():
    courses, problems = assemble([record("c", volumes={"a": dose("6000", 30)})], CODES)
    assert courses[0].volumes[0].unusable == "implausible-dose"
    assert [(p.problem, p.reference) for p in problems] == [("implausible-dose", "Procedure/c")]


def test_parts_of_each_other_end_in_one_course_without_a_loop():
    course = one(
        record("p1", "phase", {"a": dose("20", 10)}, part_of=("Procedure/p2",)),
        record("p2", "phase", {"a": dose("20", 10)}, part_of=("Procedure/p1",)),
    )
    assert doses(course) == [("40", 20)]
