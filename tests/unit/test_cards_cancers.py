"""What a cancer and its earlier treatment are called in the summary of a card."""

from dataclasses import replace

import pytest

from cards import compose
from cards.cancers import cancer, second_primary
from clinical_rules.findings import Assessment, Finding, Urgency


def summary(*findings: Finding) -> str:
    assessment = Assessment("patient-view", "2026-11-20", "1", findings, patient_reference="Patient/p1")
    (card,) = compose(assessment, base_url="https://x", max_cards=2).cards
    return card.summary


def recurrence(pattern: str = "local", certainty: str = "documented", **words: object) -> Finding:
    values = {"site": "rectum", "pattern": pattern, "certainty": certainty}
    return Finding("recurrence.pattern", "present", "recurrence", values, Urgency.INFO, words=words)


def overlap(relation: str, **course: object) -> Finding:
    values = {
        "overlap": relation,
        "type": "unknown",
        "courses": [{"reference": "Procedure/1", "overlap": relation} | course],
    }
    return Finding("reirradiation.overlap", "possible", "reirradiation", values)


@pytest.mark.parametrize(
    ("found", "name"),
    [
        ({"site": "rectum", "label": "C20"}, "rectal cancer"),
        ({"site": "other", "organ": "breast", "label": "Left breast cancer"}, "breast cancer"),
        ({"site": "other", "organ": "leukaemia", "label": "ALL, in remission"}, "leukaemia"),
        ({"site": "other", "organ": "trunk", "label": "Melanoma of back"}, "melanoma of back"),
        ({"site": "other", "label": "Ewing sarcoma"}, "Ewing sarcoma"),
        ({"site": "other"}, "cancer"),
    ],
)
def test_a_cancer_is_named_by_site_then_organ_then_label(found: dict[str, str], name: str) -> None:
    assert cancer(found) == name


@pytest.mark.parametrize(
    ("found", "words"),
    [
        ({"site": "lung", "earlierSite": "other", "earlierOrgan": "breast"}, "lung cancer after earlier breast cancer"),
        (
            {"site": "lung", "earlierSite": "lung", "differsBy": "the other side of a paired organ"},
            "lung cancer, other side than the earlier one",
        ),
        (
            {"site": "other", "organ": "breast", "earlierSite": "other", "earlierOrgan": "breast",
             "differsBy": "another histology"},
            "breast cancer, other histology than the earlier one",
        ),
        ({"site": "other", "earlierSite": "other"}, "another cancer"),
        ({"site": "other", "label": "Melanoma", "earlierSite": "other", "earlierLabel": "Personal history of X"},
         "melanoma after earlier X"),
    ],
)  # fmt: skip
def test_a_second_primary_names_the_earlier_cancer_or_how_it_differs(found: dict[str, str], words: str) -> None:
    assert second_primary(found) == words


def test_a_course_without_site_and_dose_says_so_once() -> None:
    said = summary(recurrence(), overlap("unknown", end="2023-11-23"))
    assert said.startswith("Local recurrence of rectal cancer; earlier RT, site and dose not on file")


def test_a_course_without_dose_keeps_its_site() -> None:
    assert "; pelvic RT, dose not on file" in summary(recurrence(), overlap("in-region", site="pelvis"))


def test_a_course_elsewhere_is_called_earlier_and_not_overlapping() -> None:
    course = {"site": "pelvis", "totalDoseGy": 50.4, "fractions": 28, "basis": "delivered", "end": "2023-04-13"}
    said = summary(recurrence("distant", "probable"), overlap("none-found", **course))
    assert said == (
        "Probable distant recurrence of rectal cancer; earlier pelvic RT 50.4 Gy in 28 fx delivered, ended 2023-04-13; "
        "no overlapping record found"
    )


def test_a_long_line_gives_up_the_dose_before_the_course() -> None:
    long_name = {"site": "other", "label": "A cancer with a name so long that it fills half of the line"}
    finding = Finding("recurrence.pattern", "present", "recurrence",
                      long_name | {"pattern": "local", "certainty": "probable"}, Urgency.INFO)  # fmt: skip
    course = {"site": "larynx-hypopharynx", "totalDoseGy": 66, "fractions": 33, "basis": "delivered"}
    said = summary(finding, overlap("adjacent", **course))
    assert said.endswith("next to laryngeal and hypopharyngeal RT")
    assert len(said) < 140


@pytest.mark.parametrize("after", [True, False])
def test_treatment_effect_is_in_the_summary_only_of_what_came_after_the_course(after: bool) -> None:
    effect = Finding("recurrence.treatment-effect", "possible", "recurrence", {}, words={"afterCourse": after})
    assert ("may be treatment effect" in summary(recurrence(), effect)) is after


def test_a_card_on_an_irradiated_region_names_the_tumour_that_lies_there() -> None:
    finding = overlap("in-region", site="pelvis", totalDoseGy=50.4, fractions=28, basis="delivered", end="2023-11-23")
    target = {"reference": "Condition/p", "site": "rectum", "label": "C20", "certainty": "possible", "note": "onset"}
    said = summary(replace(finding, urgency=Urgency.INFO, words={"targets": [target]}))
    assert said.startswith("Possible rectal cancer; region irradiated before: pelvic RT 50.4 Gy in 28 fx delivered")


def test_a_second_recurrence_is_named_before_the_courses_that_may_be_next_to_either() -> None:
    breast = replace(
        recurrence(certainty="probable"), values={"site": "other", "organ": "breast", "pattern": "distant"}
    )
    said = summary(recurrence(), breast, overlap("in-region", site="pelvis"))
    assert said.startswith("Local recurrence of rectal cancer; possible distant recurrence of breast cancer; pelvic RT")


def test_several_further_recurrences_are_counted() -> None:
    two = [replace(recurrence(), evidence=(f"Condition/{number}",)) for number in (2, 3)]
    assert summary(recurrence(), *two).startswith("Local recurrence of rectal cancer; 2 further recurrences")
