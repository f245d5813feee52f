"""Dose of one course, volume by volume: phases of a volume add up, volumes never do."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import chain

from clinical_rules.facts import DoseToVolume, PhaseDose
from fhir_mappings.course_group import MISSING, NOTHING, CourseGroup, has_dose
from fhir_mappings.course_links import may_be_same, site_keys
from fhir_mappings.radiotherapy_fractions import FractionsFrom
from fhir_mappings.radiotherapy_record import RadiotherapyRecord

Parts = tuple[tuple[str, DoseToVolume], ...]  # reference of the record, what it says of the volume
Volumes = dict[str, DoseToVolume]  # by volume key
LEVELS = ("phase", "plan", "fraction", "generic")
_STRENGTH: tuple[FractionsFrom, ...] = ("stated", "division", "sessions")  # the strongest source first
_BASIS = ("prescribed", "planned", "delivered")  # the weakest first


def course_volumes(group: CourseGroup) -> Volumes:
    """The volumes of a course: as its summary states them, else as the level below adds up, one level only."""
    if group.head is not None and not group.parts:
        return summed([group.head])
    base = [record for record in group.parts if record.increment is False]
    below = summed(_level(base))
    if group.head is None or not group.head.volumes:
        return below or summed(base)
    stated = summed([group.head])
    if not has_dose(group.head):
        return {**stated, **below}
    elsewhere = {key: volume for key, volume in below.items() if key not in stated and _not_named(volume, stated)}
    return {**{key: _completed(volume, below.get(key)) for key, volume in stated.items()}, **elsewhere}


def _not_named(volume: DoseToVolume, stated: Volumes) -> bool:
    """Whether a part states dose to an organ at risk, or to a place, that the summary does not speak of."""
    here = site_keys(other.site for other in stated.values())
    places = site_keys([volume.site])
    elsewhere = places and not any(may_be_same(one, other) for one in places for other in here)
    return volume.volume_type == "organ-at-risk" or bool(elsewhere)


def _level(records: Sequence[RadiotherapyRecord]) -> list[RadiotherapyRecord]:
    """The records of the highest level that states a dose."""
    levels = ([record for record in records if record.level == level] for level in LEVELS)
    return next((level for level in levels if any(map(has_dose, level))), [])


def _completed(stated: DoseToVolume, below: DoseToVolume | None) -> DoseToVolume:
    """The summary's dose, with the phases where their sum agrees; a summary below its own phases is not used."""
    if below is None or below.total_dose_gy is None:
        return stated
    if stated.total_dose_gy is None or stated.unusable == NOTHING:
        return _placed(below, stated)
    if below.total_dose_gy > stated.total_dose_gy:
        return replace(stated, unusable=stated.unusable or "contradictory-dose")
    agrees = below.total_dose_gy == stated.total_dose_gy and below.fractions in (stated.fractions, None)
    if stated.uniform is True or not agrees or not below.phases or below.unusable:
        return stated
    return replace(stated, uniform=False, phases=below.phases)


def _placed(dose: DoseToVolume, place: DoseToVolume) -> DoseToVolume:
    return replace(dose, site=dose.site or place.site, name=dose.name or place.name)


def summed(records: Iterable[RadiotherapyRecord]) -> Volumes:
    """What the records say, per volume key; in one record the same volume twice stays two volumes."""
    parts: dict[str, list[tuple[str, DoseToVolume]]] = {}
    for record in records:
        here: dict[str, list[DoseToVolume]] = {}
        for key, volume in _keyed(record):
            if volume not in here.setdefault(key, []):
                here[key].append(volume)
        for key, volumes in here.items():
            for number, volume in enumerate(volumes):
                parts.setdefault(f"{key}#{number}" if number else key, []).append((record.reference, volume))
    return {key: add_up(tuple(parts[key])) for key in sorted(parts)}


def _keyed(record: RadiotherapyRecord) -> Iterable[tuple[str, DoseToVolume]]:
    """Volumes with a name that other records share; metrics of one organ are different quantities."""
    for number, volume in enumerate(record.volumes):
        key = record.volume_keys[number] if number < len(record.volume_keys) else ""
        metric = f" {volume.metric}" if volume.metric else ""
        if record.level == "fraction" and volume.fractions is None:
            volume = replace(volume, fractions=1, fractions_from="stated")
        yield f"{key or f'{record.reference}/{number}'}{metric}{' point' if volume.point_dose else ''}", volume


def add_up(parts: Parts) -> DoseToVolume:
    """The phases of one volume as one dose; a phase without dose makes the sum unusable, not smaller."""
    given = tuple((reference, volume) for reference, volume in parts if volume.unusable != NOTHING)
    parts = given or parts[:1]
    volumes = [volume for _, volume in parts]
    if len(parts) == 1:
        return volumes[0]
    known = [volume.total_dose_gy for volume in volumes if volume.total_dose_gy is not None]
    fractions = [volume.fractions for volume in volumes if volume.fractions is not None]
    phases = phases_of(parts)
    sizes = {phase.total_dose_gy / phase.fractions for phase in phases}
    return replace(
        _first(volumes),
        basis=min((volume.basis for volume in volumes), key=_BASIS.index),
        total_dose_gy=sum(known, Decimal(0)) if known else None,
        fractions=sum(fractions) if len(fractions) == len(volumes) else None,
        fraction_dose_gy=sizes.pop() if len(sizes) == 1 else None,
        uniform=_uniform(volumes, phases),
        fractions_from=_weakest(volumes),
        equieffective=None,
        phases=phases if len({phase.total_dose_gy / phase.fractions for phase in phases}) > 1 else (),
        reference=_first(volumes).reference,
        unusable=_unusable(volumes),
    )


def phases_of(parts: Parts) -> tuple[PhaseDose, ...]:
    """Each part's physical dose; none where one of them cannot be converted by itself."""
    found = [
        volume.phases
        or (
            (PhaseDose(volume.total_dose_gy, volume.fractions, reference),)
            if volume.total_dose_gy is not None and volume.fractions and volume.uniform is not False
            else ()
        )
        for reference, volume in parts
    ]
    return tuple(chain.from_iterable(found)) if all(found) else ()


def _first(volumes: Sequence[DoseToVolume]) -> DoseToVolume:
    """The part that describes the volume best: one with a site before one without."""
    return next((volume for volume in volumes if volume.site is not None), volumes[0])


def _uniform(volumes: Sequence[DoseToVolume], phases: Sequence[PhaseDose]) -> bool | None:
    if len({phase.total_dose_gy / phase.fractions for phase in phases}) > 1:
        return False
    if phases or all(volume.uniform for volume in volumes):
        return True
    return False if any(volume.uniform is False for volume in volumes) else None


def _weakest(volumes: Sequence[DoseToVolume]) -> FractionsFrom | None:
    stated = [volume.fractions_from for volume in volumes if volume.fractions_from is not None]
    return max(stated, key=_STRENGTH.index) if len(stated) == len(volumes) else None


def _unusable(volumes: Sequence[DoseToVolume]) -> str | None:
    """Why the sum may not be computed with: what ails a part, or a part without dose."""
    reasons = sorted({volume.unusable for volume in volumes if volume.unusable is not None})
    missing = any(volume.total_dose_gy is None for volume in volumes)
    return reasons[0] if reasons else MISSING if missing else None
