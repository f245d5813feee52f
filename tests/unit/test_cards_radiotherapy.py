"""What a card of an order says of earlier courses and of the doses behind a sum."""

from dataclasses import replace
from typing import Any

from cards import compose
from cards.model import Card
from clinical_rules.findings import Assessment, Finding, SourceReference, Status, Urgency

ON = "2026-11-02"
SLEVIN = SourceReference("Slevin et al. 2021, pelvic Delphi")


def overlap(course: dict[str, Any] | None, **words: Any) -> Finding:
    shown = {"reference": "Procedure/rt-1", "site": "prostate", "overlap": "in-region", "fractions": 25}
    courses = [] if course is None else [{**shown, **course}]
    values: dict[str, Any] = {"overlap": "in-region" if courses else "unknown", "type": "unknown"}
    values |= {"courses": courses} if courses else {}
    return Finding(
        "reirradiation.overlap", "present", "reirradiation", values, Urgency.WARNING, ("Procedure/rt-1",), (), words
    )


def interval(**words: Any) -> Finding:
    values = {"band": "unknown", "estimated": False}
    told = {"reference": "Procedure/rt-1", "until": ON, **words}
    return Finding("reirradiation.interval", "cannot-assess", "reirradiation", values, None, (), (), told)


def dose(structure: str, status: Status = "caution", **changes: Any) -> Finding:
    words: dict[str, Any] = {
        "terms": [
            {"reference": "Procedure/rt-1", "basis": "assumed-prescription", "eqd2Gy": 48.38, "totalDoseGy": 50.4,
             "fractions": 28, "doseBasis": "delivered"},
            {"reference": "ServiceRequest/o", "basis": "assumed-prescription", "eqd2Gy": 27, "totalDoseGy": 30,
             "fractions": 20, "doseBasis": "prescribed", "new": True},
        ],
        "conditions": changes.pop("conditions", []),
    }  # fmt: skip
    values: dict[str, Any] = {
        "structure": structure, "alphaBetaGy": 3, "limitGy": 80, "basis": "assumed-prescription",
        "priorEqd2Gy": 48.38, "proposedEqd2Gy": 27, "cumulativeEqd2Gy": 75.38, **changes,
    }  # fmt: skip
    kept = {name: value for name, value in values.items() if value is not None}
    rule = f"reirradiation.{structure.lower()}.cumulative-eqd2"
    return Finding(rule, status, "reirradiation", kept, Urgency.WARNING, (), (SLEVIN,), words)


def card(*findings: Finding) -> Card:
    assessment = Assessment("order-sign", ON, "2026.11.1", findings, patient_reference="Patient/1")
    (only,) = compose(assessment, base_url="https://cds.example.org", max_cards=3).cards
    return only


def test_an_end_in_the_future_is_not_said_to_be_missing() -> None:
    known = overlap({"end": "2026-12-24", "totalDoseGy": 50, "basis": "delivered"})
    found = card(known, interval(problem="future"))
    assert "end on file is in the future" in found.summary
    assert "the end on file lies after the day it is measured to" in str(found.detail)


def test_an_end_after_the_planned_start_is_not_called_future() -> None:
    known = overlap({"end": "2026-10-24", "totalDoseGy": 50})
    assert (
        "end on file is after the planned start" in card(known, interval(problem="future", until="2026-10-01")).summary
    )


def test_dates_that_contradict_each_other_are_said_to() -> None:
    assert "dates on file contradict each other" in card(overlap({}), interval(problem="record")).summary


def test_a_dose_that_was_refused_is_not_said_to_be_missing() -> None:
    refused = {"courses": [{"reference": "Procedure/rt-1", "unusable": ["implausible-dose"]}]}
    assert "prostate RT, dose on file not used (25 fx)" in card(overlap({}, **refused)).summary
    assert "prostate RT, dose not on file (25 fx)" in card(overlap({})).summary


def test_what_is_not_photons_is_named_in_the_summary() -> None:
    course = {"totalDoseGy": 57.6, "basis": "delivered", "notPhotons": True, "modalities": ["carbon"]}
    found = card(overlap(course))
    assert "prostate RT (carbon ions) 57.6 Gy in 25 fx delivered" in found.summary
    assert "not photons (carbon ions), not converted by the photon formula" in str(found.detail)


def test_a_flag_on_the_order_alone_is_not_called_a_record_of_radiotherapy() -> None:
    found = card(overlap(None, flagged=["ServiceRequest/o"], history=[]))
    assert found.summary == "The order is marked as re-irradiation, no earlier course on file; overlap unknown"
    assert "on record" not in str(found.detail)


