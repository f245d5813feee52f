"""Dates of radiotherapy on file that cannot be as they stand on the day the chart is read."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

from clinical_rules.facts import DataProblem, PatientFacts, RadiotherapyCourse

ENDED = frozenset({"completed", "stopped"})
_TOLERANCE = timedelta(days=1)
"""One day ahead may be another time zone."""
_END = "The course is on file as ended, and its end lies in the future; the true interval is not known."
_START = "The course is on file as given, and its start lies in the future; no interval is measured from it."


def with_date_problems(facts: PatientFacts, on: date) -> PatientFacts:
    """The facts, with a problem for each course that would have ended or begun after the day.

    A course that runs may have an end ahead; a date known in part lies in the future only if all of it does.
    """
    found = tuple(problem for course in facts.courses for problem in _problems(course, on + _TOLERANCE))
    return replace(facts, problems=(*facts.problems, *found)) if found else facts


def _problems(course: RadiotherapyCourse, latest: date) -> Iterator[DataProblem]:
    start, end = course.start, course.end
    if end is not None and end.earliest > latest and course.status in ENDED:
        yield DataProblem("future-end", course.reference, _END, {"end": str(end)})
    if start is not None and start.earliest > latest:
        yield DataProblem("future-start", course.reference, _START, {"start": str(start)})
