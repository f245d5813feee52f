from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fhir_mappings.units import DoseRefused, count, printable_unit, read_gy

UCUM = "http://unitsofmeasure.org"


@pytest.mark.parametrize(
    ("quantity", "dose_gy"),
    [
        ({"value": 5000, "system": UCUM, "code": "cGy"}, "50"),
        ({"value": Decimal("50.4"), "system": UCUM, "code": "Gy"}, "50.4"),
        ({"value": 60, "unit": "Gy"}, "60"),
        ({"value": 6000, "unit": "cGy"}, "60"),
        ({"value": 60, "code": "Gy"}, "60"),
        ({"value": 60, "unit": "Gy", "system": UCUM, "code": "Gy"}, "60"),
    ],
)
def test_gray_and_centigray_are_read_by_code_or_unit(quantity: dict[str, object], dose_gy: str) -> None:
    assert read_gy(quantity) == Decimal(dose_gy)


@pytest.mark.parametrize(
    ("quantity", "refused"),
    [
        ({"value": 60}, DoseRefused.MISSING_UNIT),
        ({"value": 60, "system": UCUM}, DoseRefused.MISSING_UNIT),
        ({"value": 60, "unit": "Fx"}, DoseRefused.WRONG_UNIT),
        ({"value": 30, "unit": "GBq"}, DoseRefused.WRONG_UNIT),
        ({"value": 60, "system": UCUM, "code": "Gy{RBE}"}, DoseRefused.WRONG_UNIT),
        ({"value": 60, "system": "http://example.org/units", "code": "Gy"}, DoseRefused.WRONG_UNIT),
        ({"value": 60, "system": UCUM, "code": "cGy", "unit": "Gy"}, DoseRefused.WRONG_UNIT),
        ({"value": 60, "unit": "mGy"}, DoseRefused.IMAGING),
        ({"value": 5, "system": UCUM, "code": "mSv"}, DoseRefused.IMAGING),
        ({"value": "60", "unit": "Gy"}, DoseRefused.UNREADABLE),
        ({"value": True, "unit": "Gy"}, DoseRefused.UNREADABLE),
        ({"value": 60, "comparator": ">", "unit": "Gy"}, DoseRefused.UNREADABLE),
        ({"value": Decimal("1e400"), "unit": "Gy"}, DoseRefused.UNREADABLE),
        ({"unit": "Gy"}, DoseRefused.NO_VALUE),
        (None, DoseRefused.NO_VALUE),
        ("60 Gy", DoseRefused.NO_VALUE),
    ],
)
def test_any_other_quantity_is_refused_with_its_reason(quantity: object, refused: DoseRefused) -> None:
    assert read_gy(quantity) is refused


@given(st.integers(1, 20000))
def test_the_same_dose_is_read_from_either_unit(dose_cgy: int) -> None:
    in_gy = {"value": Decimal(dose_cgy) / 100, "unit": "Gy"}
    assert read_gy({"value": dose_cgy, "system": UCUM, "code": "cGy"}) == read_gy(in_gy)


@pytest.mark.parametrize("value", ["25", 25.5, -1, True, None, float("inf"), 10_000, 2_147_483_647])
def test_only_whole_numbers_of_up_to_four_digits_are_counts(value: object) -> None:
    assert count(value) is None


def test_a_count_may_be_written_as_a_decimal() -> None:
    assert count(Decimal("25.0")) == 25


def test_text_that_is_no_unit_is_not_repeated() -> None:
    assert printable_unit({"unit": "Mrs. Example\nGy <b>"}) is None
    assert printable_unit({"unit": "GBq"}) == "GBq"
