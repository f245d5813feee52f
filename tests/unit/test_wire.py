"""JSON out: what is sent, and that no number goes out that JSON does not have."""

from decimal import Decimal
from typing import Any

import pytest

from cds_service.wire import to_json

NOT_FINITE = [
    float("nan"),
    float("inf"),
    float("-inf"),
    *map(Decimal, ("NaN", "sNaN", "-NaN7", "Infinity", "-Infinity")),
]


@pytest.mark.parametrize("number", NOT_FINITE, ids=str)
def test_a_number_that_is_not_finite_is_not_sent(number: Any) -> None:
    for value in (number, [1, number], {"a": (number,)}, [{"b": [None, number]}]):
        with pytest.raises(ValueError, match="not finite"):
            to_json(value)


def test_texts_that_look_like_such_numbers_and_nulls_are_sent() -> None:
    sent = to_json({"a": None, "b": "NaN", "c": ["Infinity", "null"], "d": Decimal("2.50")})
    assert sent == b'{"a":null,"b":"NaN","c":["Infinity","null"],"d":2.50}'
