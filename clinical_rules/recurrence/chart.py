"""The chart as the recurrence rules read it: diseases by their part, cancers with their treatment."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from clinical_rules.diseases import Disease
from clinical_rules.duplicates import merge
from clinical_rules.facts import PartialDate, PatientFacts, RadiotherapyCourse
from clinical_rules.knowledge import KnowledgeOn
from clinical_rules.recurrence.index import IndexCancer, TreatedCancer, index_cancers
from clinical_rules.recurrence.places import treats
from clinical_rules.recurrence.treatment import Treatment, blocks, course_end, treatments


@dataclass(frozen=True, slots=True)
class Chart:
    """What the rules start from; every diagnosis whose codings agree is in exactly one of the groups."""

    facts: PatientFacts
    knowledge: KnowledgeOn
    on: date
    given: tuple[Treatment, ...]
    cancers: tuple[TreatedCancer, ...]
    spread: tuple[Disease, ...]
    not_malignant: tuple[Disease, ...]

    def earlier_courses(self, day: PartialDate | None) -> tuple[str, ...]:
        """References of the courses that are not certainly later than a date; all where it is not known."""
        return tuple(sorted(course.reference for course in self.facts.courses if self._earlier(course, day)))

    def ended_courses(self, day: PartialDate, *, not_for: frozenset[str]) -> tuple[bool, bool]:
        """Whether a course certainly, and whether one possibly, had ended before a date; not those given for it."""
        others = (course for course in self.facts.courses if not_for.isdisjoint(course.reason_references))
        sound = (course for course in others if course.date_problem is None)
        ends = [end for course in sound if (end := course_end(course, self.knowledge))]
        return any(end.latest < day.earliest for end in ends), any(end.earliest < day.latest for end in ends)

    def _earlier(self, course: RadiotherapyCourse, day: PartialDate | None) -> bool:
        when = course.end or course.start
        return day is None or when is None or course.date_problem is not None or when.earliest < day.latest


def read_chart(facts: PatientFacts, *, knowledge: KnowledgeOn, on: date) -> Chart:
    """Merges the entries of one disease, finds the cancers behind them, and gives each its treatments."""
    diseases = merge((each for each in facts.diagnoses if each.conflict is None), knowledge=knowledge)
    given = treatments(facts, knowledge=knowledge, on=on)
    indexes = index_cancers(diseases, knowledge=knowledge)
    return Chart(
        facts, knowledge, on, given,
        tuple(_treated(index, indexes, given, knowledge) for index in indexes),
        _of_roles(diseases, "secondary", "nodes"),
        _of_roles(diseases, "intracranial-not-malignant"),
    )  # fmt: skip


def _of_roles(diseases: Sequence[Disease], *roles: str) -> tuple[Disease, ...]:
    mine = (disease for disease in diseases if disease.lead.role in roles)
    return tuple(sorted(mine, key=lambda each: (str(each.onset or each.recorded or "9999"), each.lead.reference)))


def _treated(
    index: IndexCancer, indexes: Sequence[IndexCancer], given: Sequence[Treatment], knowledge: KnowledgeOn
) -> TreatedCancer:
    others = [other for other in indexes if other is not index]
    mine = tuple(each for each in given if not _of_another(each, index, others, knowledge))
    gap_days = int(knowledge.number("recurrence.treatment-block-gap-days"))
    return TreatedCancer(index, mine, blocks(mine, gap_days=gap_days))


def _of_another(
    treatment: Treatment, index: IndexCancer, others: Sequence[IndexCancer], knowledge: KnowledgeOn
) -> bool:
    """Whether a treatment was for another cancer: by its reason, else because it was given there and not here."""
    if index.references.intersection(treatment.reasons):
        return False
    if any(other.references.intersection(treatment.reasons) for other in others):
        return True
    if treats(treatment.sites, index.body_sites, knowledge.anatomy):
        return False
    return any(treats(treatment.sites, other.body_sites, knowledge.anatomy) for other in others)
