"""What the templates see of each finding: every name a template uses is there, text from records as plain str.

A plain str is escaped in full when it is printed; `Markup` (made by `own_words` and `escape_data`) is not again.
"""

from collections.abc import Callable

from markupsafe import Markup

from cards.cancers import METASTASES, ORGANS, cancer, pattern, second_primary
from cards.dose_views import dose_view, interval_view, overlap_view
from cards.escaping import escape_data, known_words, own_words
from cards.kinds import Kind, kind_of
from cards.option_views import option_view
from cards.printing import View, date_of, first_source, listed, number_of, worded
from cards.reading import Members, members, text, texts, true
from cards.wording import (
    DISEASES,
    NO_SITE,
    NOT_FOUND,
    PROBLEMS,
    capital,
    found_item,
    spaced,
    workup_item,
)
from clinical_rules.findings import Finding


def view(finding: Finding) -> View:
    """The names for the template of the finding's kind."""
    kind = kind_of(finding.rule)
    found = members(finding)
    common: View = {
        "kind": kind,
        "rule": known_words(finding.rule),
        "status": finding.status,
        "raises": finding.urgency is not None,
        "note": text(found, "note", "detail", "sentence", "why", "reason"),
    }
    if kind != "option":  # of which there are many, and which print none of these
        common |= {
            "certainty": known_words(text(found, "certainty")),
            "date": date_of(found),
            "references": listed(map(escape_data, finding.evidence)),
            "source": known_words(first_source(finding)),
        }
    return common | _VIEWS[kind](finding, found)


def _recurrence(finding: Finding, found: Members) -> View:
    return {
        "pattern": known_words(pattern(found)),
        "disease": _disease(found),
        "months": number_of(found, "monthsSinceTreatment", 1),
        "at_most": number_of(found, "monthsAtMost", 1),
        "early": true(found, "early"),
        "options": text(found, "options"),
        "metastatic": listed(
            escape_data(METASTASES.get(site, spaced(site))) for site in texts(found, "metastaticSites")
        ),
    }


def _disease(found: Members) -> Markup | str:
    """The cancer in our words; by the label of its diagnosis where site and organ say nothing."""
    site, organ = text(found, "site"), text(found, "organ")
    if site in NO_SITE and organ not in ORGANS and text(found, "label"):
        return text(found, "label")
    return own_words(cancer(found)) if site in DISEASES else cancer(found)


def _second_primary(finding: Finding, found: Members) -> View:
    return {"disease": second_primary(found)}


def _treatment_effect(finding: Finding, found: Members) -> View:
    return {}


def _workup(finding: Finding, found: Members) -> View:
    item = text(found, "item")
    return {
        "item": known_words(workup_item(item) if finding.status in NOT_FOUND else found_item(item)),
        "name": item,
        "lead": own_words(text(finding.words, "lead")),
        "found": finding.status not in NOT_FOUND,
        "value": text(found, "value", "result", "outcome"),
    }


def _supportive(finding: Finding, found: Members) -> View:
    return {
        "topic": text(found, "label") or spaced(text(found, "topic")),
        "line": own_words(text(found, "line")),
        "signs": listed(escape_data(spaced(sign)) for sign in texts(found, "signs")),
        "agents": listed(escape_data(agent) for agent in texts(found, "agents")),
    }


def _data(finding: Finding, found: Members) -> View:
    return {"problem": worded(text(found, "problem"), PROBLEMS), "record": text(found, "reference")}


def _site_fact(finding: Finding, found: Members) -> View:
    """What is published for the site; of classes those that are left, and what is not known of them."""
    known = text(found, "site") not in NO_SITE
    return {
        "site": known_words(capital(spaced(text(found, "site"))) if known else ""),
        "statement": known_words(text(found, "statement") if known else capital(text(found, "statement"))),
        "level": known_words(text(found, "evidenceLevel")),
        "classes": own_words(" or ".join(texts(found, "classes"))),
        "missing": listed(own_words(name) for name in texts(found, "missing")),
    }


_VIEWS: dict[Kind, Callable[[Finding, Members], View]] = {
    "recurrence": _recurrence,
    "second-primary": _second_primary,
    "treatment-effect": _treatment_effect,
    "overlap": overlap_view,
    "interval": interval_view,
    "dose": dose_view,
    "comparison": dose_view,
    "workup": _workup,
    "option": option_view,
    "supportive": _supportive,
    "data": _data,
    "site-fact": _site_fact,
    "other": _treatment_effect,
}
