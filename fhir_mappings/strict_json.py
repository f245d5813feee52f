"""JSON read strictly: one meaning only, numbers exact, nothing a later step could choke on.

The standard decoder accepts duplicate names (the last one wins), NaN, lone surrogates and numbers of any
length. Here they are refused, because two systems that read them differently would judge different patients.
"""

import json
from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache

from fhir_mappings.depth import MAX_DEPTH, is_deeper
from fhir_mappings.errors import StrictJSONError

MAX_DIGITS = 20
"""Longest number that is read, in digits."""


def loads(raw: bytes, *, max_digits: int = MAX_DIGITS, max_depth: int = MAX_DEPTH) -> object:
    """The value of a JSON text in UTF-8; decimals become Decimal as written. StrictJSONError says why not.

    >>> loads(b'{"value": 50.40}')
    {'value': Decimal('50.40')}
    >>> loads(b'{"a": 1, "a": 2}')
    Traceback (most recent call last):
        ...
    fhir_mappings.errors.StrictJSONError: a name occurs twice in one object
    """
    text = decode(raw)
    if raw.count(b"[") + raw.count(b"{") > max_depth and is_deeper(raw, max_depth):
        raise StrictJSONError(f"nested deeper than {max_depth} levels")
    try:
        value: object = _decoder(max_digits).decode(text)
    except json.JSONDecodeError as error:
        # The decoder's own message quotes nothing, but its `doc` does: hence no chaining.
        raise StrictJSONError(f"not JSON at character {error.pos}") from None
    except RecursionError:
        raise StrictJSONError("nested too deeply to be read") from None
    if "\\u" in text:
        _refuse_surrogates(value)
    return value


def decode(raw: bytes) -> str:
    """The text of UTF-8 bytes; a byte order mark, another encoding or a broken sequence is refused."""
    try:
        text = str(raw, "utf-8")
    except UnicodeDecodeError as error:
        raise StrictJSONError(f"not UTF-8 at byte {error.start}") from None
    if text.startswith("\ufeff"):
        raise StrictJSONError("a byte order mark stands before the JSON text")
    return text


@lru_cache(maxsize=4)
def _decoder(max_digits: int) -> json.JSONDecoder:
    def whole_number(token: str) -> int:
        _refuse_length(len(token.lstrip("-")), max_digits)
        return int(token)

    def decimal_number(token: str) -> Decimal:
        mantissa, _, exponent = token.lower().partition("e")
        _refuse_length(sum(map(str.isdigit, mantissa)), max_digits)
        _refuse_length(len(exponent), max_digits)
        number = Decimal(token)
        # 1e400 is short, yet written out it has more digits than are read
        _refuse_length(abs(number.adjusted()), max_digits)
        return number

    return json.JSONDecoder(
        object_pairs_hook=_unique_names,
        parse_constant=_refuse_constant,
        parse_float=decimal_number,
        parse_int=whole_number,
    )


def _refuse_length(digits: int, max_digits: int) -> None:
    if digits > max_digits:
        raise StrictJSONError(f"a number is longer than {max_digits} digits")


def _refuse_constant(_: str) -> None:
    raise StrictJSONError("NaN and Infinity are no JSON numbers")


def _unique_names(pairs: Sequence[tuple[str, object]]) -> dict[str, object]:
    unique = dict(pairs)
    if len(unique) != len(pairs):
        raise StrictJSONError("a name occurs twice in one object")
    return unique


def _refuse_surrogates(value: object) -> None:
    """Refuse half of a surrogate pair: it has no UTF-8 form, so no store and no answer could hold it."""
    try:
        text = json.dumps(value, ensure_ascii=False, default=str)
        text.encode("utf-8")
    except UnicodeEncodeError:
        raise StrictJSONError("an escape stands for half of a surrogate pair") from None
    if "\\u0000" in text:
        raise StrictJSONError("an escape stands for U+0000, which FHIR does not allow")
