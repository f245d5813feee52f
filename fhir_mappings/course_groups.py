"""Which records describe one course: by what they are part of, what they are based on, or how they lie together."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import chain

from fhir_mappings.course_boosts import with_boosts
from fhir_mappings.course_group import CourseGroup, has_dose
from fhir_mappings.course_links import (
    Ancestry,
    Links,
    Records,
    days_of,
    days_of_all,
    may_be_same,
    modality_class,
    order_key,
    overlaps,
    record_sites,
    runs,
)
from fhir_mappings.radiotherapy_record import RadiotherapyRecord

Based = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class _Heads:
    """The course summaries by reference, the parts found for each of them, and which doses which volume."""

    records: Mapping[str, RadiotherapyRecord]
    parts: dict[str, list[RadiotherapyRecord]] = field(default_factory=dict)
    by_volume: dict[str, list[RadiotherapyRecord]] = field(default_factory=lambda: defaultdict(list))

    def __post_init__(self) -> None:
        for reference, head in self.records.items():
            self.parts[reference] = []
            for key in filter(None, dict.fromkeys(head.volume_keys)):
                self.by_volume[key].append(head)

    def give(self, unit: Records, owners: Iterable[str]) -> bool:
        """Gives the unit to its owner; False where it has none, or more than one."""
        found = sorted(set(owners))
        if len(found) != 1:
            return False
        self.parts[found[0]].extend(unit)
        return True


def group_records(
    records: Iterable[RadiotherapyRecord], based: Based, kept: Mapping[str, str], gap_days: int
) -> tuple[CourseGroup, ...]:
    """Every record in exactly one group.

    `based` says on which orders an order is based, `kept` which reference stands for which. Units of
    records with a common ancestor are joined step by step: to the course they are part of, to the course
    or to each other by a common order, and at last by what they treat and when.
    """
    ordered = sorted(records, key=order_key)
    courses = {record.reference: record for record in ordered if record.level == "course"}
    heads = _Heads(courses)
    units = _by_parent([record for record in ordered if record.level != "course"], kept, heads)
    if units:
        units = _by_order(units, Ancestry(based), heads, gap_days)
        units = with_boosts(_by_place(units, gap_days), gap_days)
    loose = [unit for unit in units if not heads.give(unit, _around(unit, heads))]
    groups = [CourseGroup(head, _in_order(heads.parts[reference])) for reference, head in courses.items()]
    return (*groups, *(_without_summary(unit) for unit in loose))


def _by_parent(parts: Iterable[RadiotherapyRecord], kept: Mapping[str, str], heads: _Heads) -> list[Records]:
    """Units of what is part of the same thing, whether that is on file or not."""
    known = tuple(parts)
    ancestry = Ancestry(
        {part.reference: tuple(kept.get(parent, parent) for parent in sorted(part.part_of)) for part in known}
    )
    units: dict[str, list[RadiotherapyRecord]] = defaultdict(list)
    for part in known:
        units[ancestry.top(part.reference)].append(part)
    found = ((top, tuple(unit)) for top, unit in units.items())
    return [unit for top, unit in found if top not in heads.records or not heads.give(unit, [top])]


def _by_order(units: Iterable[Records], based: Ancestry, heads: _Heads, gap_days: int) -> list[Records]:
    """Units that follow an order: with the one course that follows it too, else with each other."""
    courses: dict[str, list[str]] = defaultdict(list)
    for head in heads.records.values():
        for top in _orders((head,), based):
            courses[top].append(head.reference)
    links = Links()
    clusters: dict[str, list[Records]] = defaultdict(list)
    rest: list[Records] = []
    for unit in units:
        tops = _orders(unit, based)
        owners = {head for top in tops for head in courses.get(top, ())}
        if heads.give(unit, (head for head in owners if _same_time(unit, heads.records[head], gap_days))):
            continue
        if not tops or _is_treatment(unit):
            rest.append(unit)
            continue
        for top in tops:
            links.join(tops[0], top)
        clusters[tops[0]].append(unit)
    return [*rest, *_merged_runs(_by_link(clusters, links), gap_days)]


def _by_place(units: Iterable[Records], gap_days: int) -> list[Records]:
    """Units without a link: one course where they treat the same volume, or claims the same site, in one run."""
    alone: list[Records] = []
    clusters: dict[str, list[Records]] = defaultdict(list)
    links = Links()
    for unit in units:
        if _is_treatment(unit):
            alone.append(unit)
            continue
        keys = _volumes(unit) if any(map(has_dose, unit)) else [_place(unit)]
        for key in keys:
            links.join(keys[0], key)
        clusters[keys[0] if keys else f"record {unit[0].reference}"].append(unit)
    return [*alone, *_merged_runs(_by_link(clusters, links), gap_days)]


def _by_link(clusters: Mapping[str, list[Records]], links: Links) -> list[list[Records]]:
    joined: dict[str, list[Records]] = defaultdict(list)
    for name in sorted(clusters):
        joined[links.find(name)].extend(clusters[name])
    return list(joined.values())


def _merged_runs(clusters: Iterable[list[Records]], gap_days: int) -> list[Records]:
    return [tuple(chain.from_iterable(run)) for cluster in clusters for run in runs(cluster, gap_days)]


def _orders(unit: Records, based: Ancestry) -> list[str]:
    return sorted({based.top(order) for record in unit for order in record.based_on})


def _volumes(unit: Records) -> list[str]:
    return sorted({f"volume {key}" for record in unit for key in record.volume_keys if key})


def _place(unit: Records) -> str:
    classes = sorted({name for record in unit for name in modality_class(record.modalities)})
    return f"place {classes} {sorted({site for record in unit for site in record_sites(record)})}"


def _is_treatment(unit: Records) -> bool:
    """A dose without a level: a treatment of its own, for nothing says that it is a part."""
    return all(record.level == "generic" for record in unit) and any(map(has_dose, unit))


def _same_time(unit: Records, head: RadiotherapyRecord, gap_days: int) -> bool:
    return days_of_all(unit) is None or days_of(head) is None or len(runs([unit, (head,)], gap_days)) == 1


def _around(unit: Records, heads: _Heads) -> list[str]:
    """The courses in which a unit lies: the same days and the same volume; or, without dose, the same site."""
    days = days_of_all(unit)
    if any(map(has_dose, unit)):
        keys = {key for record in unit for key in record.volume_keys}
        possible = [head for key in keys for head in heads.by_volume.get(key, ())]
        return [head.reference for head in possible if overlaps(days, days_of(head))]
    inside = [head for head in heads.records.values() if overlaps(days, days_of(head))]
    return [head.reference for head in inside if _may_be_of(unit, head)]


def _may_be_of(unit: Records, head: RadiotherapyRecord) -> bool:
    sites = {site for record in unit for site in record_sites(record)}
    here = record_sites(head)
    classes = modality_class(head.modalities)
    alike = all(classes & modality_class(record.modalities) for record in unit)
    return alike and (not sites or not here or any(may_be_same(one, other) for one in sites for other in here))


def _without_summary(unit: Records) -> CourseGroup:
    """The group of a unit; what all of it is part of, if it is on file, stands for the summary."""
    parts = _in_order(unit)
    members = {record.reference for record in parts}
    inner = [record for record in parts if members.isdisjoint(record.part_of)]
    if len(parts) > 1 and len(inner) == 1 and inner[0].level == "generic":
        return CourseGroup(inner[0], tuple(record for record in parts if record is not inner[0]))
    return CourseGroup(None, parts)


def _in_order(records: Iterable[RadiotherapyRecord]) -> Records:
    return tuple(sorted(records, key=order_key))
