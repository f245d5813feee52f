"""What the templates see of each finding: every name a template uses is there, text from records as plain str.

A plain str is escaped in full when it is printed; `Markup` (made by `own_words` and `escape_data`) is not again.
"""

from collections.abc import Callable

from markupsafe import Markup

from cards.cancers import METASTASES, ORGANS, cancer, pattern, second_primary
from cards.dose_views import dose_view, interval_view, overlap_view
from cards.escaping import escape_data, own_words
from cards.kinds import Kind, kind_of
from cards.printing import View, date_of, listed, number_of, worded
from cards.reading import Members, members, objects, text, texts, true
from cards.wording import (
    DISEASES,
    NO_SITE,
    NOT_FOUND,
    OPTION_CATEGORIES,
    PROBLEMS,
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
        "rule": own_words(finding.rule),
        "status": finding.status,
        "raises": finding.urgency is not None,
        "certainty": own_words(text(found, "certainty")),
        "date": date_of(found),
        "note": text(found, "note", "detail", "sentence", "why", "reason"),
        "references": listed(escape_data(reference) for reference in finding.evidence),
        "sources": listed(own_words(label) for label in dict.fromkeys(source.label for source in finding.sources)),
    }
    return common | _VIEWS[kind](finding, found)


def _recurrence(finding: Finding, found: Members) -> View:
    return {
        "pattern": own_words(pattern(found)),
        "disease": _disease(found),
        "months": number_of(found, "monthsSinceTreatment", 1),
        "at_most": number_of(found, "monthsAtMost", 1),
        "early": true(found, "early"),
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
        "item": own_words(workup_item(item)),
        "found": finding.status not in NOT_FOUND,
        "value": text(found, "value", "result", "outcome"),
    }


def _option(finding: Finding, found: Members) -> View:
    option = text(found, "label", "title") or spaced(text(found, "option") or finding.rule.partition(".")[2])
    exposure = objects(found, "priorExposure")
    return {
        "category": worded(text(found, "category"), OPTION_CATEGORIES),
        "option": option,
        "grade": own_words(text(found, "grade")),
        "exposure": listed(
            escape_data(" ".join(filter(None, (text(entry, "agent"), text(entry, "last"))))) for entry in exposure
        ),
    }


def _supportive(finding: Finding, found: Members) -> View:
    return {"topic": text(found, "label") or spaced(text(found, "topic"))}


def _data(finding: Finding, found: Members) -> View:
    return {"problem": worded(text(found, "problem"), PROBLEMS), "record": text(found, "reference")}


_VIEWS: dict[Kind, Callable[[Finding, Members], View]] = {
    "recurrence": _recurrence,
    "second-primary": _second_primary,
    "treatment-effect": _treatment_effect,
    "overlap": overlap_view,
    "interval": interval_view,
    "dose": dose_view,
    "comparison": dose_view,
    "workup": _workup,
    "option": _option,
    "supportive": _supportive,
    "data": _data,
    "other": _treatment_effect,
}
