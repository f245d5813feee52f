"""Text from records made harmless: plain for summary and labels, numeric references for Markdown."""

import re
import string
import unicodedata
from functools import lru_cache

from markupsafe import Markup

SUMMARY_LIMIT = 139
"""CDS Hooks: a summary has fewer than 140 characters."""

MOST_MARKS = 4
"""Marks kept on one letter; scripts that stack vowels and tones need up to four, more only hides text."""

_INVISIBLE = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)
_DROPPED = frozenset({"Cf", "Cs", "Co", "Cn"})  # format (bidi, zero width), surrogates, private use, unassigned
_SPACED = frozenset({"Cc", "Zl", "Zp"})
_RIGHT_TO_LEFT = frozenset({"R", "AL", "AN"})
_PUNCTUATION = str.maketrans({character: f"&#{ord(character)};" for character in string.punctuation})
_MARKDOWN = str.maketrans({character: f"&#{ord(character)};" for character in "\\`*_[]<>&|#~!@"})
_AUTOLINK = re.compile(r"\.(?=[^\W\d])|:(?=/)|/(?=/)")
"""What turns bare text into a link: a dot before a letter, `://`."""
_PLAIN_WORDS = re.compile(r"[A-Za-z0-9,;()+%-]+(?: [A-Za-z0-9,;()+%-]+)*").fullmatch
"""Words in which nothing is escaped and no blank too many; most of ours."""
_NOTHING = Markup("")
_ISOLATES = "&#8296;{}&#8297;"


def plain_text(text: str) -> str:
    """The text on one line without control, direction and invisible characters.

    >>> plain_text("rectal\\u202e cancer\\n(left)")
    'rectal cancer (left)'
    """
    if not text.isascii():
        text = "".join(map(_visible, _INVISIBLE.sub("", text)))
        text = _few_marks(text)
    elif not text.isprintable():
        text = "".join(character if character.isprintable() else " " for character in text)
    return " ".join(text.split())


def escape_data(text: str) -> Markup:
    """Text from a record for Markdown: each ASCII punctuation character as a numeric reference.

    Text with letters of a right-to-left script is isolated, so that it cannot reorder the numbers beside it.

    >>> escape_data("a*b <i>")
    Markup('a&#42;b &#60;i&#62;')
    """
    text = plain_text(text)
    escaped = text.translate(_PUNCTUATION)
    return Markup(_ISOLATES.format(escaped) if reads_right_to_left(text) else escaped)  # noqa: S704 - escaped here


def own_words(text: str) -> Markup:
    """Words and numbers of our own or of the knowledge for Markdown: only what means markup is escaped.

    >>> own_words("below 70.5 Gy, >=12")
    Markup('below 70.5 Gy, &#62;=12')
    """
    if not text:
        return _NOTHING
    if _PLAIN_WORDS(text):
        return Markup(text)  # noqa: S704 - nothing in it could be escaped
    escaped = plain_text(text).translate(_MARKDOWN)
    return Markup(_AUTOLINK.sub(lambda found: f"&#{ord(found[0])};", escaped))  # noqa: S704 - escaped here


@lru_cache(maxsize=4096)
def known_words(text: str) -> Markup:
    """Own words that stand in the code or the knowledge, escaped once for all calls; nothing of a patient is one."""
    return own_words(text)


def reads_right_to_left(text: str) -> bool:
    """Whether letters or digits of a right-to-left script are in the text."""
    return not text.isascii() and any(unicodedata.bidirectional(character) in _RIGHT_TO_LEFT for character in text)


def length(text: str) -> int:
    """Characters as most clients count them: UTF-16 units, never fewer than code points."""
    return len(text) if text.isascii() else len(text) + sum(character > "\uffff" for character in text)


def cut(text: str, limit: int = SUMMARY_LIMIT) -> str:
    """The text, shortened at a word boundary to the limit; a letter is never parted from its marks."""
    if length(text) <= limit:
        return text
    end = len(text)
    while length(text[:end]) > limit - 1:
        end -= max(1, (length(text[:end]) - limit + 1) // 2)
    space = text.rfind(" ", limit // 2, end + 1)
    end = space if space > 0 else end
    while end > 1 and _extends(text[end : end + 1]):
        end -= 1
    return text[:end].rstrip(" ,;:(") + "…"


def _visible(character: str) -> str:
    """The character, a space for a control character, nothing for an invisible one."""
    category = unicodedata.category(character)
    return " " if category in _SPACED else "" if category in _DROPPED else character


def _few_marks(text: str) -> str:
    """At most a few marks on one letter."""
    kept: list[str] = []
    marks = 0
    for character in text:
        marks = marks + 1 if unicodedata.category(character).startswith("M") else 0
        if marks <= MOST_MARKS:
            kept.append(character)
    return "".join(kept)


def _extends(character: str) -> bool:
    """Whether the character belongs to the one before it: a mark, a skin tone."""
    return (
        unicodedata.category(character).startswith("M") or "\U0001f3fb" <= character <= "\U0001f3ff"
        if character
        else False
    )
