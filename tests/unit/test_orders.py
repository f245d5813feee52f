"""Orders: prescriptions, plans and their phases as the courses that are ordered."""

from decimal import Decimal

import pytest

from clinical_rules.facts import BodySite, DoseToVolume, Modality, PartialDate, RadiotherapyCourse
from fhir_mappings.orders import assemble_orders
from fhir_mappings.radiotherapy_record import Level, RadiotherapyRecord

PROSTATE = BodySite(region="prostate", label="prostate")


def order(name: str, level: Level, doses: dict[str, tuple[str, int]], basis: str = "prescribed", **more: object):
    volumes = tuple(
        DoseToVolume(basis, PROSTATE, Decimal(total), fractions, volume_type="target", fractions_from="stated")
        for total, fractions in doses.values()
    )
    given = {"based_on": (), "modalities": (Modality.PHOTON,), **more}
    return RadiotherapyRecord(
        f"ServiceRequest/{name}", "ServiceRequest", level, "unknown", volumes=volumes, volume_keys=tuple(doses), **given
    )


def ordered(*records: RadiotherapyRecord, selections: tuple[str, ...] | None = None) -> list[RadiotherapyCourse]:
    return list(assemble_orders(records, selections)[0])


def doses(course: RadiotherapyCourse) -> list[tuple[str, int | None, str]]:
    return [(str(volume.total_dose_gy), volume.fractions, volume.basis) for volume in course.volumes]


def based(name: str) -> tuple[str, ...]:
    return (f"ServiceRequest/{name}",)


def test_a_course_prescription_hides_its_phases_and_shows_their_fraction_sizes():
    (course,) = ordered(
        order("c", "course", {"p": ("83", 44), "n": ("45", 25)}),
        order("p1", "phase", {"p": ("45", 25), "n": ("45", 25)}, based_on=based("c")),
        order("p2", "phase", {"p": ("38", 19)}, based_on=based("c")),
    )
    assert doses(course) == [("45", 25, "prescribed"), ("83", 44, "prescribed")]
    assert [(phase.total_dose_gy, phase.fractions) for phase in course.volumes[1].phases] == [(45, 25), (38, 19)]
    assert (course.reference, course.planned, course.fractions) == ("ServiceRequest/c", True, 44)
    assert course.references == ("ServiceRequest/c", "ServiceRequest/p1", "ServiceRequest/p2")


def test_phases_of_one_order_bundle_add_up_per_volume():
    (course,) = ordered(
        order("p1", "phase", {"a": ("50", 25)}, based_on=based("elsewhere")),
        order("p2", "phase", {"a": ("10", 5)}, based_on=based("elsewhere")),
    )
    assert doses(course) == [("60", 30, "prescribed")]


def test_independent_orders_stay_several():
    courses = ordered(
        order("a", "course", {"a": ("50", 25)}, based_on=based("referral")),
        order("b", "course", {"b": ("8", 1)}, based_on=based("referral")),
        order("c", "generic", {}),
    )
    assert [course.reference for course in courses] == ["ServiceRequest/a", "ServiceRequest/b", "ServiceRequest/c"]


def test_what_is_planned_goes_before_what_is_prescribed():
    (course,) = ordered(
        order("rx", "course", {"a": ("60", 30)}, intent="curative", reason_kinds=("bone-metastasis",)),
        order("plan", "course", {"a": ("60.2", 30)}, "planned", based_on=based("rx"), reirradiation=True),
    )
    assert doses(course) == [("60.2", 30, "planned")]
    assert course.reference == "ServiceRequest/plan"
    assert (course.intent, course.reason_kinds, course.reirradiation) == ("curative", ("bone-metastasis",), True)


def test_a_planned_phase_does_not_hide_the_prescribed_course():
    (course,) = ordered(
        order("rx", "course", {"a": ("60", 30)}),
        order("plan", "phase", {"a": ("50", 25)}, "planned", based_on=based("rx")),
    )
    assert doses(course) == [("60", 30, "prescribed")]


def test_two_planned_courses_of_one_prescription_are_two_orders():
    courses = ordered(
        order("rx", "course", {"a": ("60", 30)}),
        order("x", "course", {"a": ("50", 25)}, "planned", based_on=based("rx")),
        order("y", "course", {"b": ("10", 2)}, "planned", based_on=based("rx"), modalities=(Modality.BRACHYTHERAPY,)),
        order("x1", "phase", {"a": ("50", 25)}, "planned", based_on=based("x")),
    )
    assert [(course.reference, doses(course)) for course in courses] == [
        ("ServiceRequest/x", [("50", 25, "planned")]),
        ("ServiceRequest/y", [("10", 2, "planned")]),
    ]


@pytest.mark.parametrize(
    "selection",
    ["ServiceRequest/a", "https://ehr.example.org/fhir/ServiceRequest/a", "a", "ServiceRequest/a/_history/3"],
)
def test_a_selection_names_an_order_in_any_form(selection: str):
    courses = ordered(order("a", "course", {}), order("b", "course", {}), selections=(selection,))
    assert [(course.reference, course.selected) for course in courses] == [
        ("ServiceRequest/a", True),
        ("ServiceRequest/b", False),
    ]


def test_a_selected_phase_selects_its_order():
    (course,) = ordered(
        order("c", "course", {"a": ("60", 30)}),
        order("p", "phase", {"a": ("60", 30)}, based_on=based("c")),
        selections=("ServiceRequest/p",),
    )
    assert course.selected


def test_without_selections_every_order_is_selected_and_with_none_named_no_one_is():
    assert ordered(order("a", "course", {}))[0].selected
    assert not ordered(order("a", "course", {}), selections=())[0].selected


def test_an_order_knows_the_records_that_carried_it_out():
    done = RadiotherapyRecord(
        "Procedure/p", "Procedure", "course", "completed", (Modality.PHOTON,), based_on=based("plan")
    )
    other = RadiotherapyRecord("Procedure/q", "Procedure", "course", "completed", (Modality.PHOTON,))
    (course,) = ordered(
        order("rx", "course", {"a": ("60", 30)}, based_on=based("referral")),
        order("plan", "course", {"a": ("60", 30)}, "planned", based_on=based("rx")),
        done,
        other,
    )
    assert course.replaces == ("Procedure/p", "ServiceRequest/referral")


def test_orders_come_by_start_then_reference_whatever_their_order():
    records = [
        order("b", "course", {}, start=PartialDate.of(2026, 3, 1)),
        order("a", "course", {}, start=PartialDate.of(2026, 4, 1)),
        order("c", "course", {}),
    ]
    expected = ["ServiceRequest/b", "ServiceRequest/a", "ServiceRequest/c"]
    assert [course.reference for course in ordered(*records)] == expected
    assert [course.reference for course in ordered(*records[::-1])] == expected


def test_revoked_orders_leave_without_mattering_and_circles_end():
    courses, problems = assemble_orders([order("a", "course", {}, left_out="entered-in-error")], None)
    assert courses == ()
    assert [(problem.problem, problem.matters) for problem in problems] == [("left-out", False)]
    circle = [order("x", "phase", {}, based_on=based("y")), order("y", "phase", {}, based_on=based("x"))]
    assert len(ordered(*circle)) == 1
