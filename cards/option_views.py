"""What the templates see of an option, and the order of options: by category, then as ranked."""

from collections.abc import Iterable
from itertools import groupby
from typing import cast

from markupsafe import Markup

from cards.escaping import escape_data, own_words
from cards.printing import View, listed, short_source
from cards.reading import Members, number, objects, text, texts, true
from cards.wording import OPTION_CATEGORIES, spaced
from clinical_rules.findings import Finding


def option_view(finding: Finding, found: Members) -> View:
    """The words of an option are the knowledge's; what comes from records is escaped as data.

    What speaks for it is not printed: performance status and interval stand above it on the card.
    """
    option = text(found, "label", "title")
    named = spaced(text(found, "option") or finding.rule.partition(".")[2])
    exposure = (" ".join(filter(None, (text(each, "agent"), text(each, "last")))) for each in _drugs(found))
    return {
        "category": _category(text(found, "category")),
        "option": own_words(option) if option else named,
        "basis": own_words("; ".join(filter(None, (text(found, "grade"), short_source(finding))))),
        "population": own_words(text(found, "population")),
        "whom": listed(map(escape_data, texts(found, "recurrences"))),
        "exposure": listed(map(escape_data, exposure)),
        "not_known": listed(map(own_words, texts(found, "notKnown"))),
        "against": listed(map(escape_data, texts(found, "against"))),
        "remarks": tuple(map(own_words, (*texts(found, "cautions"), *texts(found, "notes")))),
        "dispute": own_words(text(found, "dispute")),
        "not_assessed": texts(found, "notAssessed"),
        "brief": true(found, "brief") and not text(found, "dispute"),
        "order": (_category_rank(text(found, "category")), int(number(found, "place") or 0), finding.rule),
    }


def in_full(options: Iterable[View]) -> list[tuple[object, list[View]]]:
    """The options that are told in full, under their categories; what is disputed is never only named."""
    ranked = sorted((each for each in options if not each["brief"]), key=_order)
    return [(category, list(each)) for category, each in groupby(ranked, key=lambda each: each["category"])]


def in_brief(options: Iterable[View]) -> list[View]:
    """The options that are only named."""
    return sorted((each for each in options if each["brief"]), key=_order)


def not_assessed(options: Iterable[View]) -> Markup:
    """What no record shows of the options, each item once."""
    ranked = sorted(options, key=_order)
    items = dict.fromkeys(item for each in ranked for item in cast(tuple[str, ...], each["not_assessed"]))
    return listed(map(own_words, items))


def _order(option: View) -> tuple[int, int, str]:
    return cast(tuple[int, int, str], option["order"])


def _drugs(found: Members) -> tuple[Members, ...]:
    return objects(found, "priorExposure")


def _category(name: str) -> Markup:
    """The heading of a category; one without a name that can be read is not left empty."""
    known = OPTION_CATEGORIES.get(name)
    return own_words(known) if known else escape_data(spaced(name)) or own_words("Other options")


def _category_rank(category: str) -> int:
    known = tuple(OPTION_CATEGORIES)
    return known.index(category) if category in known else len(known)
