"""When the treatment of a cancer ended: treatments in blocks, a new block after a gap without any."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil
from typing import Literal

from clinical_rules.facts import BodySite, PartialDate, PatientFacts, RadiotherapyCourse
from clinical_rules.knowledge import KnowledgeOn

NOT_GIVEN = frozenset({"cancelled", "draft", "entered-in-error"})
SAYING_LESS = "recurrence-treatments"
"""The families of treatments that say less of a recurrence than others."""


@dataclass(frozen=True, slots=True)
class Treatment:
    """One treatment against a cancer, from its first to its last day."""

    reference: str
    start: PartialDate
    end: PartialDate
    sites: tuple[BodySite, ...] = ()
    reasons: tuple[str, ...] = ()
    kind: Literal["radiotherapy", "surgery", "drug"] = "drug"
    running: bool = False
    agent: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """Treatments without a gap between them."""

    start: PartialDate
    end: PartialDate
    running: bool


def treatments(facts: PatientFacts, *, knowledge: KnowledgeOn, on: date) -> tuple[Treatment, ...]:
    """Radiotherapy, surgery and drugs that had begun by the day, the earliest first."""
    found = [*_courses(facts, knowledge, on), *_surgery(facts, knowledge), *_systemic(facts, knowledge)]
    begun = (treatment for treatment in found if treatment.start.earliest <= on)
    return tuple(sorted(begun, key=lambda each: (each.start.earliest, each.end.latest, each.reference)))


def blocks(given: Sequence[Treatment], *, gap_days: int) -> tuple[Block, ...]:
    """Treatments put together; a block ends where so many days pass without any."""
    found: list[Block] = []
    for each in given:
        if found and (each.start.earliest - found[-1].end.latest).days < gap_days:
            found[-1] = _joined(found[-1], each)
        else:
            found.append(Block(each.start, each.end, each.running))
    return tuple(found)


def block_before(found: Sequence[Block], day: PartialDate) -> Block | None:
    """The last block that had begun before a date."""
    return next((block for block in reversed(found) if block.start.earliest < day.latest), None)


def _joined(block: Block, treatment: Treatment) -> Block:
    end = max(block.end, treatment.end, key=lambda day: (day.latest, day.earliest))
    return Block(block.start, end, block.running or treatment.running)


def _courses(facts: PatientFacts, knowledge: KnowledgeOn, on: date) -> Iterator[Treatment]:
    gap_days = int(knowledge.number("recurrence.treatment-block-gap-days"))
    for course in facts.courses:
        start = course.start or course.end
        if start is None or course.date_problem is not None:
            continue
        running = _is_running(course, on, gap_days)
        end = PartialDate.on(on) if running else course_end(course, knowledge) or start
        yield Treatment(course.reference, start, end, course.sites, course.reason_references, "radiotherapy", running)


def course_end(course: RadiotherapyCourse, knowledge: KnowledgeOn) -> PartialDate | None:
    """The last day of a course: as stated, else its start plus its fractions at the usual pace, else its start."""
    if course.end is not None or course.start is None or course.fractions is None:
        return course.end or course.start
    lasted = timedelta(days=ceil(7 * course.fractions / knowledge.number("time.fractions-per-week")))
    return PartialDate(course.start.earliest + lasted, course.start.latest + lasted)


def _is_running(course: RadiotherapyCourse, on: date, gap_days: int) -> bool:
    """Whether a course goes on today; a status left in progress for longer than a gap is not believed."""
    if course.end is not None or course.start is None or course.status not in {"in-progress", "on-hold"}:
        return False
    return (on - course.start.latest).days < gap_days


def _surgery(facts: PatientFacts, knowledge: KnowledgeOn) -> Iterator[Treatment]:
    """Operations; one for a symptom counts where a cancer is its reason."""
    for_symptoms = knowledge.family(SAYING_LESS, "for-symptoms")
    for event in facts.events:
        if event.item in for_symptoms and not event.reasons:
            continue
        if event.kind == "surgery" and event.date is not None:
            sites = (event.site,) if event.site else ()
            yield Treatment(event.reference, event.date, event.date, sites, event.reasons, "surgery")


def _systemic(facts: PatientFacts, knowledge: KnowledgeOn) -> Iterator[Treatment]:
    """Drugs; an order without an end counts on its own day, because orders are seldom closed.

    Adjuvant endocrine drugs run for years after treatment ended; they open no block and close no gap.
    """
    endocrine = frozenset(knowledge.family(SAYING_LESS, "endocrine"))
    for drug in facts.systemic:
        start, agent = drug.start or drug.end, drug.agent.casefold()
        if start is None or drug.status in NOT_GIVEN or agent in endocrine:
            continue
        yield Treatment(drug.reference, start, drug.end or start, agent=agent)
