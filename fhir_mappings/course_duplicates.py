"""One course that two systems entered without a common identifier: the same days, sites, dose and fractions."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from clinical_rules.facts import DataProblem, RadiotherapyCourse
from fhir_mappings.course_build import BuiltCourse
from fhir_mappings.course_links import modality_class, site_keys
from fhir_mappings.radiotherapy_modality import tidy


def merge_duplicates(courses: Iterable[BuiltCourse]) -> list[BuiltCourse]:
    """Each course once. Where it is unclear whether two are one, both stay."""
    alike: dict[tuple[object, ...], list[BuiltCourse]] = defaultdict(list)
    kept: list[BuiltCourse] = []
    for built in sorted(courses, key=_completeness):
        mark = _mark(built.course)
        if mark is None:
            kept.append(built)
            continue
        twin = next((place for place, other in enumerate(alike[mark]) if _may_be_one(other, built)), None)
        if twin is None:
            alike[mark].append(built)
        else:
            alike[mark][twin] = _merged(alike[mark][twin], built)
    return [*kept, *(built for group in alike.values() for built in group)]


def _mark(course: RadiotherapyCourse) -> tuple[object, ...] | None:
    """What two entries of one course have in common; None where too little is stated to tell."""
    doses = {(volume.total_dose_gy, volume.fractions) for volume in course.volumes if volume.total_dose_gy is not None}
    sites = site_keys(course.sites)
    start, end = course.start, course.end
    if start is None or end is None or not doses or not sites or any(None in dose for dose in doses):
        return None
    if start.precision != "day" or end.precision != "day":
        return None
    return start.earliest, end.earliest, tuple(sorted(sites)), frozenset(doses)


def _may_be_one(one: BuiltCourse, other: BuiltCourse) -> bool:
    """False where both come from one source that tells them apart, or where the radiation differs."""
    if not modality_class(one.course.modalities) & modality_class(other.course.modalities):
        return False
    return not _told_apart(one.official_ids, other.official_ids) and not _told_apart(one.volume_keys, other.volume_keys)


def _told_apart(ones: Sequence[str], others: Sequence[str]) -> bool:
    """Whether both carry identifiers of one system, and none in common: two lesions treated on the same days."""
    systems = [{name.partition("|")[0] for name in names if _is_identifier(name)} for names in (ones, others)]
    return bool(systems[0] & systems[1]) and set(ones).isdisjoint(others)


def _is_identifier(name: str) -> bool:
    """Whether a name is `system|value`; a volume without identifier is named after its place, `system|code|side`."""
    return name.count("|") == 1


def _completeness(built: BuiltCourse) -> tuple[int, bool, int, str]:
    """The order in which entries are preferred: most volumes, coded, most records, then by reference."""
    course = built.course
    return -len(course.volumes), not course.coded, -len(course.references), course.reference


def _merged(kept: BuiltCourse, twin: BuiltCourse) -> BuiltCourse:
    one, other = kept.course, twin.course
    flags = {one.reirradiation, other.reirradiation} - {None}
    course = replace(
        one,
        references=tuple(sorted({*one.references, *other.references})),
        modalities=tidy({*one.modalities, *other.modalities}),
        intent=one.intent or other.intent,
        reason_references=tuple(sorted({*one.reason_references, *other.reason_references})),
        reason_site=one.reason_site or other.reason_site,
        reirradiation=True in flags if flags else None,
    )
    detail = "Two records state the same days, sites, dose and fractions; they are counted as one course."
    problem = DataProblem("duplicate-record", other.reference, detail, {"sameAs": one.reference}, matters=False)
    ids = tuple(sorted({*kept.official_ids, *twin.official_ids}))
    keys = tuple(sorted({*kept.volume_keys, *twin.volume_keys}))
    return BuiltCourse(course, keys, ids, (*kept.problems, *twin.problems, problem))
