"""What a card says of a recurrence, the earlier courses and the work-up."""

from dataclasses import replace
from typing import Any

import pytest
from composed_cards import interval, only, overlap, recurrence, workup

from clinical_rules.findings import Finding, Urgency


def test_the_typical_first_card_reads_as_promised() -> None:
    card = only(recurrence(), overlap(), interval(), workup("biopsy"))
    assert card.summary == (
        "Local recurrence of rectal cancer; pelvic RT 50.4 Gy in 28 fx delivered, ended 14 months ago; "
        "same anatomical region (fields not compared)"
    )
    assert card.indicator == "info"


@pytest.mark.parametrize("certainty", ["possible", "probable"])
def test_what_is_not_documented_says_so_first(certainty: str) -> None:
    assert only(recurrence(certainty)).summary.startswith(f"{certainty.capitalize()} local recurrence")


def test_an_overlap_from_site_codes_says_so_in_summary_or_detail() -> None:
    words = "same anatomical region (fields not compared)"
    short = only(overlap(), interval(), hook="order-sign")
    assert words in short.summary
    long = only(recurrence("probable"), overlap(), interval())
    assert words not in long.summary
    assert words in str(long.detail)


def test_an_unknown_overlap_is_never_worded_as_known() -> None:
    card = only(overlap("unknown", Urgency.WARNING), interval(), hook="order-sign")
    assert card.summary.endswith("overlap unknown")
    assert "not known" in str(card.detail)


@pytest.mark.conforms("L169")
def test_a_course_without_dose_says_so() -> None:
    assert "dose not on file" in only(recurrence(), overlap(totalDoseGy=None, fractions=None)).summary


def test_history_without_a_course_makes_no_dose_or_site_up() -> None:
    values = {"overlap": "unknown", "courses": []}
    history = Finding("reirradiation.overlap", "present", "reirradiation", values, Urgency.WARNING, ("Condition/z",))
    card = only(history, hook="order-sign")
    assert card.summary == "Earlier radiotherapy on record without dose or site; overlap unknown"
    assert "Gy" not in card.summary


def test_an_estimated_interval_is_worded_as_about() -> None:
    assert "ended about 14 months ago" in only(recurrence(), overlap(), interval(estimated=True)).summary


def test_a_date_known_in_part_shows_the_range() -> None:
    known = replace(interval(10), words={"longestMonths": 21.9, "reference": "Procedure/rt-1"})
    assert "ended 10 to 21.9 months ago" in only(recurrence(), overlap(end="2025"), known).summary


def test_an_end_that_is_not_on_file_is_said() -> None:
    unknown = replace(interval(), values={"band": "unknown", "estimated": False})
    assert "delivered, end not on file" in only(recurrence(), overlap(end=None), unknown).summary


def test_a_workup_card_counts_what_is_missing_and_lists_it_once() -> None:
    found = [
        workup("biopsy", urgency=Urgency.INFO),
        workup("restaging", urgency=Urgency.INFO),
        workup("interval", "found"),
    ]
    detail = str(only(*found, hook="order-sign").detail)
    assert "2 of 3 work-up items were not found" in detail
    assert detail.count("biopsy of the recurrence") == 1


def test_words_of_a_course_join_its_values_by_reference() -> None:
    finding = overlap()
    words: Any = {
        "courses": [
            {"reference": "Procedure/rt-1", "relation": "junction", "sites": ["Prostate bed"], "status": "in-progress"}
        ],
        "partOfRunningCourse": ["Procedure/rt-1"],
    }
    joined = replace(finding, words=words)
    card = only(joined, interval(), hook="order-sign")
    assert "possible field junction" in str(card.detail)
    assert "Prostate bed" in str(card.detail)
    assert "part of the running course, or a new one?" in card.summary


def test_months_are_those_of_the_course_they_belong_to() -> None:
    courses: Any = [
        {"reference": "Procedure/a", "site": "pelvis", "overlap": "in-region", "end": "2020-01-10"},
        {"reference": "Procedure/b", "site": "pelvis", "overlap": "unknown", "end": "2026-05-01"},
    ]
    finding = replace(overlap(), values={"overlap": "in-region", "courses": courses})
    last = replace(interval(6.0), words={"reference": "Procedure/b", "until": "2026-11-02"})
    assert "ended 2020-01-10" in only(finding, last, hook="order-sign").summary


def test_an_interval_to_a_later_planned_start_is_not_called_ago() -> None:
    later = replace(interval(), words={"reference": "Procedure/rt-1", "until": "2026-12-01"})
    assert "ended 14 months before the planned start" in only(overlap(), later, hook="order-sign").summary


def test_an_item_with_a_result_is_on_file_whatever_the_result() -> None:
    finding = Finding("workup.biomarker", "caution", "workup", {"item": "biomarker:RAS"}, Urgency.WARNING)
    card = only(finding, hook="order-select")
    assert card.summary == "Work-up on file: RAS result"
    assert "Not found" not in str(card.detail)


def test_a_cancer_without_a_site_of_ours_is_named_by_its_label() -> None:
    finding = replace(recurrence(), values={"site": "other", "certainty": "documented", "pattern": "local"})
    labelled = replace(finding, words={"label": "Malignant neoplasm of pancreas *"})
    card = only(labelled)
    assert card.summary == "Local recurrence of malignant neoplasm of pancreas *"
    assert "pancreas &#42;" in str(card.detail)
