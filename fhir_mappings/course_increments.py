"""Boosts: a dose that is stated to come on top of another one, or of which that is unclear."""

from collections.abc import Sequence
from dataclasses import replace

from clinical_rules.facts import DataProblem, DoseToVolume
from fhir_mappings.course_group import CourseGroup
from fhir_mappings.course_links import may_be_same, site_keys
from fhir_mappings.course_volumes import LEVELS, Volumes, add_up, summed
from fhir_mappings.radiotherapy_record import RadiotherapyRecord


def with_increments(base: Volumes, group: CourseGroup) -> tuple[Volumes, tuple[DataProblem, ...]]:
    """The volumes with what the boosts of the course add to them.

    A stated boost adds to the volume it refers to. Where that is unclear, both stay listed and their
    sum stands beside them as the value to screen with.
    """
    if not group.parts:
        return base, ()
    volumes = dict(base)
    problems: list[DataProblem] = []
    for record in _boosts(group.parts):
        for key, boost in summed([record]).items():
            target = _target(key, boost, base)
            if record.increment is True and target is not None:
                volumes[target] = add_up(
                    ((volumes[target].reference or target, volumes[target]), (record.reference, boost))
                )
            elif not base:
                volumes[key] = _alone(boost, record)
            else:
                _list_both(volumes, key, boost, target)
                problems.append(_unclear(record))
    return volumes, tuple(problems)


def _boosts(parts: Sequence[RadiotherapyRecord]) -> list[RadiotherapyRecord]:
    """The boosts of the highest level that has any: the plans of a boost phase are not further boosts."""
    boosts = [part for part in parts if part.increment is not False and part.volumes]
    levels = ([boost for boost in boosts if boost.level == level] for level in LEVELS)
    return next((level for level in levels if level), [])


def _target(key: str, boost: DoseToVolume, base: Volumes) -> str | None:
    """The volume that the boost refers to: its own, else the only one that it can lie in."""
    if key in base:
        return key
    places = site_keys([boost.site])
    possible = [
        name
        for name, volume in base.items()
        if volume.volume_type != "organ-at-risk"
        and (not places or all(may_be_same(one, other) for one in places for other in site_keys([volume.site])))
    ]
    return possible[0] if len(possible) == 1 else None


def _alone(boost: DoseToVolume, record: RadiotherapyRecord) -> DoseToVolume:
    """A boost without the dose that it adds to says less than was given; an unclear one stands for itself."""
    return replace(boost, unusable=boost.unusable or "increment-without-base") if record.increment else boost


def _list_both(volumes: Volumes, key: str, boost: DoseToVolume, target: str | None) -> None:
    volumes[f"{key} boost"] = boost
    if target is None or boost.total_dose_gy is None or volumes[target].total_dose_gy is None:
        return
    both = add_up((("", volumes[target]), ("", boost)))
    fractions = [count for count in (volumes[target].fractions, boost.fractions) if count is not None]
    volumes[f"{key} boost added"] = replace(
        both,
        # given in the same sessions or after them: the fewer sessions give the higher dose per fraction
        fractions=max(fractions) if len(fractions) > 1 else None,
        fraction_dose_gy=None,
        uniform=None,
        phases=(),
        name=f"{both.name or 'treated volume'} with boost, if it adds",
    )


def _unclear(record: RadiotherapyRecord) -> DataProblem:
    detail = (
        "It is not stated whether this boost is part of the other dose or comes on top of it; "
        "both are listed, and their sum is the value to screen with."
    )
    return DataProblem("unclear-increment", record.reference, detail, matters=False)
