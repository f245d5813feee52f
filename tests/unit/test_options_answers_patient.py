"""What an option may ask of the patient: yes, no or not known, at, below and above each edge."""

from dataclasses import replace
from datetime import date

import pytest
from option_questions import state, told, tumour

from clinical_rules.facts import ClinicalEvent, PartialDate
from clinical_rules.options.answers import Answer

ECOG_2 = {"fact": "performance-status", "at_most": 2}


def event(kind, value=None, day: str | None = "2026-11-01", number: int = 1, item: str | None = None) -> ClinicalEvent:
    when = PartialDate.on(date.fromisoformat(day)) if day else None
    return ClinicalEvent(f"Observation/{number}", kind, item or kind, date=when, value=value)


@pytest.mark.parametrize(
    ("item", "value", "expected"),
    [
        ("ECOG", "2", "yes"), ("ECOG", "3", "no"), ("ECOG", None, "unknown"), ("ECOG", "NaN", "unknown"),
        ("WHO", "1", "unknown"), ("Karnofsky", "70 %", "yes"), ("Karnofsky", "60", "unknown"),
        ("Karnofsky", "50", "unknown"), ("Karnofsky", "40", "no"),
    ],
)  # fmt: skip
def test_performance_status_is_ecog_or_karnofsky_where_its_conversions_agree(item, value, expected):
    assert state(ECOG_2, events=(event("performance-status", value, item=item),)) == expected


@pytest.mark.parametrize(
    ("day", "expected"),
    [("2026-05-01", "yes"), ("2026-04-30", "unknown"), (None, "unknown"), ("2026-11-21", "unknown")],
)
def test_a_performance_status_from_before_the_recurrence_is_not_read(day, expected):
    assert state(ECOG_2, events=(event("performance-status", "1", day, item="ECOG"),)) == expected


def test_one_within_the_window_is_read_whatever_the_date_of_the_recurrence():
    later, status = (
        tumour(date=PartialDate.of(2026, 11, 10)),
        {"kind": "performance-status", "value": "1", "item": "ECOG"},
    )
    assert state(ECOG_2, later, events=(event(day="2026-10-23", **status),)) == "yes"
    assert state(ECOG_2, later, events=(event(day="2026-10-22", **status),)) == "unknown"
    assert state(ECOG_2, tumour(date=None), events=(event(day="2026-10-22", **status),)) == "unknown"


def test_two_of_one_day_that_differ_do_not_decide():
    found = [event("performance-status", str(grade), number=grade, item="ECOG") for grade in (1, 3)]
    assert told(ECOG_2, events=tuple(found)).words == "ECOG (values do not decide)"


@pytest.mark.parametrize(
    ("value", "expected"), [("13", "yes"), ("12 {score}", "no"), ("high", "unknown"), (None, "unknown")]
)
def test_the_spine_score_is_read_as_a_number(value, expected):
    assert state({"fact": "sins", "at_least": 13}, events=(event("spine-instability", value),)) == expected


def test_of_several_spine_scores_the_newest_counts_and_of_one_day_the_highest():
    days = [event("spine-instability", "14", "2026-01-01"), event("spine-instability", "7", number=2)]
    assert state({"fact": "sins", "at_least": 13}, events=tuple(days)) == "no"
    same = [event("spine-instability", "14", None), event("spine-instability", "7", None, number=2)]
    assert told({"fact": "sins", "at_least": 13}, events=tuple(same)) == Answer("yes", "SINS 14", ("Observation/1",))


@pytest.mark.parametrize(
    ("fact", "kind"), [("castration-resistance", "hormone-resistance"), ("psma-imaging", "psma-imaging")]
)
@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["positive"], "yes"),
        (["negative"], "no"),
        ([None], "unknown"),
        ([], "unknown"),
        (["positive", "negative"], "unknown"),
    ],
)  # fmt: skip
def test_a_statement_with_an_outcome_answers_by_it(fact, kind, values, expected):
    events = tuple(event(kind, value, number=place) for place, value in enumerate(values))
    assert state({"fact": fact}, events=events) == expected
    undated = tuple(replace(each, date=None) for each in events)
    assert state({"fact": fact}, events=undated) == expected


@pytest.mark.parametrize(
    ("kind", "item", "expected"),
    [("symptom", "fracture", "yes"), ("pain", "neoplasm related pain", "yes"), ("symptom", "dysphagia", "no")],
)
def test_a_symptom_is_on_file_by_its_item_or_kind(kind, item, expected):
    assert state({"fact": "symptom", "any": ["fracture", "pain"]}, events=(event(kind, item=item),)) == expected
