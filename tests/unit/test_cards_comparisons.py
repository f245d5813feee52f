"""Cited values without a sum on a card: a line of their own, never a row that says "not on file"."""

from typing import Any

import pytest

from cards import compose
from clinical_rules.findings import Assessment, Finding, SourceReference, Status, Urgency

GRIMM = SourceReference("Grimm et al. 2021, HyTEC")


def comparison(rule: str, status: Status, structure: str, note: str, **values: Any) -> Finding:
    stated = {"structure": structure, "basis": "documented", "recoveryScheme": "none", **values}
    words = {"note": note, "limitMetric": "metric not stated", "agreement": "review", "basisWord": "published value"}
    return Finding(f"reirradiation.{rule}", status, "reirradiation", stated, None, ("Procedure/rt-1",), (GRIMM,), words)


PHYSICAL = comparison(
    "a-carotid.stereotactic", "caution", "A_Carotid",
    "25 Gy in 5 fx against 20 Gy (Grimm et al. 2021, HyTEC), physical dose of one course",
    physicalDoseGy=25, limitPhysicalGy=20, fractions=5,
)  # fmt: skip
VOLUMETRIC = comparison("heart.v40", "cannot-assess", "Heart", "V40 below 50 % (ARS 2023); needs a registered sum")
NO_LIMIT = comparison("ureter.no-limit", "cannot-assess", "Ureter", "no validated cumulative limit")


def detail(*findings: Finding) -> str:
    raises = Finding("reirradiation.overlap", "present", "reirradiation", {"overlap": "in-region"}, Urgency.WARNING)
    assessment = Assessment("order-sign", "2026-11-02", "2026.11.1", (raises, *findings))
    (card,) = compose(assessment, base_url="https://cds.example.org", max_cards=3).cards
    return str(card.detail)


@pytest.mark.parametrize("finding", [PHYSICAL, VOLUMETRIC, NO_LIMIT])
def test_a_cited_value_without_a_sum_takes_no_row(finding: Finding) -> None:
    said = detail(finding)
    assert not [line for line in said.splitlines() if line.startswith("|")]
    assert "not on file" not in said.partition("Other cited values")[2]


def test_its_line_stays() -> None:
    said = detail(PHYSICAL, VOLUMETRIC, NO_LIMIT)
    assert "25 Gy in 5 fx against 20 Gy" in said
    assert "- Heart: " in said
    assert "V40 below 50 % (ARS 2023). Needs a registered sum" in said
    assert "- Ureter: " in said
    assert "No validated cumulative limit" in said
