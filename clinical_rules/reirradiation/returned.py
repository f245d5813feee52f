"""Whether a tumour came back between two courses: then the second one is no part of the first."""

from collections.abc import Iterator, Sequence
from datetime import date

from clinical_rules.facts import CancerDiagnosis, PartialDate, PatientFacts, RadiotherapyCourse
from clinical_rules.picture import PresentTumour

RETURNED = frozenset({"recurrence", "relapse"})
_ENTRIES_OF_THEIR_OWN = frozenset({"local-recurrence", "recurrence", "secondary", "nodes"})
_STATUSES = frozenset({"recurrence", "worsened"})


def returned_between(
    first: RadiotherapyCourse, later: RadiotherapyCourse, tumours: Sequence[PresentTumour], facts: PatientFacts
) -> bool:
    """Whether a recurrence, progression or spread may have come between the starts of two courses.

    What has no date may have. Records are asked beside the present tumours: a tumour that the second course
    treated is present no more.
    """
    since = date.min if first.start is None else first.start.earliest
    until = date.max if later.start is None else later.start.latest
    return any(_within(day, since, until) for day in _days(tumours, facts, since))


def _within(day: PartialDate | None, since: date, until: date) -> bool:
    return day is None or (day.latest >= since and day.earliest <= until)


def _days(tumours: Sequence[PresentTumour], facts: PatientFacts, since: date) -> Iterator[PartialDate | None]:
    """The day of everything that tells of a tumour that came back, went on or spread; None where it has none."""
    for entry in facts.diagnoses:
        yield from _of_diagnosis(entry, since)
    yield from (status.date for status in facts.statuses if status.value in _STATUSES)
    yield from (stage.date for stage in facts.stages if stage.recurrent)
    for tumour in tumours:
        if tumour.kind != "other":
            yield from (sign.date or sign.recorded for sign in tumour.signs)


def _of_diagnosis(entry: CancerDiagnosis, since: date) -> Iterator[PartialDate | None]:
    """An entry of its own has its day; a primary that is called recurrent does not say since when.

    Only an onset after the first course began is none of the first disease.
    """
    day = entry.onset or entry.recorded
    own = entry.role in _ENTRIES_OF_THEIR_OWN or entry.follows is not None or entry.recurrence_kind is not None
    if own:
        yield day
    elif entry.clinical_status in RETURNED:
        yield day if day is not None and day.earliest >= since else None
