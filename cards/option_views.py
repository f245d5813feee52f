"""What the templates see of an option, and the order of options: by category, then as ranked."""

from collections.abc import Iterable
from typing import cast

from cards.escaping import escape_data, own_words
from cards.printing import View, listed, worded
from cards.reading import Members, number, objects, text, texts, true
from cards.wording import OPTION_CATEGORIES, spaced
from clinical_rules.findings import Finding


def option_view(finding: Finding, found: Members) -> View:
    """The words of an option are the knowledge's; what comes from records is escaped as data."""
    option = text(found, "label", "title")
    named = spaced(text(found, "option") or finding.rule.partition(".")[2])
    exposure = (" ".join(filter(None, (text(each, "agent"), text(each, "last")))) for each in _drugs(found))
    return {
        "category": worded(text(found, "category"), OPTION_CATEGORIES),
        "option": own_words(option) if option else named,
        "grade": own_words(text(found, "grade")),
        "population": own_words(text(found, "population")),
        "whom": listed(map(escape_data, texts(found, "recurrences"))),
        "exposure": listed(map(escape_data, exposure)),
        "not_known": listed(map(own_words, texts(found, "notKnown"))),
        "favouring": listed(map(escape_data, texts(found, "favouring"))),
        "against": listed(map(escape_data, texts(found, "against"))),
        "remarks": tuple(map(own_words, (*texts(found, "cautions"), *texts(found, "notes")))),
        "dispute": own_words(text(found, "dispute")),
        "not_assessed": listed(map(own_words, texts(found, "notAssessed"))),
        "brief": true(found, "brief"),
        "order": (_category_rank(text(found, "category")), int(number(found, "place") or 0), finding.rule),
    }


def in_full(options: Iterable[View]) -> list[View]:
    """The options that are told in full, by category."""
    return sorted((each for each in options if not each["brief"]), key=_order)


def in_brief(options: Iterable[View]) -> list[View]:
    """The options that are only named."""
    return sorted((each for each in options if each["brief"]), key=_order)


def _order(option: View) -> tuple[int, int, str]:
    return cast(tuple[int, int, str], option["order"])


def _drugs(found: Members) -> tuple[Members, ...]:
    return objects(found, "priorExposure")


def _category_rank(category: str) -> int:
    known = tuple(OPTION_CATEGORIES)
    return known.index(category) if category in known else len(known)
