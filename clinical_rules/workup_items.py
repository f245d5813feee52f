"""The items of the work-up, and where each is looked for."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

from clinical_rules.facts import EventKind, PartialDate, PatientFacts, RadiotherapyCourse
from clinical_rules.picture import RuleSettings
from clinical_rules.workup_records import Dated, dosimetry, latest, of_events, of_stages, within

NO_ORIGINAL = "no stage from before it is on file: the original stage is kept, not overwritten"
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


def _biopsy(question: Question) -> Iterator[Item]:
    yield _since("biopsy", of_events(question.facts, "biopsy"), question)


def _restaging(question: Question) -> Iterator[Item]:
    """A stage of the recurrence carries the r prefix, and the stage of the first diagnosis is kept beside it."""
    recurrent, others = of_stages(question.facts)
    stated = latest(recurrent, None, question.on) or min(recurrent, key=Dated.order, default=None)
    item = Item("restaging", stated, "stage of the recurrence") if stated else _since("restaging", others, question)
    if item.found is not None and not stated:
        item = replace(item, note="without the r prefix of a stage of a recurrence")
    if item.found is not None and not _has_original(others, question):
        item = replace(item, note=f"{item.note}; {NO_ORIGINAL}")
    yield item


def _has_original(others: Sequence[Dated], question: Question) -> bool:
    """Whether a stage from before the recurrence is on file; one without a date may be it."""
    since = question.since
    return since is None or any(each.date is None or each.date.earliest < since.latest for each in others)


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


ITEMS: tuple[Callable[[Question], Iterator[Item]], ...] = (
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
