"""Limits of a whole body: depth, digits, encoding, checked before anything is parsed."""

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fhir_mappings.body_limits import check_body
from fhir_mappings.depth import is_deeper
from fhir_mappings.errors import StrictJSONError
from fhir_mappings.strict_json import loads

TEXT = st.text(alphabet='ab[]{}"\\,: 1\n', max_size=12)
JSON = st.recursive(
    st.none() | st.integers(-(10**30), 10**30) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=25,
)


def depth(value):
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
    return 0 if inner is None else 1 + max(map(depth, inner), default=0)


def digits(value):
    if isinstance(value, dict | list):
        return max(map(digits, value.values() if isinstance(value, dict) else value), default=0)
    return len(str(abs(value))) if isinstance(value, int) else 0


def is_refused(raw, **limits):
    try:
        check_body(raw, **limits)
    except StrictJSONError:
        return True
    return False


def as_bytes(value):
    return json.dumps(value, ensure_ascii=False).encode()


@given(JSON, st.integers(1, 6))
def test_depth_is_counted_exactly_whatever_brackets_and_escapes_the_strings_hold(value, limit):
    assert is_deeper(as_bytes(value), limit) == (depth(value) > limit)


@given(JSON, st.integers(1, 6))
def test_no_body_is_refused_for_the_brackets_in_its_strings(value, limit):
    assert depth(value) > limit or not is_refused(as_bytes(value), max_depth=limit, max_digits=40)


@given(JSON, st.integers(1, 6))
def test_a_deep_body_is_refused_if_brackets_in_its_strings_come_in_pairs(value, limit):
    paired = in_pairs(value)
    assert is_refused(as_bytes(paired), max_depth=limit, max_digits=40) == (depth(paired) > limit)


def in_pairs(value):
    """The value with strings in which each bracket has its partner."""
    if isinstance(value, str):
        rest = value.translate(str.maketrans("", "", "[]{}"))
        return f"[{rest}] {{{rest}}}"
    if isinstance(value, list):
        return [in_pairs(part) for part in value]
    return {in_pairs(name): in_pairs(part) for name, part in value.items()} if isinstance(value, dict) else value


def test_depth_that_passes_the_quick_look_is_refused_where_it_would_be_built():
    raw = b'["]",' * 70 + b"1" + b',"["]' * 70
    check_body(raw)
    with pytest.raises(StrictJSONError, match="nested deeper than 64 levels"):
        loads(raw)


@given(JSON)
def test_long_numbers_are_found_outside_strings_only(value):
    assert is_refused(json.dumps(value).encode()) == (digits(value) > 20)


@pytest.mark.conforms("L173")
@pytest.mark.parametrize(("levels", "refused"), [(64, False), (65, True)])
def test_sixty_four_levels_are_the_deepest_that_is_read(levels, refused):
    assert is_refused(b"[" * levels + b"]" * levels) is refused
    assert is_refused(b'{"a":' * levels + b"1" + b"}" * levels) is refused


@pytest.mark.parametrize(
    "number", [b"1" * 21, b"-" + b"9" * 5000, b"12345678901.0123456789", b"1.12345678901234567890"]
)
def test_a_long_number_is_refused_wherever_it_stands(number):
    assert is_refused(b'{"a": [' + number + b"]}")
    assert is_refused(b'{"a":' + number + b"}")
    assert is_refused(number)


@pytest.mark.parametrize(
    "harmless",
    [
        b'"2.25.329800735698586629295641978511506172918"',
        b'"urn:oid:1.2.246.352.71.5.20886568554500832011081012345"',
        b'"see 123456789012345678901, and on"',
        b"69.93999999999999",
        b"12345678901234567890",
    ],
)
def test_identifiers_in_strings_and_allowed_numbers_pass(harmless):
    check_body(b'{"a": ' + harmless + b"}")


@pytest.mark.parametrize("raw", [b'{"a": "\xff"}', b'{"a": "\xc0\xaf"}', b"\xef\xbb\xbf{}"])
def test_what_is_no_utf_8_is_refused(raw):
    assert is_refused(raw)


@pytest.mark.parametrize(
    "raw",
    [
        b"[" * 1_000_000,
        b'{"a":' * 1_000_000,
        b'["' + b'\\"' * 2_000_000 + b'"]',
        b'"' + b"\\" * 4_000_000 + b'"',
        b"[" + b'"12345678901.",' * 200_000 + b"1]",
    ],
)
def test_hostile_bodies_cost_little(raw):
    started = time.perf_counter()
    is_refused(raw)
    assert time.perf_counter() - started < 2
