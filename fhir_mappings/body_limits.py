"""Limits of a whole request body, checked on its bytes before any parser builds objects from it.

A few byte operations at C speed, whatever the body holds. For the depth, brackets inside strings are first taken for
structure: in texts they come in pairs, so a body that is shallow even then is taken as such, and only one that is not
is counted exactly. So none is refused for what its strings hold. One with closing brackets in its strings that no
opening ones go before may pass here deeper than allowed: it is only skipped then, by a parser with a bound of its
own, and `strict_json.loads` counts exactly in whatever is built.
"""

import re

from fhir_mappings.depth import MAX_DEPTH, is_deeper
from fhir_mappings.errors import StrictJSONError
from fhir_mappings.strict_json import MAX_DIGITS, decode

_PLAIN = bytes.maketrans(b"{}0123456789", b"[]0000000000")
_NOISE = bytes(set(range(128)) - set(b'[]{}0123456789".,+-'))  # most of any chart; what is left is searched sooner
_ALL_BUT_BRACKETS = bytes(set(range(256)) - set(b"[]"))
_BLOCK = 80  # of brackets, half of which open as a rule
_FEW_PLACES = 1_000  # up to here each place is looked at by itself, beyond it the whole body is scanned
_WHOLE_STRING = re.compile(rb'"(?:[^"\\]+|\\.)*"', re.DOTALL)
_AFTER_DIGITS = b"0.eE+-,]} \t\r\n"  # an empty match, at the end of the body, is in it too
_LONGEST_IDENTIFIER = 200
_NUMBER = re.compile(rb"-?([0-9]+)(?:\.([0-9]+))?(?:[eE][+-]?([0-9]+))?")


def check_body(raw: bytes, *, max_depth: int = MAX_DEPTH, max_digits: int = MAX_DIGITS) -> None:
    """Refuse a body that is no UTF-8, is nested deeper than `max_depth` or holds a number over `max_digits`.

    >>> check_body(b'{"a": [{"b": "[[["}]}', max_depth=3)
    >>> check_body(b'{"a": [{"b": "[[["}]}', max_depth=2)
    Traceback (most recent call last):
        ...
    fhir_mappings.errors.StrictJSONError: nested deeper than 2 levels
    """
    plain = raw.translate(_PLAIN, _NOISE)
    if not plain.isascii():  # what is ASCII is UTF-8, and needs no text of the whole body
        decode(raw)
    if not _is_shallow(plain, max_depth) and is_deeper(raw, max_depth):
        raise StrictJSONError(f"nested deeper than {max_depth} levels")
    if _may_hold_long_number(plain, max_digits) and _has_long_number(raw, max_digits):
        raise StrictJSONError(f"a number is longer than {max_digits} digits")


def _is_shallow(plain: bytes, max_depth: int) -> bool:
    """Whether the depth is allowed even if the brackets inside strings are taken for structure.

    Block by block, as if all that open in one did so first; so some that are shallow are not told as such.
    """
    brackets = plain.translate(None, _ALL_BUT_BRACKETS)
    depth = 0
    for at in range(0, len(brackets), _BLOCK):
        block = brackets[at : at + _BLOCK]
        opened = block.count(b"[")
        if depth < 0 or depth + opened > max_depth:
            return False
        depth += 2 * opened - len(block)
    return depth == 0


def _may_hold_long_number(zeros: bytes, max_digits: int) -> bool:
    """Whether digits and points stand together longer than allowed, ended as a number and not as a string is.

    A mantissa that is too long has more than half of its digits in one run, which is quick to look for. Every digit
    is a zero here and letters and white space are gone, so numbers may look longer than they are and never shorter.
    """
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
