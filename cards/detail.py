"""The detail of a card in GitHub Flavored Markdown without HTML: five short blocks, empty ones left out."""

from collections.abc import Iterable, Mapping
from typing import cast

from markupsafe import Markup

from cards.escaping import known_words, own_words
from cards.grouping import CardPlan
from cards.kinds import Kind, kind_of
from cards.option_views import in_brief, in_full, not_assessed, ranked
from cards.printing import View, listed
from cards.rendering import CARD, printed, tidy
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


def detail(plan: CardPlan, assessment: Assessment) -> str:
    """The Markdown of one card."""
    views = [view(finding) for finding in plan.findings]
    held = _by_kind(views)
    workup, doses, overlaps = _of(held, "workup"), _of(held, "dose"), _of(held, "overlap")
    options = ranked(_of(held, "option"))
    lacking = [entry for entry in workup if not entry["found"]]
    lean = [entry for entry in doses if entry["lean"] and not entry["blank"]]
    leading = LEADING if plan.topic in LEADING else ()
    text = CARD.render(
        why=sorted(_why(views), key=lambda e: e["kind"] not in leading),
        asked=any(entry["raises"] and not entry["lead"] for entry in workup),
        items=len(workup),
        facts=_of(held, *FACTS) + [entry for entry in workup if entry["found"] and not _told_by(entry, overlaps)],
        doses=[entry for entry in doses if not entry["blank"]],
        assumed=listed(printed(entry["structure"]) for entry in lean),
        assumed_doses=_distinct(entry["doses"] for entry in lean),
        schemes=any(entry["scheme"] for entry in doses),
        blank=listed(printed(entry["structure"]) for entry in doses if entry["blank"]),
        comparisons=_of(held, "comparison"),
        site_facts=_of(held, "site-fact")[:MOST_SITE_FACTS],
        aims=_aims(_of(held, "recurrence")),
        options=in_full(options),
        further=in_brief(options),
        not_assessed=not_assessed(options),
        lacking=len(lacking),
        missing=[entry for entry in lacking if _says_more(entry)],
        not_found=_not_found(entry for entry in lacking if not _says_more(entry)),
        blank_reasons=_distinct_words(entry["missing_words"] for entry in doses if entry["blank"]),
        data=_of(held, "data"),
        unavailable=_keys(assessment.unavailable),
        incomplete=_keys(assessment.incomplete),
        irradiated=bool(doses or overlaps),
        reviewed=_reviewed(plan.findings),
        day=own_words(assessment.on),
        knowledge_version=known_words(assessment.knowledge_version),
    )
    return tidy(text)


def _by_kind(views: Iterable[View]) -> dict[object, list[View]]:
    held: dict[object, list[View]] = {}
    for entry in views:
        held.setdefault(entry["kind"], []).append(entry)
    return held


def _of(held: Mapping[object, list[View]], *kinds: Kind) -> list[View]:
    """The views of these kinds, kind by kind as named."""
    return [entry for kind in kinds for entry in held.get(kind, ())]


def _why(views: Iterable[View]) -> Iterable[View]:
    """What raises the card; records with the same problem are one reason."""
    raising = [entry for entry in views if entry["raises"] and (entry["kind"] != "workup" or entry["lead"])]
    return {
        entry["problem"] if entry["kind"] == "data" else place: entry for place, entry in enumerate(raising)
    }.values()


def _told_by(item: View, overlaps: Iterable[View]) -> bool:
    """Whether the end of the earlier radiotherapy stands with its courses already."""
    return item["name"] == "interval" and any(entry["courses"] for entry in overlaps)


def _says_more(item: View) -> bool:
    """Whether a missing item has something of its own to say: an older record, a question that raises the card."""
    return bool(item["date"] or item["references"] or item["lead"])


def _not_found(items: Iterable[View]) -> list[tuple[object, Markup]]:
    """Missing items with the same remark on one line, in the order of the first."""
    by_note: dict[object, list[Markup]] = {}
    for item in items:
        by_note.setdefault(item["note"], []).append(printed(item["item"]))
    return [(note, listed(named)) for note, named in by_note.items()]


def _aims(recurrences: Iterable[View]) -> list[Markup]:
    """What is asked or said of options as a whole; with the recurrence before it where it differs."""
    told = [(entry, str(entry["options"])) for entry in recurrences if entry["options"]]
    if len({words for _, words in told}) <= 1:
        return [own_words(capital(words)) for _, words in told[:1]]
    return [
        Markup("{} of {}: {}").format(printed(capital(str(entry["pattern"]))), printed(entry["disease"]), words)
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
    return listed(known_words(PREFETCH_KEYS.get(key, key)) for key in keys)


def _reviewed(findings: Iterable[Finding]) -> bool:
    """Whether each value that a dose is compared with was reviewed clinically."""
    compared = [finding for finding in findings if kind_of(finding.rule) in {"dose", "comparison"}]
    return bool(compared) and all(finding.words.get("reviewed") is True for finding in compared)
