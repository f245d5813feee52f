"""`rert-cds explain`: the table of each structure, with what is left and the largest dose per fraction."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from cds_service.cli import main
from cds_service.explain_doses import dose_lines
from clinical_rules.findings import Finding

EXAMPLES = Path(__file__).parents[1] / "examples"
SPINE = "order-spine-above-the-cord-value"


def explained(capsys: pytest.CaptureFixture[str], example: str) -> str:
    assert main(["explain", str(EXAMPLES / example / "request.json"), "--on", "2026-11-20"]) == 0
    return capsys.readouterr().out


def lines(**changes: Any) -> list[str]:
    terms = [
        {"reference": "Procedure/rt-1", "basis": "documented", "eqd2Gy": 30, "totalDoseGy": 30, "fractions": 15},
        {"reference": "ServiceRequest/o", "basis": "documented", "eqd2Gy": 18.75, "totalDoseGy": 15, "fractions": 5,
         "new": True},
    ]  # fmt: skip
    words = {"terms": changes.pop("terms", terms), "limitMetric": "Dmax", "agreement": "series", "applies": "adults"}
    values = {"structure": "SpinalCord", "alphaBetaGy": 2, "limitGy": 70, "basis": "documented"} | changes
    rule = "reirradiation.spinal-cord.cumulative-eqd2"
    return list(dose_lines([Finding(rule, "within", "reirradiation", values, words=words)], Decimal(8)))


def test_each_course_stands_with_its_physical_dose_and_its_eqd2(capsys: pytest.CaptureFixture[str]) -> None:
    rows = [line.split() for line in explained(capsys, SPINE).splitlines()]
    assert ["Procedure/rt-2024", "delivered", "50", "25", "2", "50", "Dmax", "documented"] in rows
    new = ["ServiceRequest/sbrt,", "the", "new", "part", "prescribed", "14", "3", "4.67", "23.33", "Dmax", "documented"]
    assert new in rows
    assert ["sum", "73.33", "Dmax", "documented"] in rows


def test_what_is_left_and_what_would_fit_stand_under_the_table(capsys: pytest.CaptureFixture[str]) -> None:
    said = explained(capsys, SPINE)
    assert "left below the limit and under all its conditions: 20 Gy EQD2" in said
    fits = "largest that would still fit in 3 fx: 4.25 Gy per fraction (arithmetic, never a dose to prescribe)"
    assert fits in said
    assert "per fraction" not in said.partition("\nCARDS\n")[2], "headroom as dose per fraction never stands on a card"


def test_under_a_scheme_both_sums_have_their_table(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RERT_CDS_RECOVERY_SCHEME", "nieder-bands")
    said = explained(capsys, SPINE)
    assert "SpinalCord: exceeds; alpha/beta 2 Gy, no recovery assumed" in said
    assert "alpha/beta 2 Gy, recovery nieder-bands" in said
    assert "taken off earlier courses: 50 %; without recovery 73.3 Gy" in said


def test_assumed_doses_are_called_so_and_leave_nothing_to_tell(capsys: pytest.CaptureFixture[str]) -> None:
    said = explained(capsys, "order-rectum-prescriptions-only")
    assert "assumed from the prescription" in said
    assert "left: cannot be told from what is on file" in said
    assert "would still fit" not in said


def test_without_new_fractions_no_dose_per_fraction_is_worked_out() -> None:
    said = lines(remainingEqd2Gy=20, terms=[])
    assert "  largest dose per fraction: not worked out, the number of new fractions is not known" in said


def test_nothing_left_fits_no_dose() -> None:
    assert "  largest that would still fit in 5 fx: no dose per fraction (" in "\n".join(lines(remainingEqd2Gy=0))


def test_a_dose_per_fraction_beyond_the_model_is_marked() -> None:
    one = [{"reference": "ServiceRequest/o", "basis": "documented", "fractions": 1, "new": True}]
    said = "\n".join(lines(remainingEqd2Gy=25, terms=one))
    assert "in 1 fx: 9.04 Gy per fraction (arithmetic, never a dose to prescribe; outside the model's best" in said
    assert "outside" not in "\n".join(lines(remainingEqd2Gy=25))


def test_cited_values_that_do_not_decide_have_no_table() -> None:
    other = Finding("reirradiation.heart.v40", "cannot-assess", "reirradiation", {"structure": "Heart"})
    assert not list(dose_lines([other], Decimal(8)))
