"""What an option may ask of earlier treatment: yes, no or not known, at, below and above each edge."""

from datetime import date
from decimal import Decimal

import pytest
from option_questions import T10, state, told, tumour

from clinical_rules.facts import BodySite, DoseToVolume, Modality, PartialDate, RadiotherapyCourse, SystemicTherapy

PLATINUM = {"fact": "agent-given", "any": ["platinum"]}


def course(region: str = "rectum", end: str | None = "2020-03-27", number: int = 1, **given) -> RadiotherapyCourse:
    reference = f"Procedure/{number}"
    return RadiotherapyCourse(**{
        "reference": reference, "references": (reference,), "status": "completed", "modalities": (Modality.PHOTON,),
        "sites": (BodySite(region=region, label=region),), "fractions": 25,
        "end": PartialDate.on(date.fromisoformat(end)) if end else None, **given,
    })  # fmt: skip


def after(*courses: RadiotherapyCourse, **given) -> dict[str, object]:
    return {"present": tumour(courses=tuple(each.reference for each in courses), **given), "courses": courses}


@pytest.mark.parametrize(
    ("agent", "status", "expected"),
    [
        ("Cisplatin", "completed", "yes"), ("carboplatin", "active", "yes"), ("platinum", "completed", "yes"),
        ("cisplatin", "draft", "unknown"), ("cisplatin", "entered-in-error", "unknown"),
        ("gemcitabine", "completed", "unknown"),
    ],
)  # fmt: skip
def test_a_drug_counts_for_its_class_unless_it_is_a_draft_or_an_error(agent, status, expected):
    assert state(PLATINUM, systemic=(SystemicTherapy("MedicationRequest/1", agent, status),)) == expected


def test_no_drug_on_file_is_never_no():
    assert told(PLATINUM).words == "earlier platinum"


@pytest.mark.parametrize(
    ("courses", "expected"),
    [
        ([course()], "yes"), ([course("brain")], "no"), ([], "unknown"), ([course("pelvis")], "yes"),
        ([course("unspecified")], "unknown"), ([course("brain"), course(number=2)], "yes"),
    ],
)  # fmt: skip
def test_irradiated_is_told_by_region_and_without_a_course_not_at_all(courses, expected):
    assert state({"fact": "irradiated"}, **after(*courses)) == expected


YEAR = {"fact": "interval", "at_least_months": 12}


@pytest.mark.parametrize(
    ("courses", "expected"),
    [
        ([course(end="2025-11-20")], "yes"), ([course(end="2025-11-21")], "no"), ([], "unknown"),
        ([course(end=None)], "unknown"), ([course("brain", end="2026-10-01")], "unknown"),
        ([course(), course(end="2026-10-01", number=2)], "no"), ([course(), course(end=None, number=2)], "unknown"),
    ],
)  # fmt: skip
def test_the_interval_counts_from_every_course_that_overlaps(courses, expected):
    assert state(YEAR, **after(*courses)) == expected


CORD = BodySite(region="spine-thoracic", label="spinal cord", structures=("SpinalCord",))


def dosed(gy: str, *, kind="organ-at-risk", metric: str | None = "Dmax") -> RadiotherapyCourse:
    place = CORD if kind == "organ-at-risk" else T10
    dose = DoseToVolume("delivered", place, Decimal(gy), 25, volume_type=kind, metric=metric)
    return course(sites=(T10,), volumes=(dose,))


@pytest.mark.parametrize(
    ("gy", "kind", "expected"),
    [("75", "organ-at-risk", "yes"), ("40", "organ-at-risk", "no"), ("40", "target", "unknown")],
)
def test_only_a_documented_sum_tells_whether_it_is_over_its_limit(gy, kind, expected):
    assert state({"fact": "structure-exceeds"}, **after(dosed(gy, kind=kind), sites=(T10,))) == expected


def test_without_doses_no_sum_is_known():
    assert state({"fact": "structure-exceeds"}) == "unknown"


@pytest.mark.parametrize(
    ("courses", "expected"),
    [
        ([dosed("40")], "yes"), ([dosed("40", kind="target")], "unknown"), ([], "unknown"),
        ([course(sites=(T10,))], "no"), ([course("brain")], "unknown"),
    ],
)  # fmt: skip
def test_organ_doses_of_the_earlier_course_are_dosimetry(courses, expected):
    assert state({"fact": "dosimetry"}, **after(*courses, sites=(T10,))) == expected
