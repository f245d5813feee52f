"""What is on file, and what was not found, of the work-up before a region is irradiated again."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from clinical_rules.duplicates import earliest
from clinical_rules.facts import EventKind, PartialDate, PatientFacts, RadiotherapyCourse
from clinical_rules.findings import JSON, Finding, Hook, Urgency
from clinical_rules.knowledge import KnowledgeOn
from clinical_rules.picture import PresentTumour, RuleSettings
from clinical_rules.workup_records import Dated, dosimetry, latest, of_events, of_stages, within

ORDER_HOOKS = frozenset({"order-select", "order-sign"})
NO_REPORT = "imaging that was done without a report on file cannot be seen"


@dataclass(frozen=True, slots=True)
class Item:
    """One item of the work-up, as found or not."""

    name: str
    found: Dated | None
    note: str = ""
    last: Dated | None = None  # the newest one on file where none counts
    evidence: tuple[str, ...] = ()
    partial: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """What the work-up is looked for: since when, for which earlier courses, by which windows."""

    facts: PatientFacts
    on: date
    settings: RuleSettings
    since: PartialDate | None
    courses: tuple[RadiotherapyCourse, ...]
    irradiated: bool


def findings(
    facts: PatientFacts,
    tumours: Sequence[PresentTumour],
    *,
    hook: Hook,
    knowledge: KnowledgeOn,
    on: date,
    settings: RuleSettings,
) -> tuple[Finding, ...]:
    """Each item found or missing: in a recurrence a section, before an order of radiotherapy a card of its own."""
    if facts.patient.deceased:
        return ()
    ordering = hook in ORDER_HOOKS
    question = _at_order(facts, tumours, hook, on, settings) if ordering else _at_chart(facts, tumours, on, settings)
    if question is None:
        return ()
    items = (item for ask in _ITEMS for item in ask(question))
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


def _at_order(
    facts: PatientFacts, tumours: Sequence[PresentTumour], hook: Hook, on: date, settings: RuleSettings
) -> Question | None:
    orders = [order for order in facts.orders if order.selected or hook == "order-sign"]
    if not orders or not (facts.courses or facts.history):
        return None
    known = [tumour for tumour in tumours if tumour.date]
    recurrences = [tumour for tumour in known if tumour.kind == "recurrence"] or known
    ends = [course.end for course in facts.courses if course.end]
    since = earliest(tumour.date for tumour in recurrences) or max(ends, key=lambda end: end.latest, default=None)
    return Question(facts, on, settings, since, facts.courses, True)


def _biopsy(question: Question) -> Iterator[Item]:
    yield _since("biopsy", of_events(question.facts, "biopsy"), question)


def _restaging(question: Question) -> Iterator[Item]:
    recurrent, others = of_stages(question.facts)
    stated = latest(recurrent, None, question.on) or min(recurrent, key=Dated.order, default=None)
    if stated is not None:
        yield Item("restaging", stated, "stage of the recurrence")
    else:
        yield _since("restaging", others, question)


def _imaging(question: Question) -> Iterator[Item]:
    days = question.settings.imaging_window_days
    yield _in_window("cross-sectional-imaging", days, question, NO_REPORT)


def _performance_status(question: Question) -> Iterator[Item]:
    yield _in_window("performance-status", question.settings.organ_function_window_days, question, "")


def _organ_function(question: Question) -> Iterator[Item]:
    yield _in_window("organ-function", question.settings.organ_function_window_days, question, "")


def _prior_dosimetry(question: Question) -> Iterator[Item]:
    """Dose to organs is found; dose and fractions of a volume are a part of it."""
    if not question.irradiated:
        return
    known = dosimetry(question.courses)
    note = {
        "organs": "dose to organs at risk is on file",
        "volumes": "dose and fractions of the treated volume are on file, dose to organs at risk is not",
        "none": "no usable dose with fractions of an earlier course is on file",
    }[known.level]
    found = Dated(None, known.references[0], known.references) if known.references else None
    yield Item("prior-dosimetry", found, note, partial=known.level == "volumes")


def _interval(question: Question) -> Iterator[Item]:
    """Known where every earlier course has an end on file; an estimated end does not count."""
    if not question.irradiated:
        return
    without = tuple(sorted(course.reference for course in question.courses if course.end is None))
    ends = [Dated(course.end, course.reference) for course in question.courses if course.end]
    last = max(ends, key=Dated.order, default=None)
    if last is not None and not without:
        yield Item("interval", last, "end of the last earlier course")
    else:
        yield Item("interval", None, "the end of an earlier course is not on file", last, without)


_ITEMS: tuple[Callable[[Question], Iterator[Item]], ...] = (
    _biopsy, _imaging, _prior_dosimetry, _interval, _performance_status, _organ_function, _restaging,
)  # fmt: skip


def _since(name: Literal["biopsy", "restaging"], records: Sequence[Dated], question: Question) -> Item:
    """What was done on or after the day of the recurrence; what is older shows the first disease."""
    found = latest(records, question.since, question.on)
    if found is not None:
        return Item(name, found)
    last = latest(records, None, question.on)
    note = f"none since {question.since}" if question.since else ""
    return Item(name, None, note, last)


def _in_window(name: EventKind, days: int, question: Question, note: str) -> Item:
    first = question.on - timedelta(days=days)
    records = of_events(question.facts, name)
    found = latest(within(records, first, question.on), None, question.on)
    if found is not None:
        return Item(name, found)
    said = f"none in the last {days} days" + (f"; {note}" if note else "")
    return Item(name, None, said, latest(records, None, question.on))


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
