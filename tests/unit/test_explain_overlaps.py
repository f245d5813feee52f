"""`rert-cds explain` on two courses: overlap by anatomy, and how far apart they lie in time."""

import pytest

from cds_service.explain_overlaps import overlap_lines
from clinical_rules.facts import BodySite, Modality, PartialDate, Patient, PatientFacts, RadiotherapyCourse
from clinical_rules.knowledge import Knowledge


def course(name: str, region: str, start: str, end: str, *, flag: bool | None = None) -> RadiotherapyCourse:
    dates = [PartialDate.of(*map(int, day.split("-"))) for day in (start, end)]
    return RadiotherapyCourse(
        name, (name,), "completed", (Modality.PHOTON,), sites=(BodySite(region, region),), start=dates[0], end=dates[1],
        reirradiation=flag,
    )  # fmt: skip


def said(knowledge: Knowledge, *courses: RadiotherapyCourse) -> str:
    return "\n".join(overlap_lines(PatientFacts(Patient("Patient/p"), courses=courses), knowledge.anatomy))


def test_two_brain_courses_a_year_apart_overlap_by_anatomy(knowledge: Knowledge) -> None:
    first = course("Procedure/1", "brain", "2020-09-07", "2020-09-14")
    second = course("Procedure/2", "brain", "2021-09-20", "2021-09-24", flag=True)
    line = said(knowledge, first, second)
    assert line.startswith("Procedure/1 and Procedure/2: overlapping: the same anatomical region")
    assert "12.1 months from the end of the first" in line
    assert line.endswith("flagged as re-irradiation")


@pytest.mark.parametrize(
    ("one", "other", "words"),
    [
        ("rectum", "rectum", "overlapping: the same anatomical region (fields not compared)"),
        ("rectum", "brain", "apart by their site codes"),
        ("rectum", "anus", "overlapping"),
        ("prostate", "pelvic-nodes", "next to each other"),
        ("rectum", "unspecified", "not known from the site codes"),
    ],
)
def test_each_relation_has_its_words(knowledge: Knowledge, one: str, other: str, words: str) -> None:
    first = course("Procedure/1", one, "2020-01-01", "2020-02-01")
    second = course("Procedure/2", other, "2020-01-15", "2020-03-01")
    line = said(knowledge, first, second)
    assert words in line
    assert "months" not in line, "courses that run at the same time have no interval"
