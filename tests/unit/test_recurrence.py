"""Recurrence rules called by themselves."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinical_rules import data_findings, recurrence, workup
from clinical_rules.call import Call
from clinical_rules.duplicates import merge, same_histology
from clinical_rules.facts import (
    BodySite,
    CancerDiagnosis,
    DataProblem,
    PartialDate,
    Patient,
    PatientFacts,
    RadiotherapyCourse,
)
from clinical_rules.knowledge import load_knowledge
from clinical_rules.picture import RuleSettings
from clinical_rules.recurrence.assembly import pattern_of
from clinical_rules.reirradiation import look_before

ON = date(2026, 11, 20)
KNOWLEDGE = load_knowledge().on(ON)
RECTUM = BodySite("rectum", "rectum")

entries = st.lists(
    st.builds(
        CancerDiagnosis,
        reference=st.integers(0, 5).map(lambda number: f"Condition/{number}"),
        role=st.sampled_from(["primary", "secondary", "history", "local-recurrence"]),
        site=st.sampled_from(["rectum", "lung", "other"]),
        body_site=st.sampled_from([RECTUM, BodySite("lung", "lung", side="left"), BodySite("lung", "lung"), None]),
        clinical_status=st.sampled_from(["active", "recurrence", "resolved"]),
        onset=st.sampled_from([None, PartialDate.of(2019), PartialDate.of(2019, 3), PartialDate.of(2025, 3, 1)]),
        recorded=st.sampled_from([None, PartialDate.of(2020), PartialDate.of(2026, 3, 1)]),
    ),
    max_size=6,
    unique_by=lambda entry: entry.reference,
)


@given(entries)
def test_merging_drops_no_entry(found: list[CancerDiagnosis]) -> None:
    merged = merge(found, knowledge=KNOWLEDGE)
    assert sorted(entry.reference for disease in merged for entry in disease.members) == sorted(
        entry.reference for entry in found
    )


@given(entries, st.randoms(use_true_random=False))
def test_the_order_of_the_entries_changes_no_tumour(found: list[CancerDiagnosis], order: object) -> None:
    shuffled = list(found)
    order.shuffle(shuffled)
    pictures = [
        recurrence.picture(PatientFacts(Patient("Patient/1"), diagnoses=tuple(each)), knowledge=KNOWLEDGE, on=ON)
        for each in (found, shuffled)
    ]
    assert pictures[0] == pictures[1]


@given(entries)
def test_a_tumour_of_a_suspicion_alone_is_never_more_than_possible(found: list[CancerDiagnosis]) -> None:
    suspected = tuple(
        CancerDiagnosis(
            entry.reference, entry.role, entry.site, entry.body_site, entry.clinical_status, "provisional",
            onset=entry.onset, recorded=entry.recorded,
        )
        for entry in found
    )  # fmt: skip
    tumours = recurrence.picture(PatientFacts(Patient("Patient/1"), suspected), knowledge=KNOWLEDGE, on=ON)
    assert {tumour.certainty for tumour in tumours} <= {"possible"}


def test_nothing_is_said_of_the_deceased_by_any_rule() -> None:
    course = RadiotherapyCourse("Procedure/1", ("Procedure/1",), "completed", (), sites=(RECTUM,))
    back = CancerDiagnosis("Condition/1", "primary", "rectum", RECTUM, "recurrence")
    living = PatientFacts(Patient("Patient/1"), (back,), (course,), problems=(DataProblem("left-out", "a", "b"),))
    dead = PatientFacts(Patient("Patient/1", deceased=True), (back,), (course,), problems=living.problems)
    tumours = recurrence.picture(living, knowledge=KNOWLEDGE, on=ON)
    call, of_dead = (Call(facts, KNOWLEDGE, "patient-view", ON, RuleSettings()) for facts in (living, dead))
    assert tumours
    assert recurrence.picture(dead, knowledge=KNOWLEDGE, on=ON) == ()
    assert recurrence.findings(tumours, of_dead) == ()
    assert workup.findings(tumours, look_before(tumours, of_dead)) == ()
    assert data_findings.findings(of_dead, spoke=True) == ()
    assert recurrence.findings(tumours, call)


@pytest.mark.parametrize(
    ("parts", "pattern"),
    [
        (set(), "unknown"),
        ({"biochemical"}, "biochemical"),
        ({"regional"}, "regional"),
        ({"local", "biochemical"}, "local"),
        ({"regional", "distant"}, "mixed"),
    ],
)
def test_the_pattern_is_made_of_the_places(parts: set[str], pattern: str) -> None:
    assert pattern_of(parts) == pattern


def test_a_histology_not_stated_contradicts_none() -> None:
    assert same_histology(None, "8140/3")
    assert same_histology("8140/3", None)


def test_many_repeats_of_one_diagnosis_are_merged_quickly_into_one() -> None:
    first = CancerDiagnosis("Condition/0", "primary", "rectum", RECTUM, onset=PartialDate.of(2019, 3, 1))
    repeats = tuple(
        CancerDiagnosis(
            f"Condition/{number}", "primary", "rectum", RECTUM, category="encounter-diagnosis",
            recorded=PartialDate.of(2020 + number % 5, 1 + number % 12, 1),
        )
        for number in range(1, 2000)
    )  # fmt: skip
    assert len(merge((*repeats, first), knowledge=KNOWLEDGE)) == 1
