"""What is on file, and what was not found, of the work-up before a region is irradiated again."""

from collections.abc import Mapping, Sequence
from datetime import date

from clinical_rules import biomarkers
from clinical_rules.diseases import earliest
from clinical_rules.facts import PatientFacts
from clinical_rules.findings import JSON, Finding, Hook, Urgency
from clinical_rules.knowledge import KnowledgeOn
from clinical_rules.picture import PresentTumour, RuleSettings
from clinical_rules.reirradiation.pairs import pairs
from clinical_rules.reirradiation.targets import Setting, targets, unrecorded
from clinical_rules.reirradiation.timing import asks_whether_one_course
from clinical_rules.workup_items import ITEMS, Item, Question
from clinical_rules.workup_records import Dated

ORDER_HOOKS = frozenset({"order-select", "order-sign"})


def findings(
    facts: PatientFacts,
    tumours: Sequence[PresentTumour],
    *,
    hook: Hook,
    knowledge: KnowledgeOn,
    on: date,
    settings: RuleSettings,
) -> tuple[Finding, ...]:
    """Each item found or missing: in a recurrence a section, before an order of radiotherapy or of a drug whose use
    rests on a test a card of its own."""
    if facts.patient.deceased:
        return ()
    before_drug = biomarkers.findings(facts, hook=hook, knowledge=knowledge, on=on)
    return (*before_drug, *_before_radiotherapy(facts, tumours, hook, knowledge, on, settings))


def _before_radiotherapy(
    facts: PatientFacts,
    tumours: Sequence[PresentTumour],
    hook: Hook,
    knowledge: KnowledgeOn,
    on: date,
    settings: RuleSettings,
) -> tuple[Finding, ...]:
    ordering = hook in ORDER_HOOKS
    setting = Setting(facts, knowledge, hook, on)
    question = _at_order(setting, tumours, settings) if ordering else _at_chart(facts, tumours, on, settings)
    if question is None:
        return ()
    items = (item for ask in ITEMS for item in ask(question))
    return tuple(_finding(item, raises=ordering, facts=facts) for item in items)


def _at_chart(
    facts: PatientFacts, tumours: Sequence[PresentTumour], on: date, settings: RuleSettings
) -> Question | None:
    recurrences = [tumour for tumour in tumours if tumour.kind == "recurrence"]
    if not recurrences:
        return None
    earlier = {reference for tumour in recurrences for reference in tumour.courses}
    courses = tuple(course for course in facts.courses if course.reference in earlier)
    since = earliest(tumour.date or tumour.treatment_end for tumour in recurrences)
    return Question(facts, on, settings, since, courses, bool(courses or facts.history))


def _at_order(setting: Setting, tumours: Sequence[PresentTumour], settings: RuleSettings) -> Question | None:
    """Only where the order may irradiate a place again: not beside a course that the records tell apart, nor as
    long as the order may be part of the running course."""
    judged = targets(setting, tumours)
    again = (pair for pair in pairs(judged, setting) if pair.near and not asks_whether_one_course(pair, setting))
    near = {pair.course.reference for pair in again}
    if not near and not unrecorded(judged, setting):
        return None
    courses = tuple(course for course in setting.facts.courses if course.reference in near)
    known = [tumour for tumour in tumours if tumour.date]
    recurrences = [tumour for tumour in known if tumour.kind == "recurrence"] or known
    ends = [course.end for course in courses if course.end]
    since = earliest(tumour.date for tumour in recurrences) or max(ends, key=lambda end: end.latest, default=None)
    return Question(setting.facts, setting.on, settings, since, courses, True)


def _finding(item: Item, *, raises: bool, facts: PatientFacts) -> Finding:
    shown = item.found or item.last
    references = item.found.all_references if item.found else item.evidence
    return Finding(
        rule=f"workup.{item.name}",
        status="found" if item.found else "missing",
        topic="workup",
        values={"item": item.name},
        urgency=Urgency.INFO if raises and not item.found else None,
        evidence=references,
        words=_words(item, shown, facts),
    )


def _words(item: Item, shown: Dated | None, facts: PatientFacts) -> Mapping[str, JSON]:
    notes = [item.note] if item.note else []
    unavailable = sorted(
        key for key in SOURCES[item.name] if facts.availability.get(key) in {"failed", "not-asked", "incomplete"}
    )
    if unavailable and not item.found:
        notes.append(f"not available in full: {', '.join(unavailable)}")
    words: dict[str, JSON] = {"note": "; ".join(notes), "partial": item.partial}
    if shown is not None and shown.date is not None:
        words["date"] = str(shown.date)
    if shown is not None and shown.value:
        words["value"] = shown.value
    return words


SOURCES: Mapping[str, tuple[str, ...]] = {
    "biopsy": ("procedures", "reports", "observations"),
    "cross-sectional-imaging": ("reports",),
    "prior-dosimetry": ("radiationDose", "volumes"),
    "interval": (),
    "performance-status": ("observations",),
    "organ-function": ("observations",),
    "restaging": ("observations",),
}
"""Prefetch keys in which each item would be found."""
