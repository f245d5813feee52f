"""Limits of a whole request body, checked on its bytes before any parser builds objects from it.

Depth: with strings and everything but brackets removed, each round of deleting `[]` takes one level away, so
the rounds until nothing is left are the depth. A few byte operations at C speed, whatever the body holds.
"""

import re

from fhir_mappings.errors import StrictJSONError
from fhir_mappings.strict_json import MAX_DIGITS, decode

MAX_DEPTH = 64
"""Deepest nesting that is read; the outermost object is level 1."""

_SQUARE = bytes.maketrans(b"{}", b"[]")
_DIGITS = bytes.maketrans(b"0123456789", b"0000000000")
_ALL_BUT_BRACKETS_AND_QUOTES = bytes(set(range(256)) - set(b'[]{}"'))
_STRING = re.compile(rb'"[^"]*"')
_ESCAPE = re.compile(rb"\\.", re.DOTALL)
_FEW_ESCAPES = 10_000  # up to here one by one is faster, beyond it two plain replacements are
_FEW_PLACES = 1_000  # up to here each place is looked at by itself, beyond it the whole body is scanned
_WHOLE_STRING = re.compile(rb'"(?:[^"\\]+|\\.)*"', re.DOTALL)
_AFTER_DIGITS = b"0.eE+-,]} \t\r\n"  # an empty match, at the end of the body, is in it too
_LONGEST_IDENTIFIER = 200
_NUMBER = re.compile(rb"[0.]{1,200}[^0.eE+,}\]\s-]")  # digits, then what never follows a number
_NUMBER = re.compile(rb"-?([0-9]+)(?:\.([0-9]+))?(?:[eE][+-]?([0-9]+))?")


def check_body(raw: bytes, *, max_depth: int = MAX_DEPTH, max_digits: int = MAX_DIGITS) -> None:
    """Refuse a body that is no UTF-8, is nested deeper than `max_depth` or holds a number over `max_digits`.

    >>> check_body(b'{"a": [{"b": "[[["}]}', max_depth=3)
    >>> check_body(b'{"a": [{"b": "[[["}]}', max_depth=2)
    Traceback (most recent call last):
        ...
    fhir_mappings.errors.StrictJSONError: nested deeper than 2 levels
    """
    decode(raw)
    if _too_deep(raw, max_depth):
        raise StrictJSONError(f"nested deeper than {max_depth} levels")
    if _may_hold_long_number(raw, max_digits) and _has_long_number(raw, max_digits):
        raise StrictJSONError(f"a number is longer than {max_digits} digits")


def _too_deep(raw: bytes, max_depth: int) -> bool:
    rest = _without_escapes(raw).translate(_SQUARE, _ALL_BUT_BRACKETS_AND_QUOTES).replace(b'""', b"")
    if b'"' in rest:  # strings with brackets in them
        rest = _STRING.sub(b"", rest)
    for _ in range(max_depth):
        shorter = rest.replace(b"[]", b"")
        if len(shorter) == len(rest):
            break
        rest = shorter
    # What is left and balanced was deeper; what is unbalanced is no JSON, which the parser will say.
    return bool(rest) and not rest.startswith(b"]") and (b"]" in rest or len(rest) > max_depth)


def _without_escapes(raw: bytes) -> bytes:
    if b"\\" not in raw:
        return raw
    rest, found = _ESCAPE.subn(b"", raw, _FEW_ESCAPES)
    if found < _FEW_ESCAPES:
        return rest
    # an escaped backslash first: what is left before a quote does escape it
    return raw.replace(b"\\\\", b"").replace(b'\\"', b"")


def _may_hold_long_number(raw: bytes, max_digits: int) -> bool:
    """Whether digits and points stand together longer than allowed, ended as a number and not as a string is.

    A mantissa that is too long has more than half of its digits in one run, which is quick to look for.
    """
    zeros = raw.translate(_DIGITS)
    half = b"0" * (max_digits // 2 + 1)
    at, places = zeros.find(half), 0
    while at >= 0:
        end = _harmless_until(zeros, at, max_digits)
        places += 1
        if end is None or places > _FEW_PLACES:
            return True
        at = zeros.find(half, end)
    return False


def _harmless_until(zeros: bytes, at: int, max_digits: int) -> int | None:
    """The end of the digits around a place if they are few, or followed by what no number is followed by."""
    before = zeros[max(0, at - max_digits - 2) : at]
    start = at - len(before) + len(before.rstrip(b"0."))
    end = at + len(zeros[at : at + _LONGEST_IDENTIFIER]) - len(zeros[at : at + _LONGEST_IDENTIFIER].lstrip(b"0."))
    short = zeros.count(b"0", start, end) <= max_digits
    return end if short or zeros[end : end + 1] not in _AFTER_DIGITS else None


def _has_long_number(raw: bytes, max_digits: int) -> bool:
    """Whether a number outside strings is too long: exact, and only asked where digits look like it."""
    for number in _NUMBER.finditer(_WHOLE_STRING.sub(b'""', raw)):
        whole, fraction, exponent = (part or b"" for part in number.groups())
        if len(whole) + len(fraction) > max_digits or len(exponent) > max_digits:
            return True
    return False
