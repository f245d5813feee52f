"""How urgent a recurrence is, and whether it may be the effect of treatment."""

from collections.abc import Iterator

from clinical_rules.anatomy import Relation, worst
from clinical_rules.call import Call
from clinical_rules.facts import PartialDate, RadiotherapyCourse
from clinical_rules.findings import Urgency
from clinical_rules.intervals import add_months
from clinical_rules.knowledge import KnowledgeOn
from clinical_rules.picture import PresentTumour
from clinical_rules.recurrence.assembly import telling
from clinical_rules.recurrence.judging import after
from clinical_rules.recurrence.treatment import course_end, treatments

BRAIN = frozenset({"brain", "craniospinal"})
DAYS_PER_WEEK = 7


def relation(tumour: PresentTumour, call: Call) -> Relation:
    """How the tumour lies to the courses that are earlier than it."""
    found = [_to(course, tumour, call) for course in call.facts.courses if course.reference in tumour.courses]
    return worst(found) if found else "none-found"


def recently_irradiated(tumour: PresentTumour, call: Call) -> Iterator[tuple[RadiotherapyCourse, PartialDate]]:
    """The courses at the tumour that ended so recently that a change may be their effect."""
    for course in call.facts.courses:
        end = course_end(course, call.knowledge)
        if end is None or course.reference not in tumour.courses or not _recent(course, end, call):
            continue
        if _to(course, tumour, call) != "none-found":
            yield course, end


def _to(course: RadiotherapyCourse, tumour: PresentTumour, call: Call) -> Relation:
    return call.knowledge.anatomy.relation_of_any(course.sites, tumour.sites)


def _recent(course: RadiotherapyCourse, end: PartialDate, call: Call) -> bool:
    weeks = int(call.knowledge.number("treatment-effect.any-weeks"))
    if (call.on - end.latest).days < DAYS_PER_WEEK * weeks:
        return True
    months = int(call.knowledge.number("treatment-effect.brain-months"))
    brain = any(site.region in BRAIN for site in course.sites)
    return brain and call.on < add_months(end.latest, months)


def speaks_of(tumour: PresentTumour, call: Call) -> bool:
    """Whether the hook raises cards about a tumour: on a chart, or when its problem was just added."""
    return call.hook == "patient-view" or (call.hook == "problem-list-item-create" and tumour.just_added)


def may_be_treatment_effect(tumour: PresentTumour, call: Call) -> bool:
    """Whether the tumour lies where radiotherapy ended recently and no biopsy since has told what it is."""
    if not any(recently_irradiated(tumour, call)):
        return False
    biopsies = (event.date for event in call.facts.events if event.kind == "biopsy" and event.date)
    return tumour.date is None or not any(day.latest >= tumour.date.earliest for day in biopsies)


def of_recurrence(tumour: PresentTumour, call: Call) -> Urgency | None:
    """The urgency of a recurrence by its certainty and timing (product.md, indicators)."""
    if not speaks_of(tumour, call):
        return None
    if tumour.certainty == "possible":
        near = relation(tumour, call) != "none-found" or call.hook == "problem-list-item-create"
        return Urgency.INFO if near else None
    warns = tumour.certainty == "probable" or _newly_documented_and_early(tumour, call)
    on_status_alone = all(not sign.by_code for sign in telling(tumour.signs))
    if warns and not (on_status_alone and may_be_treatment_effect(tumour, call)):
        return Urgency.WARNING
    return Urgency.INFO


def of_second_primary(tumour: PresentTumour, call: Call) -> Urgency | None:
    """A second primary is for information; away from irradiated regions a possible one stays quiet."""
    if not speaks_of(tumour, call):
        return None
    if call.hook == "patient-view" and relation(tumour, call) == "none-found":
        return None if tumour.certainty == "possible" else Urgency.INFO
    return Urgency.INFO


def is_early(tumour: PresentTumour, knowledge: KnowledgeOn) -> bool | None:
    """Whether it came back soon after treatment; decided on dates, by the shortest interval that they allow."""
    if tumour.date is None or tumour.treatment_end is None:
        return None
    months = int(knowledge.number("recurrence.early-months"))
    return tumour.date.earliest < add_months(tumour.treatment_end.latest, months)


def _newly_documented_and_early(tumour: PresentTumour, call: Call) -> bool:
    """In its first time on record, soon after treatment, and not treated since."""
    documented = [sign.recorded for sign in tumour.signs if sign.certainty == "documented" and sign.recorded]
    if not documented or not is_early(tumour, call.knowledge):
        return False
    first = min(documented, key=lambda day: (day.earliest, day.latest))
    days = int(call.knowledge.number("recurrence.early-documented-alert-days"))
    return (call.on - first.latest).days <= days and not _treated_since(tumour, call)


def _treated_since(tumour: PresentTumour, call: Call) -> bool:
    given = treatments(call.facts, knowledge=call.knowledge, on=call.on)
    day = tumour.date
    return day is not None and any(each.start.earliest == day.earliest or after(each.start, day) for each in given)
