"""Pieces of Markdown that the views are made of; all of them escaped."""

from collections.abc import Iterable, Mapping

from markupsafe import Markup

from cards.escaping import escape_data, own_words
from cards.reading import Members, number, plain_number, text
from cards.wording import spaced

_COMMA, _NOTHING = Markup(", "), Markup("")

View = dict[str, object]
"""The names that a template sees."""


def listed(entries: Iterable[Markup]) -> Markup:
    """The entries with commas between."""
    found = list(entries)
    return _COMMA.join(found) if len(found) > 1 else found[0] if found else _NOTHING


def worded(name: str, known: Mapping[str, str]) -> Markup | str:
    """The words for an id of a closed list; else the id, to be escaped as data."""
    return own_words(known[name]) if name in known else spaced(name)


def number_of(found: Members, name: str, places: int = 2) -> Markup:
    """A number of the finding, or nothing."""
    value = number(found, name)
    return own_words("" if value is None else plain_number(value, places))


def date_of(found: Members) -> Markup:
    """The date of the finding."""
    return escape_date(text(found, "date", "on", "end", "recorded"))


def escape_date(value: str) -> Markup:
    """A date keeps its hyphens; anything else is escaped as data."""
    return own_words(value) if value.replace("-", "").isdecimal() and value.isascii() else escape_data(value)
