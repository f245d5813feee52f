"""The interval on a card: a range says that it is one, and where its two ends disagree the card says so."""

from datetime import date
from typing import Any

import pytest

from cards import compose
from clinical_rules import assess
from clinical_rules.facts import (
    BodySite,
    DoseToVolume,
    Modality,
    PartialDate,
    Patient,
    PatientFacts,
    RadiotherapyCourse,
)
from clinical_rules.knowledge import Knowledge

ON = date(2026, 11, 20)
RECTUM = BodySite("rectum", "Rectum")


def partial(day: str) -> PartialDate:
    return PartialDate.of(*map(int, day.split("-")))


def detail(knowledge: Knowledge, start_of_order: str = "2026-11-20", **told: Any) -> str:
    dates = {name: partial(value) if isinstance(value, str) else value for name, value in told.items()}
    dose = DoseToVolume("delivered", RECTUM, volume_type="target")
    photons = (Modality.PHOTON,)
    earlier = RadiotherapyCourse("Procedure/1", ("Procedure/1",), "completed", photons, (dose,), (RECTUM,), **dates)
    start = partial(start_of_order)
    order = RadiotherapyCourse("ServiceRequest/o", (), "unknown", photons, sites=(RECTUM,), start=start, planned=True)
    facts = PatientFacts(Patient("Patient/p"), courses=(earlier,), orders=(order,))
    found = assess(facts, hook="order-sign", knowledge=knowledge.on(ON), on=ON)
    return str(compose(found, base_url="https://cds.example.org", max_cards=3).cards[0].detail)


@pytest.mark.parametrize(
    ("dates", "said"),
    [
        ({"end": "2025"}, "10.6 to 22.6 months; band: 6 to 12 months, the shortest that the date"),
        ({"end": "2025"}, "the shortest that the date allows, but 12 months or more by the longest"),
        (
            {"end": "2026-05"},
            "band: 3 to 6 months, the shortest that the date allows, but 6 to 12 months by the longest",
        ),
        ({"end": "2025-12"}, "10.6 to 11.6 months; band: 6 to 12 months ("),
        ({"start": "2025", "fractions": 25}, "estimated from start and number of fractions"),
        (
            {"start": "2025", "fractions": 25},
            "band: 6 to 12 months, the shortest that the date allows, but 12 months or more",
        ),
        ({"end": "2025-06-10"}, "Interval: 17.3 months; band: 12 months or more (Doi et al. 2021)"),
        ({}, "Interval: not known; band: not known; no date on file"),
        ({"start": "2025-06-10"}, "no end on file, and no number of fractions to estimate it from"),
        ({"end": "2027-02-10"}, "the end on file lies after the day it is measured to"),
    ],
)
def test_a_range_of_dates_is_told_as_one(knowledge: Knowledge, dates: dict[str, Any], said: str) -> None:
    assert said in detail(knowledge, **dates)


def test_an_end_ahead_of_today_is_told_where_the_order_starts_later(knowledge: Knowledge) -> None:
    told = detail(knowledge, "2027-06-10", end="2027-02-10")
    assert "Interval: 4 months, measured to 2027-06-10" in told
    assert "the end on file lies in the future, the time is the shortest there can be" in told
    assert "End in the future" in told
