"""Radiotherapy orders -> planned courses: each ordered course once, whatever orders describe it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from clinical_rules.facts import DataProblem, RadiotherapyCourse
from fhir_mappings.code_table import CodeTable
from fhir_mappings.course_build import build_course
from fhir_mappings.course_group import CourseGroup, has_dose
from fhir_mappings.course_links import Links, Records, order_key
from fhir_mappings.course_snapshots import drop_left_out, latest
from fhir_mappings.courses import GAP_DAYS, distinct_problems, order_of_courses
from fhir_mappings.radiotherapy_record import RadiotherapyRecord

_NO_CODES = CodeTable()


def assemble_orders(
    records: Sequence[RadiotherapyRecord], selections: Sequence[str] | None, codes: CodeTable = _NO_CODES
) -> tuple[tuple[RadiotherapyCourse, ...], tuple[DataProblem, ...]]:
    """The courses that are ordered, by start, and what could not be used.

    A prescription, its planned course and their phases are one order; what is planned goes before what
    is prescribed. `selections` name orders as `Type/id`, by address or by bare id; None selects all.
    Procedures among the records only tell which orders have been carried out.
    """
    ordered = [record for record in records if record.resource_type == "ServiceRequest"]
    if not ordered:
        return (), ()
    orders, left_out = drop_left_out(ordered)
    kept, stands_for = _latest(orders, int(codes.bounds.get(GAP_DAYS, 0)))
    carried_out = [record for record in records if record.resource_type == "Procedure" and record.left_out is None]
    found: list[RadiotherapyCourse] = []
    problems = [replace(problem, matters=False) for problem in left_out]
    for bundle in _bundles(kept, stands_for):
        groups = _ordered_courses(bundle, stands_for)
        of_one = {order.reference for group in groups for order in group.records}
        of_all = tuple(order for order in bundle if order.reference not in of_one)
        for group in groups:
            references = _references((*group.records, *of_all), stands_for)
            built = build_course(group, references, codes.bounds)
            problems.extend(problem for problem in built.problems if problem.problem != "end-not-final")
            found.append(_as_order(built.course, bundle, selections, _replaced(bundle, references, carried_out)))
    return tuple(sorted(found, key=order_of_courses)), distinct_problems(problems)


def _as_order(
    course: RadiotherapyCourse, bundle: Records, selections: Sequence[str] | None, replaces: tuple[str, ...]
) -> RadiotherapyCourse:
    """The course as an order; what only another order of the bundle states (a reason, a flag) counts too."""
    flags = {record.reirradiation for record in bundle} - {None}
    return replace(
        course,
        planned=True,
        selected=selections is None or is_selected(course.references, selections),
        replaces=replaces,
        start=course.start or next((record.start for record in bundle if record.start is not None), None),
        intent=course.intent or next((record.intent for record in bundle if record.intent is not None), None),
        reason_references=tuple(sorted({reason for record in bundle for reason in record.reasons})),
        reason_site=course.reason_site or next((record.reason_site for record in bundle if record.reason_site), None),
        reason_kinds=tuple(sorted({kind for record in bundle for kind in record.reason_kinds})),
        reirradiation=True in flags if flags else None,
    )


def is_selected(references: Iterable[str], selections: Iterable[str]) -> bool:
    """Whether a selection names one of the orders: as `Type/id`, by its address, by a version of it, or by its id.

    >>> is_selected(["ServiceRequest/a"], ["https://ehr.example.org/fhir/ServiceRequest/a/_history/2"])
    True
    >>> is_selected(["ServiceRequest/a"], ["b", "Task/a"])
    False
    """
    names = {name for reference in references for name in (reference, reference.rpartition("/")[2])}
    return any(selection in names or "/".join(_unversioned(selection)[-2:]) in names for selection in selections)


def _unversioned(selection: str) -> list[str]:
    return selection.partition("/_history/")[0].split("/")


def _latest(orders: Records, gap_days: int) -> tuple[Records, Mapping[str, str]]:
    """The latest state of each order; a prescription and a plan are never states of one another."""
    kept: list[RadiotherapyRecord] = []
    stands_for: dict[str, str] = {}
    for planned in (False, True):
        some, merged = latest((order for order in orders if _is_planned(order) is planned), gap_days)
        kept.extend(some)
        stands_for.update(merged)
    return tuple(sorted(kept, key=order_key)), stands_for


def _is_planned(order: RadiotherapyRecord) -> bool:
    return any(volume.basis == "planned" for volume in order.volumes)


def _bundles(orders: Records, stands_for: Mapping[str, str]) -> list[Records]:
    """Orders that are based on each other; and phases or plans based on the same order, on file or not."""
    links = Links()
    for order in orders:
        for target in (stands_for.get(target, target) for target in order.based_on):
            if target in stands_for or order.level in ("phase", "plan", "fraction"):
                links.join(order.reference, target)
    bundles: dict[str, list[RadiotherapyRecord]] = defaultdict(list)
    for order in orders:
        bundles[links.find(order.reference)].append(order)
    return [tuple(bundles[name]) for name in sorted(bundles)]


def _ordered_courses(bundle: Records, stands_for: Mapping[str, str]) -> list[CourseGroup]:
    """The courses that a bundle of orders describes: one, unless it holds several course orders of one kind."""
    chosen = _preferred(bundle)
    heads = [order for order in chosen if order.level == "course"]
    parts = tuple(order for order in chosen if order.level != "course")
    if not heads:
        return [CourseGroup(None, parts)]
    if len(heads) == 1:
        return [CourseGroup(heads[0], parts)]
    above = {order.reference: [stands_for.get(target, target) for target in order.based_on] for order in bundle}
    return [CourseGroup(head, tuple(part for part in parts if _reaches(part, head, above))) for head in heads]


def _preferred(bundle: Records) -> Records:
    """The planned orders or the prescribed ones: planned if they cover the course, else what says most."""
    kinds = [tuple(order for order in bundle if _is_planned(order) is planned) for planned in (True, False)]
    courses = (kind for kind in kinds if any(order.level == "course" and has_dose(order) for order in kind))
    return next(courses, None) or max(kinds, key=_weight)


def _weight(orders: Records) -> tuple[int, bool, int]:
    """How much a kind says: orders with a dose, then a course order, then the number of orders."""
    return sum(map(has_dose, orders)), any(order.level == "course" for order in orders), len(orders)


def _reaches(part: RadiotherapyRecord, head: RadiotherapyRecord, above: Mapping[str, Sequence[str]]) -> bool:
    seen: set[str] = set()
    ahead = [part.reference]
    while ahead:
        reference = ahead.pop()
        if reference == head.reference:
            return True
        if reference not in seen:
            seen.add(reference)
            ahead.extend(above.get(reference, ()))
    return False


def _references(orders: Iterable[RadiotherapyRecord], stands_for: Mapping[str, str]) -> tuple[str, ...]:
    kept = {order.reference for order in orders}
    return tuple(sorted(old for old, new in stands_for.items() if new in kept))


def _replaced(bundle: Records, own: Sequence[str], carried_out: Iterable[RadiotherapyRecord]) -> tuple[str, ...]:
    """The Procedures that carried these orders out, and the orders not at hand that they are based on."""
    based = {target for order in bundle for target in order.based_on} - set(own)
    done = {record.reference for record in carried_out if not set(own).isdisjoint(record.based_on)}
    return tuple(sorted(based | done))
