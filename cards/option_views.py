"""What the templates see of an option, and the order of options: by category, then as ranked."""

from collections.abc import Iterable
from itertools import groupby
from operator import itemgetter
from typing import cast

from markupsafe import Markup

from cards.escaping import escape_data, known_words, own_words
from cards.printing import View, listed, short_source
from cards.reading import Members, number, objects, text, texts, true
from cards.wording import OPTION_CATEGORIES, spaced
from clinical_rules.findings import Finding

_RANKS = {category: rank for rank, category in enumerate(OPTION_CATEGORIES)}


def option_view(finding: Finding, found: Members) -> View:
    """The words of an option are the knowledge's; what comes from records is escaped as data.

    What speaks for it is not printed: performance status and interval stand above it on the card.
    """
    option = text(found, "label", "title")
    named = spaced(text(found, "option") or finding.rule.partition(".")[2])
    exposure = (" ".join(filter(None, (text(each, "agent"), text(each, "last")))) for each in _drugs(found))
    return {
        "category": _category(text(found, "category")),
        "option": known_words(option) if option else named,
        "basis": known_words("; ".join(filter(None, (text(found, "grade"), short_source(finding))))),
        "population": known_words(text(found, "population")),
        "whom": listed(map(escape_data, texts(found, "recurrences"))),
        "exposure": listed(map(escape_data, exposure)),
        "not_known": listed(map(own_words, texts(found, "notKnown"))),
        "against": listed(map(escape_data, texts(found, "against"))),
        "remarks": tuple(map(own_words, (*texts(found, "cautions"), *texts(found, "notes")))),
        "dispute": known_words(text(found, "dispute")),
        "not_assessed": texts(found, "notAssessed"),
        "brief": true(found, "brief") and not text(found, "dispute"),
        "order": (_RANKS.get(text(found, "category"), len(_RANKS)), int(number(found, "place") or 0), finding.rule),
    }


def ranked(options: Iterable[View]) -> list[View]:
    """The options in the order in which they are told."""
    return sorted(options, key=itemgetter("order"))


def in_full(ranked: Iterable[View]) -> list[tuple[object, list[View]]]:
    """The options that are told in full, under their categories; what is disputed is never only named."""
    told = (each for each in ranked if not each["brief"])
    return [(category, list(each)) for category, each in groupby(told, key=itemgetter("category"))]


def in_brief(ranked: Iterable[View]) -> list[View]:
    """The options that are only named."""
    return [each for each in ranked if each["brief"]]


def not_assessed(ranked: Iterable[View]) -> Markup:
    """What no record shows of the options, each item once."""
    items = dict.fromkeys(item for each in ranked for item in cast(tuple[str, ...], each["not_assessed"]))
    return listed(map(known_words, items))


def _drugs(found: Members) -> tuple[Members, ...]:
    return objects(found, "priorExposure")


def _category(name: str) -> Markup:
    """The heading of a category; one without a name that can be read is not left empty."""
    known = OPTION_CATEGORIES.get(name)
    return known_words(known) if known else escape_data(spaced(name)) or known_words("Other options")
