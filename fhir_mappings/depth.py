"""How deeply a JSON text is nested, told from its bytes before any parser builds objects from it.

With strings and everything but brackets removed, each round of deleting `[]` takes one level away, so the rounds
until nothing is left are the depth.
"""

import re

MAX_DEPTH = 64
"""Deepest nesting that is read; the outermost object is level 1."""

_SQUARE = bytes.maketrans(b"{}", b"[]")
_ALL_BUT_BRACKETS_AND_QUOTES = bytes(set(range(256)) - set(b'[]{}"'))
_STRING = re.compile(rb'"[^"]*"')
_ESCAPE = re.compile(rb"\\.", re.DOTALL)
_FEW_ESCAPES = 10_000  # up to here one by one is faster, beyond it two plain replacements are


def is_deeper(raw: bytes, max_depth: int) -> bool:
    """Whether a JSON text is nested deeper than `max_depth`: exact, whatever its strings hold."""
    rest = _without_escapes(raw).translate(_SQUARE, _ALL_BUT_BRACKETS_AND_QUOTES).replace(b'""', b"")
    if b'"' in rest:  # strings with brackets in them
        rest = _STRING.sub(b"", rest)
    rest = _after_rounds(rest, max_depth)
    # What is left and balanced was deeper; what is unbalanced is no JSON, which the parser will say.
    return bool(rest) and not rest.startswith(b"]") and (b"]" in rest or len(rest) > max_depth)


def _after_rounds(brackets: bytes, rounds: int) -> bytes:
    """What is left of brackets after so many rounds of taking away the innermost pairs."""
    for _ in range(rounds):
        shorter = brackets.replace(b"[]", b"")
        if len(shorter) == len(brackets):
            break
        brackets = shorter
    return brackets


def _without_escapes(raw: bytes) -> bytes:
    if b"\\" not in raw:
        return raw
    rest, found = _ESCAPE.subn(b"", raw, _FEW_ESCAPES)
    if found < _FEW_ESCAPES:
        return rest
    # an escaped backslash first: what is left before a quote does escape it
    return raw.replace(b"\\\\", b"").replace(b'\\"', b"")
