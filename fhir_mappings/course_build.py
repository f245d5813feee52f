"""One course from the records that describe it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from clinical_rules.facts import (
    UNSPECIFIED,
    BodySite,
    CourseStatus,
    DataProblem,
    DoseToVolume,
    Modality,
    PartialDate,
    RadiotherapyCourse,
    SitesFrom,
)
from fhir_mappings.course_group import CourseGroup
from fhir_mappings.course_increments import with_increments
from fhir_mappings.course_links import Records, site_key, site_keys
from fhir_mappings.course_volumes import course_volumes
from fhir_mappings.plausibility import check_volume, is_external_beam
from fhir_mappings.radiotherapy_modality import tidy
from fhir_mappings.radiotherapy_record import RadiotherapyRecord

Bounds = Mapping[str, Decimal]
_NONE = {Modality.UNKNOWN}
_NOT_ON_FILE = BodySite(UNSPECIFIED, "volume not on file", coded=False)
_LOST = frozenset({"volume-not-found", "volume-not-stated"})
_UNFINISHED: tuple[CourseStatus, ...] = ("in-progress", "on-hold", "unknown")


@dataclass(frozen=True, slots=True)
class BuiltCourse:
    """A course, the names of its volumes and its official identifiers, and what is wrong with its records."""

    course: RadiotherapyCourse
    volume_keys: tuple[str, ...]
    official_ids: tuple[str, ...]
    problems: tuple[DataProblem, ...]


def build_course(group: CourseGroup, references: Iterable[str], bounds: Bounds) -> BuiltCourse:
    """The course of a group; `references` are those of all records that went into it."""
    volumes, problems = with_increments(course_volumes(group), group)
    external_beam = is_external_beam(_modalities(group.records))
    checked = {key: check_volume(volumes[key], external_beam, bounds) for key in sorted(volumes)}
    course, end = _course(group, tuple(volume for volume, _ in checked.values()), references)
    found = (
        *(problem for record in group.records for problem in record.problems),
        *problems,
        *(replace(problem, reference=course.reference) for _, problem in checked.values() if problem is not None),
        *_contradictions(course),
        *_date_problems(course, end),
    )
    ids = tuple(sorted({identifier for record in group.records for identifier in record.official_ids}))
    return BuiltCourse(course, tuple(checked), ids, found)


def _course(
    group: CourseGroup, doses: tuple[DoseToVolume, ...], references: Iterable[str]
) -> tuple[RadiotherapyCourse, PartialDate | None]:
    """The course, and the end that its records state, which is not that of a running course."""
    records = group.records
    sites, sites_from = _sites(doses, records)
    status = _status(group)
    start, end = _dates(group)
    course = RadiotherapyCourse(
        reference=group.main.reference,
        references=tuple(sorted(set(references))),
        status=status,
        modalities=_modalities(records),
        volumes=doses,
        sites=sites,
        sites_from=sites_from,
        start=start,
        end=None if status == "in-progress" else end,
        fractions=_fractions(doses, group),
        techniques=tuple(sorted({name for record in records for name in record.techniques})),
        intent=next((record.intent for record in records if record.intent is not None), None),
        reason_references=tuple(sorted({reason for record in records for reason in record.reasons})),
        reason_site=next((record.reason_site for record in records if record.reason_site is not None), None),
        reason_kinds=tuple(sorted({kind for record in records for kind in record.reason_kinds})),
        reirradiation=_flag(records),
        coded=any(record.coded for record in records),
        label=group.main.label,
        date_problem="reversed" if start and end and start.earliest > end.latest else None,
    )
    return course, end


def _modalities(records: Records) -> tuple[Modality, ...]:
    """All that is stated. A record that knows none adds none; unknown beside another modality stays."""
    stated = {modality for record in records if set(record.modalities) != _NONE for modality in record.modalities}
    return tidy(stated or _NONE)


def _sites(doses: Iterable[DoseToVolume], records: Records) -> tuple[tuple[BodySite, ...], SitesFrom]:
    """Where it was given: the targets' sites; with the records' where a target names none; else the reason's.

    A volume that did not come along, or that a dose does not name, may lie anywhere, unless the records name the place
    of the whole course.
    """
    targets = [volume.site for volume in doses if volume.volume_type != "organ-at-risk"]
    stated = [site for record in records for site in record.sites]
    lost = [] if stated or not any(map(_has_lost_volume, records)) else [_NOT_ON_FILE]
    named = [site for site in targets if site_keys([site])]
    if named:
        return _distinct([*named, *lost] if len(named) == len(targets) else [*named, *stated, *lost]), "volume"
    if stated:
        return _distinct(stated), "body-site"
    vague = [site for site in targets if site is not None]
    reasons = [record.reason_body_site for record in records if record.reason_body_site is not None]
    if reasons:
        return _distinct([*reasons, *lost]), "reason"
    return _distinct([*vague, *lost]), "volume" if vague else "none"


def _has_lost_volume(record: RadiotherapyRecord) -> bool:
    return any(problem.problem in _LOST for problem in record.problems)


def _distinct(sites: Iterable[BodySite | None]) -> tuple[BodySite, ...]:
    found: dict[tuple[str, str, str], BodySite] = {}
    for site in sites:
        if site is not None:
            key = site_key(site)
            found[key] = min(found.get(key, site), site, key=lambda site: (not site.coded, site.label, site.code or ""))
    return tuple(found[key] for key in sorted(found))


def _status(group: CourseGroup) -> CourseStatus:
    """That of the summary; of parts alone: not finished while one of them is not, else that of the last one."""
    if group.head is not None:
        return group.head.status
    stated = {record.status for record in group.parts}
    return next((status for status in _UNFINISHED if status in stated), group.parts[-1].status)


def _dates(group: CourseGroup) -> tuple[PartialDate | None, PartialDate | None]:
    """Start and end, by the summary where it states them, else the first and the last of the parts."""
    head = group.head
    if head is not None and (head.start is not None or head.end is not None):
        start, end = head.start, head.end
    else:
        start, end = _first_start(group.parts), _last_end(group.parts)
    if head is not None and start is None:
        start = _first_start(group.parts)
    return start, end


def _first_start(records: Records) -> PartialDate | None:
    return min((record.start for record in records if record.start), key=lambda day: day.earliest, default=None)


def _last_end(records: Records) -> PartialDate | None:
    """The last day of the parts; a part that states only when it began ended no earlier."""
    days = [record.end or record.start for record in records]
    return max((day for day in days if day), key=lambda day: (day.latest, day.earliest), default=None)


def _fractions(doses: Iterable[DoseToVolume], group: CourseGroup) -> int | None:
    counts = [volume.fractions for volume in doses if volume.fractions is not None]
    return max(counts, default=group.head.fractions if group.head else None)


def _flag(records: Iterable[RadiotherapyRecord]) -> bool | None:
    stated = {record.reirradiation for record in records} - {None}
    return True in stated if stated else None


def _contradictions(course: RadiotherapyCourse) -> list[DataProblem]:
    reasons = {volume.unusable for volume in course.volumes}
    details = {
        "contradictory-dose": "The parts of the course add up to more than its summary states; the dose is not used.",
        "increment-without-base": "Only a boost is on file, without the dose that it adds to; the dose is not used.",
    }
    return [DataProblem(name, course.reference, detail) for name, detail in details.items() if name in reasons]


def _date_problems(course: RadiotherapyCourse, end: PartialDate | None) -> list[DataProblem]:
    if course.date_problem is not None:
        read = {"start": str(course.start), "end": str(end)}
        return [DataProblem("reversed-dates", course.reference, "The course ends before it starts.", read)]
    if course.status == "in-progress" and end is not None:
        detail = "The course is in progress; the end of its period is not its last day."
        return [DataProblem("end-not-final", course.reference, detail, {"end": str(end)}, matters=False)]
    return []
