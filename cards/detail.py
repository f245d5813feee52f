"""The detail of a card in GitHub Flavored Markdown without HTML: five short blocks, empty ones left out."""

import re
from collections.abc import Iterable
from typing import cast

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from cards.escaping import escape_data, own_words
from cards.grouping import CardPlan
from cards.kinds import Kind, kind_of
from cards.option_views import in_brief, in_full, not_assessed
from cards.printing import View, listed
from cards.views import view
from cards.wording import PREFETCH_KEYS, capital
from clinical_rules.findings import Assessment, Finding

FACTS: tuple[Kind, ...] = (
    "recurrence", "second-primary", "treatment-effect", "overlap", "interval", "supportive", "other",
)  # fmt: skip
LEADING: tuple[Kind, ...] = ("recurrence", "second-primary")
"""What a card of its topic says first."""
MOST_SITE_FACTS = 2
"""Lines on what is published for a site; all of them are among the findings."""
_BLANK_LINES = re.compile(r"\s*\n(?:[ \t]*\n)+")
_ROWS_APART = re.compile(r"^([-|])(.*)\n\n(?=\1)", re.MULTILINE)


def _printed(value: object) -> Markup:
    """What a template prints: text is escaped as data unless it was made safe before."""
    return value if isinstance(value, Markup) else escape_data(str(value))


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("cards"),
        autoescape=True,
        finalize=_printed,
        undefined=StrictUndefined,
        keep_trailing_newline=True,
        auto_reload=False,
    )
    for name in environment.list_templates():
        environment.get_template(name)  # compiled once, at import
    return environment


_ENVIRONMENT = _environment()
_CARD = _ENVIRONMENT.get_template("card.md")


def detail(plan: CardPlan, assessment: Assessment) -> str:
    """The Markdown of one card."""
    views = [view(finding) for finding in plan.findings]
    workup, doses = _of(views, "workup"), _of(views, "dose")
    lean = [entry for entry in doses if entry["lean"] and not entry["blank"]]
    leading = LEADING if plan.topic in LEADING else ()
    text = _CARD.render(
        why=sorted(_why(views), key=lambda e: e["kind"] not in leading),
        asked=any(entry["raises"] and not entry["lead"] for entry in workup),
        items=len(workup),
        facts=_of(views, *FACTS) + [entry for entry in workup if entry["found"] and not _told_by(entry, views)],
        doses=[entry for entry in doses if not entry["blank"]],
        assumed=listed(_printed(entry["structure"]) for entry in lean),
        assumed_doses=_distinct(entry["doses"] for entry in lean),
        schemes=any(entry["scheme"] for entry in doses),
        blank=listed(_printed(entry["structure"]) for entry in doses if entry["blank"]),
        comparisons=_of(views, "comparison"),
        site_facts=_of(views, "site-fact")[:MOST_SITE_FACTS],
        aims=_aims(_of(views, "recurrence")),
        options=in_full(_of(views, "option")),
        further=in_brief(_of(views, "option")),
        not_assessed=not_assessed(_of(views, "option")),
        lacking=sum(not entry["found"] for entry in workup),
        missing=[entry for entry in workup if not entry["found"] and _says_more(entry)],
        not_found=_not_found(entry for entry in workup if not entry["found"] and not _says_more(entry)),
        blank_reasons=_distinct_words(entry["missing_words"] for entry in doses if entry["blank"]),
        data=_of(views, "data"),
        unavailable=_keys(assessment.unavailable),
        incomplete=_keys(assessment.incomplete),
        irradiated=bool(doses or _of(views, "overlap")),
        reviewed=_reviewed(plan.findings),
        day=own_words(assessment.on),
        knowledge_version=own_words(assessment.knowledge_version),
    )
    return _tidy(text)


def _tidy(text: str) -> str:
    """Blank lines that only tags left behind are taken out, so that templates need no care for them."""
    return _ROWS_APART.sub(r"\1\2\n", _BLANK_LINES.sub("\n\n", text)).strip()


def _of(views: Iterable[View], *kinds: Kind) -> list[View]:
    """The views of these kinds, kind by kind as named."""
    return sorted(
        (entry for entry in views if entry["kind"] in kinds), key=lambda e: kinds.index(cast(Kind, e["kind"]))
    )


def _why(views: Iterable[View]) -> Iterable[View]:
    """What raises the card; records with the same problem are one reason."""
    raising = [entry for entry in views if entry["raises"] and (entry["kind"] != "workup" or entry["lead"])]
    return {
        entry["problem"] if entry["kind"] == "data" else place: entry for place, entry in enumerate(raising)
    }.values()


def _told_by(item: View, views: Iterable[View]) -> bool:
    """Whether the end of the earlier radiotherapy stands with its courses already."""
    return item["name"] == "interval" and any(entry["kind"] == "overlap" and entry["courses"] for entry in views)


def _says_more(item: View) -> bool:
    """Whether a missing item has something of its own to say: an older record, a question that raises the card."""
    return bool(item["date"] or item["references"] or item["lead"])


def _not_found(items: Iterable[View]) -> list[tuple[object, Markup]]:
    """Missing items with the same remark on one line, in the order of the first."""
    by_note: dict[object, list[Markup]] = {}
    for item in items:
        by_note.setdefault(item["note"], []).append(_printed(item["item"]))
    return [(note, listed(named)) for note, named in by_note.items()]


def _aims(recurrences: Iterable[View]) -> list[Markup]:
    """What is asked or said of options as a whole; with the recurrence before it where it differs."""
    told = [(entry, str(entry["options"])) for entry in recurrences if entry["options"]]
    if len({words for _, words in told}) <= 1:
        return [own_words(capital(words)) for _, words in told[:1]]
    return [
        Markup("{} of {}: {}").format(_printed(capital(str(entry["pattern"]))), _printed(entry["disease"]), words)
        for entry, words in told
    ]


def _distinct(groups: Iterable[object]) -> Markup:
    """Every dose of several structures once."""
    return listed(dict.fromkeys(dose for group in groups for dose in cast(tuple[Markup, ...], group)))


def _distinct_words(groups: Iterable[object]) -> Markup:
    """Why there is no dose, each reason once."""
    return listed(
        own_words(word) for word in sorted({word for group in groups for word in cast(tuple[str, ...], group)})
    )


def _keys(keys: Iterable[str]) -> Markup:
    """Prefetch keys in words."""
    return listed(own_words(PREFETCH_KEYS.get(key, key)) for key in keys)


def _reviewed(findings: Iterable[Finding]) -> bool:
    """Whether each value that a dose is compared with was reviewed clinically."""
    compared = [finding for finding in findings if kind_of(finding.rule) in {"dose", "comparison"}]
    return bool(compared) and all(finding.words.get("reviewed") is True for finding in compared)
