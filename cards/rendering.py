"""The templates of a card: read and compiled once, at import; what they print is escaped."""

import re
from itertools import pairwise
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from jinja2.ext import Extension
from markupsafe import Markup

from cards.escaping import escape_data

_FOLDER = PackageLoader("cards")
_INCLUDE = re.compile(r'\{% include "([^"]+)" %\}')
_BLANK_LINES = re.compile(r"\n(?:[ \t]*\n)+")
_ROWS = frozenset({"-", "|"})
"""What a line of a list or of a table begins with."""


def printed(value: object) -> Markup:
    """What a template prints: text is escaped as data unless it was made safe before."""
    return value if isinstance(value, Markup) else escape_data(str(value))


class _InPlace(Extension):
    """Templates that a template includes are put in their place as it is read, not anew for each card."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        """The source with all that it includes."""
        return _INCLUDE.sub(lambda found: self.preprocess(self._read(found[1]), found[1]), source)

    def _read(self, name: str) -> str:
        return _FOLDER.get_source(self.environment, name)[0]


class _Templates(Environment):
    """Names are looked for in the views, which are dicts, before they are looked for as attributes."""

    def getattr(self, obj: Any, attribute: str) -> Any:
        """What `f.name` is in a template."""
        return obj[attribute] if type(obj) is dict and attribute in obj else super().getattr(obj, attribute)


CARD = _Templates(
    loader=_FOLDER,
    autoescape=True,
    finalize=printed,
    undefined=StrictUndefined,
    keep_trailing_newline=True,
    auto_reload=False,
    extensions=(_InPlace,),
).get_template("card.md")
"""The template of a card, and of all that stands on it."""


def tidy(text: str) -> str:
    """Blank lines that only tags left behind are taken out, so that templates need no care for them."""
    paragraphs = [paragraph.rstrip() for paragraph in _BLANK_LINES.split(text)]
    parts = paragraphs[:1]
    for before, after in pairwise(paragraphs):
        start = after[:1]
        one_list = start in _ROWS and before.rpartition("\n")[2][:1] == start
        parts += ("\n" if one_list else "\n\n", after)
    return "".join(parts).strip()
