"""Every row of the public dose tables, where they lie beside the checkout."""

import csv
from decimal import Decimal
from pathlib import Path

import pytest

from clinical_rules import dose

TABLES = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "dose"
pytestmark = [
    pytest.mark.shared_data,
    pytest.mark.skipif(
        not TABLES.is_dir(), reason="the public dose tables are not beside the checkout (../shared/data/dose)"
    ),
]
FORMULAS = {"BED": dose.bed, "EQD2": dose.eqd2}


def rows(name: str) -> list[dict[str, str]]:
    path = TABLES / name
    if not path.is_file():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def numbered(name: str) -> list[object]:
    found = enumerate(rows(name), start=2)
    return [pytest.param(row, id=f"line {line}: {row['quantity']} at {row['alpha_beta']}") for line, row in found]


@pytest.mark.parametrize("row", numbered("single-course.csv"))
def test_a_published_single_course_is_computed_as_printed(row: dict[str, str]) -> None:
    found = FORMULAS[row["quantity"]](Decimal(row["total_dose_gy"]), int(row["fractions"]), Decimal(row["alpha_beta"]))
    assert float(found) == pytest.approx(float(row["expected"]), abs=float(row["tolerance"]))


@pytest.mark.parametrize("row", numbered("several-courses.csv"))
def test_a_published_sum_of_courses_is_computed_as_printed(row: dict[str, str]) -> None:
    courses = [course.split("/") for course in row["courses_gy_per_fx"].split(";")]
    formula, alpha_beta_gy = FORMULAS[row["quantity"]], Decimal(row["alpha_beta"])
    found = sum(float(formula(Decimal(total), int(count), alpha_beta_gy)) for total, count in courses)
    assert found == pytest.approx(float(row["expected"]), abs=float(row["tolerance"]))


def test_the_tables_are_not_empty() -> None:
    assert len(rows("single-course.csv")) >= 50
    assert len(rows("several-courses.csv")) >= 10
