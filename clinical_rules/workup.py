"""What is on file, and what was not found, of the work-up before a region is irradiated again."""

from collections.abc import Mapping, Sequence

from clinical_rules import biomarkers
from clinical_rules.call import Call
from clinical_rules.diseases import earliest
from clinical_rules.facts import PatientFacts
from clinical_rules.findings import JSON, Finding, Urgency
from clinical_rules.picture import PresentTumour
from clinical_rules.reirradiation import Before
from clinical_rules.reirradiation.timing import asks_whether_one_course
from clinical_rules.workup_items import ITEMS, Item, Question
from clinical_rules.workup_records import Dated


def findings(tumours: Sequence[PresentTumour], before: Before) -> tuple[Finding, ...]:
    """Each item found or missing: in a recurrence a section, before an order of radiotherapy or of a drug whose use
    rests on a test a card of its own."""
    call = before.call
    if call.facts.patient.deceased:
        return ()
    return (*biomarkers.findings(call), *_before_radiotherapy(tumours, before))


def _before_radiotherapy(tumours: Sequence[PresentTumour], before: Before) -> tuple[Finding, ...]:
    call = before.call
    question = _at_order(tumours, before) if call.ordering else _at_chart(tumours, call)
    if question is None:
        return ()
    items = (item for ask in ITEMS for item in ask(question))
    return tuple(_finding(item, raises=call.ordering, facts=call.facts) for item in items)


def _at_chart(tumours: Sequence[PresentTumour], call: Call) -> Question | None:
    facts = call.facts
    recurrences = [tumour for tumour in tumours if tumour.kind == "recurrence"]
    if not recurrences:
        return None
    earlier = {reference for tumour in recurrences for reference in tumour.courses}
    courses = tuple(course for course in facts.courses if course.reference in earlier)
    since = earliest(tumour.date or tumour.treatment_end for tumour in recurrences)
    return Question(facts, call.on, call.settings, since, courses, bool(courses or facts.history))


def _at_order(tumours: Sequence[PresentTumour], before: Before) -> Question | None:
    """Only where the order may irradiate a place again: not beside a course that the records tell apart, nor as
    long as the order may be part of the running course."""
    call = before.call
    again = (pair for pair in before.pairs if pair.near and not asks_whether_one_course(pair, call))
    near = {pair.course.reference for pair in again}
    if not near and not before.unrecorded:
        return None
    courses = tuple(course for course in call.facts.courses if course.reference in near)
    known = [tumour for tumour in tumours if tumour.date]
    recurrences = [tumour for tumour in known if tumour.kind == "recurrence"] or known
    ends = [course.end for course in courses if course.end]
    since = earliest(tumour.date for tumour in recurrences) or max(ends, key=lambda end: end.latest, default=None)
    return Question(call.facts, call.on, call.settings, since, courses, True)


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
