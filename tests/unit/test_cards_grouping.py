"""What belongs together is one card; the most urgent comes first; no finding is lost."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cards.grouping import group
from clinical_rules.findings import Finding, Hook, Topic, Urgency

RULES: dict[Topic, str] = {
    "recurrence": "recurrence.pattern",
    "reirradiation": "reirradiation.overlap",
    "second-primary": "recurrence.second-primary",
    "workup": "workup.biopsy",
    "supportive-care": "supportive.airway",
    "data-quality": "data.missing-unit",
}


def finding(topic: Topic, urgency: Urgency | None = None, reference: str = "Procedure/1") -> Finding:
    return Finding(RULES[topic], "present", topic, {"n": 1}, urgency, (reference,))


def topics(hook: Hook, *findings: Finding, max_cards: int = 3) -> list[Topic]:
    return [plan.topic for plan in group(findings, hook, max_cards)]


@pytest.mark.parametrize("hook", ["patient-view", "order-sign"])
def test_nothing_that_raises_is_no_card(hook: Hook) -> None:
    assert topics(hook) == []
    assert topics(hook, *(finding(topic) for topic in RULES)) == []


@pytest.mark.parametrize("hook", ["patient-view", "problem-list-item-create"])
def test_on_a_chart_a_recurrence_takes_overlap_workup_and_data_along(hook: Hook) -> None:
    findings = (
        finding("recurrence", Urgency.INFO),
        finding("reirradiation", Urgency.WARNING),
        finding("workup", Urgency.INFO),
        finding("supportive-care"),
        finding("data-quality", Urgency.WARNING),
    )
    (plan,) = group(findings, hook, 2)
    assert plan.topic == "recurrence"
    assert plan.urgency is Urgency.WARNING
    assert len(plan.findings) == 5


def test_on_a_chart_a_second_primary_names_the_card_where_nothing_recurs() -> None:
    assert topics("patient-view", finding("second-primary", Urgency.INFO), finding("reirradiation", Urgency.INFO)) == [
        "second-primary"
    ]


def test_a_recurrence_that_rides_along_does_not_name_the_card() -> None:
    assert topics("patient-view", finding("recurrence"), finding("reirradiation", Urgency.INFO)) == ["reirradiation"]


def test_a_second_primary_beside_a_recurrence_is_a_card_of_its_own() -> None:
    found = topics("patient-view", finding("recurrence", Urgency.INFO), finding("second-primary", Urgency.WARNING))
    assert found == ["second-primary", "recurrence"]


def test_on_orders_the_joined_card_is_reirradiation_and_workup_its_own() -> None:
    findings = (
        finding("recurrence", Urgency.INFO),
        finding("second-primary"),
        finding("reirradiation", Urgency.CRITICAL),
        finding("workup", Urgency.WARNING),
        finding("data-quality", Urgency.WARNING),
    )
    first, second = group(findings, "order-sign", 3)
    assert (first.topic, second.topic) == ("reirradiation", "workup")
    assert {entry.topic for entry in first.findings} == {
        "recurrence",
        "second-primary",
        "reirradiation",
        "data-quality",
    }
    assert [entry.topic for entry in second.findings] == ["workup"]


def test_a_drug_order_has_its_workup_card_alone_and_the_rest_rides_in_it() -> None:
    (plan,) = group((finding("workup", Urgency.WARNING), finding("recurrence")), "order-select", 3)
    assert plan.topic == "workup"
    assert len(plan.findings) == 2


def test_data_that_could_not_be_used_raise_a_card_in_a_quiet_chart() -> None:
    assert topics("patient-view", finding("data-quality", Urgency.WARNING), finding("workup")) == ["data-quality"]


def test_cards_beyond_the_most_ride_in_the_last_one_kept() -> None:
    findings = (
        finding("reirradiation", Urgency.CRITICAL),
        finding("workup", Urgency.WARNING),
        finding("data-quality"),
    )
    (plan,) = group(findings, "order-sign", 1)
    assert plan.topic == "reirradiation"
    assert len(plan.findings) == 3


@given(
    st.lists(
        st.tuples(st.sampled_from(sorted(RULES)), st.sampled_from([None, *Urgency]), st.sampled_from("abcd")),
        max_size=12,
    ),
    st.sampled_from(["patient-view", "order-select", "order-sign", "problem-list-item-create"]),
    st.integers(0, 4),
    st.randoms(use_true_random=False),
)
def test_none_is_lost_none_is_doubled_and_their_order_does_not_matter(
    chosen: list[tuple[Topic, Urgency | None, str]], hook: Hook, max_cards: int, shuffler: random.Random
) -> None:
    findings = [finding(*entry) for entry in chosen]
    plans = group(findings, hook, max_cards)
    assert len(plans) <= max(1, max_cards)
    carried = [entry for plan in plans for entry in plan.findings]
    raises = any(entry.urgency is not None for entry in findings)
    assert sorted(map(repr, carried)) == (sorted(map(repr, findings)) if raises else [])
    assert [plan.urgency for plan in plans] == sorted((plan.urgency for plan in plans), reverse=True)
    shuffler.shuffle(findings)
    assert group(findings, hook, max_cards) == plans
