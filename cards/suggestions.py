"""What a clinician may accept with one click: a referral, Tasks for what is missing, the flag on the order."""

from collections.abc import Mapping, Sequence
from typing import Any

from cards.grouping import ORDER_HOOKS, CardPlan
from cards.kinds import kind_of
from cards.model import Action, Suggestion
from cards.order_flag import with_flag
from cards.reading import members, number, objects, text, texts
from cards.requests import referral, task
from cards.wording import workup_item
from clinical_rules.findings import Assessment, Finding

MOST_SUGGESTIONS = 3
NEEDS_REVIEW = frozenset({"in-region", "adjacent", "junction", "unknown"})
RECORDS = "prior-dosimetry"
_USEFUL_FIRST = (
    RECORDS, "biopsy", "cross-sectional-imaging", "restaging", "performance-status", "organ-function",
)  # fmt: skip
_REASONS = frozenset({"recurrence", "second-primary", "overlap"})
_RECORDS_TEXT = "Request the records of the earlier radiotherapy (plan, dose, fractions, dates)"


def suggestions(
    plan: CardPlan, assessment: Assessment, orders: Mapping[str, Mapping[str, Any]]
) -> tuple[Suggestion, ...]:
    """At most three: the flag on the draft order, one referral, and Tasks, the most useful first."""
    found = [*_flag(plan.findings, orders), *_referral(plan, assessment)]
    tasks = _tasks(plan.findings, assessment.patient_reference)
    room = MOST_SUGGESTIONS - len(found)
    if len(tasks) <= room:
        return (*found, *(_one(action) for action in tasks))
    alone, rest = tasks[: room - 1], tasks[room - 1 :]
    label = f"Request the other missing items ({len(rest)})" if alone else f"Request all missing items ({len(rest)})"
    return (*found, *(_one(action) for action in alone), Suggestion(label=label, actions=tuple(rest)))


def _one(action: Action) -> Suggestion:
    return Suggestion(label=action.description.removeprefix("Draft task: "), actions=(action,))


def _flag(findings: Sequence[Finding], orders: Mapping[str, Mapping[str, Any]]) -> list[Suggestion]:
    """The CodeX flag on each draft course order, where a course overlaps in-region."""
    overlap = _overlap(findings)
    if overlap is None or overlap.values.get("overlap") != "in-region" or not objects(overlap.values, "courses"):
        return []
    flagged = [order for reference in _in_region(overlap, orders) if (order := with_flag(orders[reference]))]
    label = "Mark the draft order as re-irradiation"
    actions = tuple(Action(type="update", description=label, resource=order) for order in flagged)
    return [Suggestion(label=label, actions=actions)] if actions else []


def _in_region(overlap: Finding, orders: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """The orders that the finding names as in-region; without names only an order that is alone."""
    named = texts(overlap.words, "inRegionOrders")
    judged = texts(overlap.words, "orders") or tuple(orders)
    return sorted(set(orders) & set(named or (judged if len(judged) == 1 else ())))


def _referral(plan: CardPlan, assessment: Assessment) -> list[Suggestion]:
    """To radiation oncology where earlier radiotherapy may overlap, to the tumour board otherwise and on orders."""
    if not assessment.patient_reference or plan.topic not in {"recurrence", "second-primary", "reirradiation"}:
        return []
    overlap = _overlap(plan.findings)
    overlaps = overlap is not None and overlap.values.get("overlap") in NEEDS_REVIEW
    if plan.topic == "reirradiation" and not overlaps:
        return []
    if overlaps and assessment.hook not in ORDER_HOOKS:
        text_ = "Referral to radiation oncology: earlier radiotherapy in or near the region"
    else:
        text_ = "Referral to the tumour board"
    reasons = [finding for finding in plan.findings if kind_of(finding.rule) in _REASONS]
    action = referral(text_, assessment.patient_reference, reasons)
    return [Suggestion(label=text_, actions=(action,))]


def _overlap(findings: Sequence[Finding]) -> Finding | None:
    return next((finding for finding in findings if kind_of(finding.rule) == "overlap"), None)


def _tasks(findings: Sequence[Finding], patient_reference: str) -> list[Action]:
    """A Task for each missing work-up item, and for records without dose."""
    if not patient_reference:
        return []
    missing = {
        text(members(finding), "item")
        for finding in findings
        if kind_of(finding.rule) == "workup" and finding.status == "missing"
    }
    missing -= {"", "interval"}  # an interval is not something to order; the records tell it
    overlap = _overlap(findings)
    if overlap is not None and _records_missing(overlap):
        missing.add(RECORDS)
    ranked = sorted(missing, key=lambda item: (_rank(item), item not in _USEFUL_FIRST, item))
    return [task(_task_text(item), patient_reference, _focus(item, overlap)) for item in ranked]


def _rank(item: str) -> int:
    return _USEFUL_FIRST.index(item) if item in _USEFUL_FIRST else 1  # a biomarker counts as much as the biopsy


def _task_text(item: str) -> str:
    return _RECORDS_TEXT if item == RECORDS else f"Obtain or document: {workup_item(item)}"


def _records_missing(overlap: Finding) -> bool:
    """Whether a course that may overlap has no dose, or only the history says that there was one."""
    courses = objects(overlap.values, "courses")
    relevant = [course for course in courses if text(course, "overlap") != "none-found"]
    return not courses or any(number(course, "totalDoseGy") is None for course in relevant)


def _focus(item: str, overlap: Finding | None) -> str:
    """The course whose records are asked for, where there is only one."""
    if item != RECORDS or overlap is None:
        return ""
    courses = objects(overlap.values, "courses")
    return text(courses[0], "reference") if len(courses) == 1 else ""
