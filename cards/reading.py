"""Typed getters over the values and words of a finding; what is missing or of another kind is None or empty."""

from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal

from clinical_rules.findings import JSON, Finding

Members = Mapping[str, JSON]


def members(finding: Finding) -> Members:
    """Words and values together; a value wins over a word of the same name, course by course too."""
    found = {**finding.words, **finding.values}
    if "courses" in finding.words and "courses" in finding.values:
        words = {course.get("reference"): course for course in objects(finding.words, "courses")}
        found["courses"] = [
            {**words.get(course.get("reference"), {}), **course} for course in objects(finding.values, "courses")
        ]
    return found


def text(source: Members, *names: str) -> str:
    """The first of the members that is text with something in it, else ""."""
    for name in names:
        value = source.get(name)
        if isinstance(value, str) and value.strip():
            return value
    return ""


def texts(source: Members, *names: str) -> tuple[str, ...]:
    """The first of the members that is an array, its texts; a single text counts as one."""
    for name in names:
        value = source.get(name)
        if isinstance(value, str) and value.strip():
            return (value,)
        if value and isinstance(value, Sequence) and not isinstance(value, str):
            return tuple(entry for entry in value if isinstance(entry, str) and entry.strip())
    return ()


def number(source: Members, *names: str) -> Decimal | None:
    """The first of the members that is a finite number."""
    for name in names:
        value = source.get(name)
        if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
            decimal = Decimal(str(value))
            if decimal.is_finite():
                return decimal
    return None


def true(source: Members, name: str) -> bool:
    """Whether the member is there and true."""
    return source.get(name) is True


def objects(source: Members, name: str) -> tuple[Members, ...]:
    """The objects of an array."""
    value = source.get(name)
    if not value or not isinstance(value, Sequence) or isinstance(value, str):
        return ()
    return tuple(entry for entry in value if isinstance(entry, Mapping))


def plain_number(value: Decimal, places: int = 2) -> str:
    """The number with at most so many decimals and no idle zeros.

    >>> plain_number(Decimal("70.0")), plain_number(Decimal("73.333"), 1), plain_number(Decimal("100"))
    ('70', '73.3', '100')
    """
    rounded = f"{value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP):f}"
    return rounded.rstrip("0").rstrip(".") if "." in rounded else rounded
