"""What no case file says: laws over many sums, and the corners of single modules."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinical_rules import reirradiation
from clinical_rules.call import Call
from clinical_rules.facts import (
    BodySite,
    DoseToVolume,
    EquieffectiveDose,
    Modality,
    PartialDate,
    Patient,
    PatientFacts,
    RadiotherapyCourse,
)
from clinical_rules.findings import Finding, Urgency
from clinical_rules.intervals import Interval
from clinical_rules.knowledge import Knowledge, load_knowledge
from clinical_rules.knowledge.schema import JointCondition
from clinical_rules.picture import RuleSettings
from clinical_rules.reirradiation.conditions import judge_conditions
from clinical_rules.reirradiation.metrics import compare, metric_class
from clinical_rules.reirradiation.shares import Share
from clinical_rules.reirradiation.structures import rule_id
from clinical_rules.reirradiation.terms import Term

ON = date(2026, 11, 20)
KNOWLEDGE = load_knowledge().on(ON)
T10 = BodySite(region="spine-thoracic", label="T10", subsite="T10")
CORD = BodySite(region="spine-thoracic", label="spinal cord", structures=("SpinalCord",))
RULE = "reirradiation.spinal-cord.cumulative-eqd2"
REASSURING = {"within", "near"}

gray = st.decimals(min_value="0.5", max_value=60, places=1)
counts = st.integers(min_value=1, max_value=35)
metrics = st.sampled_from(["Dmax", "D0.03cc", "D0.1cc", "Dmean", None])
doses = st.builds(
    DoseToVolume,
    basis=st.just("delivered"),
    site=st.just(CORD),
    total_dose_gy=gray,
    fractions=counts,
    volume_type=st.just("organ-at-risk"),
    metric=metrics,
)
screens = st.builds(
    DoseToVolume,
    basis=st.just("prescribed"),
    site=st.just(T10),
    total_dose_gy=gray,
    fractions=counts,
    volume_type=st.just("target"),
)


def course(reference: str, *volumes: DoseToVolume, planned: bool = False) -> RadiotherapyCourse:
    return RadiotherapyCourse(
        reference=reference,
        references=(reference,),
        status="completed",
        modalities=(Modality.PHOTON,),
        volumes=volumes,
        sites=(T10,),
        sites_from="volume",
        end=None if planned else PartialDate.of(2024, 5, 10),
        planned=planned,
    )


def judged(courses: list[RadiotherapyCourse], order: RadiotherapyCourse, born: int = 1960) -> Finding:
    patient = Patient("Patient/1", birth_date=PartialDate.of(born))
    facts = PatientFacts(patient=patient, courses=tuple(courses), orders=(order,))
    call = Call(facts, KNOWLEDGE, "order-sign", ON, RuleSettings())
    found = reirradiation.findings(reirradiation.look_before((), call))
    return next(finding for finding in found if finding.rule == RULE)


def earlier(volumes: list[DoseToVolume]) -> list[RadiotherapyCourse]:
    return [course(f"Procedure/{place}", volume) for place, volume in enumerate(volumes)]


@given(st.lists(screens, min_size=1, max_size=3), screens)
def test_prescriptions_alone_never_reassure_and_never_exceed(volumes: list[DoseToVolume], new: DoseToVolume) -> None:
    finding = judged(earlier(volumes), course("ServiceRequest/1", new, planned=True))
    assert finding.status in {"caution", "cannot-assess"}
    assert finding.values["basis"] == "assumed-prescription"


@pytest.mark.conforms("L169")
@given(st.lists(doses, min_size=1, max_size=3), doses)
def test_a_missing_number_of_fractions_never_reassures(volumes: list[DoseToVolume], new: DoseToVolume) -> None:
    bare = [replace(volumes[0], fractions=None), *volumes[1:]]
    assert judged(earlier(bare), course("ServiceRequest/1", new, planned=True)).status not in REASSURING


@given(st.lists(doses, min_size=1, max_size=3), doses)
def test_nothing_reassures_under_eighteen(volumes: list[DoseToVolume], new: DoseToVolume) -> None:
    order = course("ServiceRequest/1", new, planned=True)
    assert judged(earlier(volumes), order, born=2015).status not in REASSURING


@given(st.lists(doses, min_size=1, max_size=3), doses)
def test_reassurance_needs_documented_near_maximum_doses_below_the_limit(
    volumes: list[DoseToVolume], new: DoseToVolume
) -> None:
    finding = judged(earlier(volumes), course("ServiceRequest/1", new, planned=True))
    if finding.status in REASSURING:
        assert {volume.metric for volume in (*volumes, new)} <= {"Dmax", "D0.03cc"}
        assert len(volumes) == 1
        assert Fraction(str(finding.values["cumulativeEqd2Gy"])) <= Fraction(str(finding.values["limitGy"]))


@given(doses, doses, st.lists(doses, min_size=1, max_size=2))
def test_a_further_course_never_takes_back_an_exceedance_of_the_limit(
    first: DoseToVolume, new: DoseToVolume, more: list[DoseToVolume]
) -> None:
    order = course("ServiceRequest/1", new, planned=True)
    before = judged(earlier([first]), order)
    cumulative = before.values.get("cumulativeEqd2Gy", 0)
    if before.status == "exceeds" and isinstance(cumulative, int | float) and cumulative > 70:
        same = [volume for volume in more if volume.metric == first.metric == new.metric]
        after = judged(earlier([first, *same]), order)
        assert (after.status, after.urgency) == ("exceeds", Urgency.CRITICAL)


def test_an_order_without_dose_is_judged_by_the_lowest_limit() -> None:
    volume = DoseToVolume(
        basis="delivered",
        site=CORD,
        total_dose_gy=Decimal(30),
        fractions=15,
        volume_type="organ-at-risk",
        metric="Dmax",
    )
    finding = judged(earlier([volume]), course("ServiceRequest/1", planned=True))
    assert (finding.status, finding.values["limitGy"]) == ("cannot-assess", 67.5)


def test_of_a_record_with_two_metrics_and_no_shared_one_no_sum_is_told() -> None:
    def organ(metric: str | None, total: int) -> DoseToVolume:
        return DoseToVolume(
            basis="delivered",
            site=CORD,
            total_dose_gy=Decimal(total),
            fractions=10,
            volume_type="organ-at-risk",
            metric=metric,
        )

    order = course("ServiceRequest/1", organ("Dmax", 20), planned=True)
    finding = judged(earlier([organ("Dmax", 20), organ("Dmean", 10)]), order)
    assert finding.status == "cannot-assess"
    assert "priorEqd2Gy" not in finding.values
    assert finding.values["proposedEqd2Gy"] == 20


@pytest.mark.parametrize("fractions", [10, None])
def test_an_equieffective_dose_serves_where_photons_state_no_fractions(fractions: int | None) -> None:
    volume = DoseToVolume(
        basis="delivered",
        site=CORD,
        total_dose_gy=Decimal(30),
        fractions=fractions,
        volume_type="organ-at-risk",
        metric="Dmax",
        equieffective=EquieffectiveDose("EQD2", Decimal("37.5"), Decimal(2)),
    )
    order = course("ServiceRequest/1", volume, planned=True)
    assert judged(earlier([volume]), order).values["cumulativeEqd2Gy"] == 75


def test_an_unusable_second_dose_of_the_same_organ_takes_back_the_reassurance() -> None:
    def organ(unusable: str | None) -> DoseToVolume:
        return DoseToVolume(
            basis="delivered",
            site=CORD,
            total_dose_gy=Decimal(20),
            fractions=10,
            volume_type="organ-at-risk",
            metric="Dmax",
            unusable=unusable,
        )

    order = course("ServiceRequest/1", organ(None), planned=True)
    assert judged([course("Procedure/1", organ(None))], order).status == "within"
    assert judged([course("Procedure/1", organ(None), organ("missing-unit"))], order).status == "cannot-assess"


def test_a_limit_may_ask_for_less_than_all_conditions() -> None:
    share = Share(course("ServiceRequest/1"), (), (), "inside", near=True, field=False)
    new = [Term(share, "documented", Fraction(20))]
    conditions = JointCondition(new_part_max_gy=Decimal(25), breach="exceeds")
    assert [one.name for one in judge_conditions(conditions, new, new, Interval())] == ["new-part"]
    assert judge_conditions(None, new, new, Interval()) == ()


@pytest.mark.parametrize(
    ("found", "limit", "comparison"),
    [
        (["Dmax", "point", "D0.03cc"], "Dmax", "like"),
        (["D0.1cc"], "D0.5cc", "over-only"),
        (["Dmax"], "D1cc", "over-only"),
        (["D1cc"], "D0.1cc", "none"),
        (["D0.1cc"], "Dmax", "none"),
        (["V20"], "D0.5cc", "none"),
        (["Dmax", "Dmean"], "Dmax", "none"),
        ([None], "Dmax", "unstated"),
        (["Dmax", None], "Dmax", "unstated"),
        ([], "Dmax", "unstated"),
    ],
)
def test_metrics_compare_only_like_with_like(found: list[str | None], limit: str, comparison: str) -> None:
    assert compare([metric_class(metric) for metric in found], limit) == comparison


def test_every_deciding_limit_states_its_rule_by_its_structure(knowledge: Knowledge) -> None:
    assert knowledge.limits
    for limit in knowledge.limits:
        assert limit.id == rule_id(limit.structure)
        assert limit.values[-1].citations


def test_every_structure_with_a_limit_is_in_the_anatomy_or_a_member_of_a_group() -> None:
    traits = KNOWLEDGE.anatomy.traits
    assert all(found.limit.structure in traits for found in KNOWLEDGE.all_limits)
