"""Pieces of Markdown that the views are made of; all of them escaped."""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from markupsafe import Markup

from cards.escaping import escape_data, known_words, own_words
from cards.reading import Members, number, plain_number, text
from cards.wording import spaced
from clinical_rules.findings import Finding

_COMMA, _NOTHING = Markup(", "), Markup("")

_OURS = "rert-cds, project decision"
_ABOUT = " on recurrent "
_WITH_YEAR = re.compile(r".*?\b(?:19|20)\d\d\b")

View = dict[str, object]
"""The names that a template sees."""


def listed(entries: Iterable[Markup]) -> Markup:
    """The entries with commas between."""
    found = list(entries)
    return _COMMA.join(found) if len(found) > 1 else found[0] if found else _NOTHING


def worded(name: str, known: Mapping[str, str]) -> Markup | str:
    """The words for an id of a closed list; else the id, to be escaped as data."""
    return known_words(known[name]) if name in known else spaced(name)


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


def first_source(finding: Finding) -> str:
    """The label of the first source that is cited; all of them stand in the machine-readable finding."""
    return next((source.label for source in finding.sources if source.label != _OURS), "")


def short_source(finding: Finding) -> str:
    """The first source in as few words as tell what it is; a decision of the project where nothing is cited."""
    label = _in_short(first_source(finding))
    return label or ("project decision" if finding.sources else "")


@lru_cache(maxsize=1024)
def _in_short(label: str) -> str:
    """The label of a source as far as its year."""
    label = label.partition(_ABOUT)[0]
    told = _WITH_YEAR.match(label)
    return told[0] if told else label