def test_a_history_code_is_called_one_even_if_the_order_is_flagged() -> None:
    found = card(overlap(None, flagged=["ServiceRequest/o"], history=["history of radiotherapy"]))
    assert found.summary.startswith("Earlier radiotherapy on record without dose or site")


def test_structures_that_rest_on_the_same_prescriptions_name_them_once() -> None:
    detail = str(card(overlap({}), dose("Rectum"), dose("Bladder")).detail)
    assert "exceed: Bladder, Rectum; doses: Procedure&#47;rt&#45;1 50.4 Gy in 28 fx delivered" in detail
    assert detail.count("30 Gy in 20 fx prescribed") == 1
    assert detail.count("which the true maximum may exceed") == 1
    assert "| Rectum | 48 | 27 | 75 | 80 (Slevin et al. 2021, pelvic Delphi) | not stated |" in detail


def test_a_structure_with_a_prescription_on_one_side_only_takes_no_row() -> None:
    one_sided = dose("Bladder", "cannot-assess", basis="unknown", cumulativeEqd2Gy=None, proposedEqd2Gy=None)
    detail = str(card(overlap({}), one_sided).detail)
    assert "| Bladder |" not in detail
    assert "no usable dose to the structure on file: Bladder" in detail


def test_the_condition_that_is_broken_stands_in_the_summary() -> None:
    broken = [
        {"name": "new-part", "state": "met", "found": 20.05, "bound": 25},
        {"name": "new-share", "state": "not-met", "found": 0.501, "bound": 0.5},
    ]
    found = card(
        overlap({}), dose("SpinalCord", "exceeds", basis="documented", cumulativeEqd2Gy=40.05, conditions=broken)
    )
    assert "is outside the conditions of the published value 80 Gy (new share 0.501 above 0.5)" in found.summary
    assert "share of the new part at most 0.5 (0.501, not met)" in str(found.detail)


def test_a_sum_of_earlier_doses_alone_is_called_earlier() -> None:
    found = card(overlap({}), dose("Rectum", "exceeds", basis="documented", cumulativeEqd2Gy=81, proposedEqd2Gy=None))
    assert found.summary.startswith("Rectum: earlier EQD2 81 Gy exceeds published value 80 Gy")


def test_a_cited_value_that_does_not_decide_stands_apart_from_the_table() -> None:
    other = replace(
        dose("SpinalCord", basis="documented", limitGy=60, cumulativeEqd2Gy=73.33),
        rule="reirradiation.spinal-cord.thoracic-delphi",
        urgency=None,
    )
    detail = str(card(overlap({}), dose("Rectum"), other).detail)
    assert "| Spinal cord |" not in detail
    table, cited = detail.split("**Other cited values, none of which decides**")
    assert (
        "- Spinal cord, 73.3 against 60 Gy EQD2 (Slevin et al. 2021, pelvic Delphi, alpha/beta 3 Gy): caution" in cited
    )
    assert "| Rectum |" in table


def test_documented_earlier_doses_keep_their_decimal_beside_an_assumed_new_part() -> None:
    mixed = dose("SpinalCord", priorEqd2Gy=37.5, proposedEqd2Gy=18.75, cumulativeEqd2Gy=56.25)
    terms: Any = [
        {"reference": "Procedure/rt-1", "basis": "documented", "eqd2Gy": 37.5},
        {"reference": "ServiceRequest/o", "basis": "assumed-prescription", "eqd2Gy": 18.75, "new": True},
    ]
    detail = str(card(overlap({}), replace(mixed, words={"terms": terms})).detail)
    assert "| Spinal cord | 37.5 | 19 | 56 |" in detail


def test_an_end_not_yet_reached_is_not_called_ended() -> None:
    apart = {"end": "2026-12-24", "overlap": "none-found"}
    told = {"courses": [{"reference": "Procedure/rt-1", "interval": {"problem": "future"}}]}
    found = card(overlap(apart, **told))
    assert "end on file 2026-12-24" in found.summary
    assert "End on file 2026-12-24, not yet reached: prostate RT" in str(found.detail)


def test_the_same_problem_of_several_records_is_one_reason() -> None:
    left_out = [
        Finding("data.left-out", "cannot-assess", "data-quality", {"problem": "left-out", "reference": name}, urgency)
        for name, urgency in (("Procedure/1", Urgency.WARNING), ("Procedure/2", Urgency.WARNING))
    ]
    detail = str(card(overlap({}), *left_out).detail)
    assert detail.count("A record could not be used as on file: record left out") == 1
    assert "(Procedure&#47;1)" in detail
    assert "(Procedure&#47;2)" in detail
