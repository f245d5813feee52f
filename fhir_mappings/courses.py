"""Radiotherapy records -> courses: each dose counted once, whatever records describe it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from clinical_rules.facts import DataProblem, RadiotherapyCourse
from fhir_mappings.code_table import CodeTable
from fhir_mappings.course_build import build_course
from fhir_mappings.course_duplicates import merge_duplicates
from fhir_mappings.course_group import CourseGroup
from fhir_mappings.course_groups import group_records
from fhir_mappings.course_observations import attach
from fhir_mappings.course_snapshots import drop_left_out, latest
from fhir_mappings.radiotherapy_record import RadiotherapyRecord

GAP_DAYS = "course.generic-gap-days"


def assemble(
    records: Sequence[RadiotherapyRecord], codes: CodeTable
) -> tuple[tuple[RadiotherapyCourse, ...], tuple[DataProblem, ...]]:
    """The courses that the records describe, by start, and what could not be used or was merged.

    Orders among the records only tell what is based on what. The result does not depend on the order
    of the records.
    """
    gap_days = int(codes.bounds.get(GAP_DAYS, 0))
    given, left_out = drop_left_out(record for record in records if record.resource_type != "ServiceRequest")
    kept, stands_for = latest(given, gap_days)
    hosts, host_of = attach(kept, stands_for)
    based = {order.reference: order.based_on for order in records if order.resource_type == "ServiceRequest"}
    groups = group_records(hosts, based, stands_for, gap_days)
    sources = _sources(stands_for, host_of)
    built = merge_duplicates(build_course(group, _references(group, sources), codes.bounds) for group in groups)
    courses = tuple(sorted((entry.course for entry in built), key=order_of_courses))
    return courses, distinct_problems((*left_out, *(problem for entry in built for problem in entry.problems)))


def order_of_courses(course: RadiotherapyCourse) -> tuple[date, str]:
    """By the first day that the start (else the end) can mean, then by reference."""
    first = course.start or course.end
    return (first.earliest if first else date.max, course.reference)


def _sources(stands_for: Mapping[str, str], host_of: Mapping[str, str]) -> Mapping[str, tuple[str, ...]]:
    """For each record in a group, the references of all records that went into it."""
    sources: dict[str, list[str]] = defaultdict(list)
    for reference, kept in stands_for.items():
        sources[host_of.get(kept, kept)].append(reference)
    return {reference: tuple(sorted(merged)) for reference, merged in sources.items()}


def _references(group: CourseGroup, sources: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(reference for record in group.records for reference in sources[record.reference])


def distinct_problems(problems: Iterable[DataProblem]) -> tuple[DataProblem, ...]:
    """All problems once, in an order that does not depend on that of the records."""
    found = {repr(problem): problem for problem in problems}
    return tuple(sorted(found.values(), key=lambda problem: (problem.reference, problem.problem, repr(problem))))
