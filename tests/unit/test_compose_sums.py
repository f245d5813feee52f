"""What a card says of a cumulative dose and of the value it is compared with."""

from dataclasses import replace
from typing import Any

from composed_cards import cord, interval, only, overlap

from clinical_rules.findings import Urgency


def test_a_sum_over_the_value_leads_the_card_of_an_order() -> None:
    card = only(overlap(), interval(8.2), cord(), hook="order-sign")
    assert card.summary == (
        "Spinal cord: cumulative EQD2 73.3 Gy exceeds published low-risk value 70 Gy; earlier RT ended 8.2 months ago"
    )
    assert card.indicator == "critical"


def test_an_assumed_sum_is_in_whole_gray_and_labelled() -> None:
    finding = cord("caution", Urgency.WARNING, basis="assumed-prescription", cumulativeEqd2Gy=68.66, metric=None)
    card = only(finding, hook="order-sign")
    assert "69 Gy (assumed from the prescription)" in card.summary
    assert "68.6" not in str(card.detail)
    assert "Assumed from the prescription, which the true maximum may exceed: Spinal cord" in str(card.detail)
    assert card.to_wire()["extension"]["org.rert-cds.findings"][0]["values"]["cumulativeEqd2Gy"] == 68.66


def test_rounding_never_hides_that_a_sum_is_over_the_value() -> None:
    card = only(cord(cumulativeEqd2Gy=70.02), hook="order-sign")
    assert "70.02 Gy exceeds published low-risk value 70 Gy" in card.summary


def test_a_broken_condition_is_not_called_a_sum_over_the_value() -> None:
    card = only(cord(cumulativeEqd2Gy=65.0), hook="order-sign")
    assert "65 Gy is outside the conditions of the published low-risk value 70 Gy" in card.summary
    assert "outside the conditions of the value compared" in str(card.detail)
    assert "exceeds" not in card.summary


def test_terms_and_conditions_behind_a_sum_are_shown() -> None:
    words: Any = {
        "basisWord": "published low-risk factors",
        "conditions": [{"name": "interval", "state": "unknown", "bound": 5}],
        "terms": [
            {
                "reference": "Procedure/rt-1", "eqd2Gy": 50, "totalDoseGy": 50, "fractions": 25,
                "doseBasis": "delivered", "basis": "documented", "metric": "Dmax", "outsideModelRange": True,
            }
        ],
        "guard": "pregnancy",
        "reviewed": True,
    }  # fmt: skip
    detail = str(only(replace(cord(), words=words), hook="order-sign").detail)
    assert "conditions: interval at least 5 months (not known)" in detail
    assert (
        "50 Gy in 25 fx delivered: 50 Gy EQD2 (documented, Dmax, outside the best-supported range of the model)"
        in detail
    )
    assert "not meant for pregnancy" in detail
    assert "not clinically reviewed" not in detail


def test_structures_without_any_dose_share_one_line() -> None:
    nothing = dict.fromkeys(("priorEqd2Gy", "proposedEqd2Gy", "cumulativeEqd2Gy", "remainingEqd2Gy"))
    blank = cord("cannot-assess", None, **nothing)
    other = replace(blank, values={"structure": "Bladder", "limitGy": 110})
    detail = str(only(overlap(), blank, other, hook="order-sign").detail)
    assert "Cannot be assessed, no usable dose to the structure on file: Bladder, Spinal cord" in detail
    assert "|" not in detail


def test_a_caution_without_a_sum_prints_no_empty_number() -> None:
    card = only(cord("caution", Urgency.INFO, cumulativeEqd2Gy=None, priorEqd2Gy=None), hook="order-sign")
    assert card.summary == "Spinal cord: EQD2 calls for caution against published low-risk value 70 Gy"


def test_an_earlier_dose_that_exceeds_by_itself_is_not_called_a_sum() -> None:
    card = only(cord(priorEqd2Gy=71.0, proposedEqd2Gy=None, cumulativeEqd2Gy=None), hook="order-sign")
    assert "earlier EQD2 71 Gy exceeds" in card.summary
    assert "| 71 | not on file | no sum |" in str(card.detail)


def test_the_dose_table_has_each_number_beside_its_source() -> None:
    detail = str(only(overlap(), cord(), hook="order-sign").detail)
    row = "| Spinal cord | 50 | 23.3 | 73.3 | 70 (Sahgal et al. 2021, HyTEC; published low-risk factors) | 20 |"
    assert row in detail
    assert "below the value compared, not a dose to prescribe" in detail
    assert "No recovery assumed." in detail
