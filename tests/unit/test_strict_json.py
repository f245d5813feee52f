"""Strict JSON: one meaning only, numbers exact, nothing a later step could choke on."""

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fhir_mappings.errors import FhirMappingsError, StrictJSONError
from fhir_mappings.strict_json import loads

CORPUS = Path(__file__).parents[3] / "shared" / "data" / "corpora" / "JSONTestSuite" / "test_parsing"


def corpus(prefix):
    if not CORPUS.is_dir():
        pytest.skip("the public JSONTestSuite files are not beside the checkout")
    return sorted(CORPUS.glob(f"{prefix}_*.json"))


def refused(raw):
    with pytest.raises(StrictJSONError) as caught:
        loads(raw)
    return str(caught.value)


@pytest.mark.shared_data
def test_every_invalid_file_of_the_public_suite_is_refused():
    files = corpus("n")
    assert len(files) == 188
    for file in files:
        refused(file.read_bytes())


@pytest.mark.shared_data
def test_valid_and_undecided_files_of_the_public_suite_are_read_or_refused_and_never_crash():
    for file in (*corpus("y"), *corpus("i")):
        try:
            loads(file.read_bytes())
        except StrictJSONError:
            continue


@pytest.mark.parametrize("raw", [b"NaN", b"[Infinity]", b'{"value": -Infinity}'])
def test_nan_and_infinity_are_refused(raw):
    assert "no JSON numbers" in refused(raw)


def test_a_name_that_occurs_twice_is_refused_at_any_depth():
    assert "twice" in refused(b'{"a": {"b": 1, "b": 1}}')


def test_decimals_keep_the_digits_as_written():
    value = loads(b"[0.10, 50.40, 1e2]")
    assert [str(number) for number in value] == ["0.10", "50.40", "1E+2"]
    assert all(isinstance(number, Decimal) for number in value)


@pytest.mark.parametrize("number", ["1" * 20, "-" + "1" * 20, "1234567890.0123456789", "1e20", "0.001"])
def test_numbers_up_to_twenty_digits_are_read(number):
    assert loads(number.encode()) == Decimal(number)


@pytest.mark.parametrize("number", ["1" * 21, "1" * 5000, "12345678901.0123456789", "1e400", "1e-400", "1e" + "9" * 30])
def test_longer_numbers_are_refused_written_out_or_not(number):
    assert "longer than 20 digits" in refused(number.encode())


@pytest.mark.parametrize(
    "raw",
    [
        b'"\\ud800"',
        b'{"\\udc00": 1}',
        b'"\xff"',
        b'"\xc0\xaf"',
        b"\xef\xbb\xbf{}",
        '"a"'.encode("utf-16"),
        b'"\\u0000"',
    ],
)
def test_text_that_no_store_could_hold_is_refused(raw):
    refused(raw)


def test_a_whole_surrogate_pair_is_a_character():
    assert loads(b'"\\ud83d\\ude00"') == "\N{GRINNING FACE}"


def test_nesting_beyond_the_stack_is_refused():
    refused(b"[" * 200_000 + b"]" * 200_000)


def test_messages_hold_the_position_and_nothing_of_the_content():
    message = refused(b'{"name": "Doe", }')
    assert "16" in message
    assert "Doe" not in message


@given(st.binary(max_size=60))
def test_any_bytes_are_read_or_refused(raw):
    try:
        loads(raw)
    except FhirMappingsError:
        return
