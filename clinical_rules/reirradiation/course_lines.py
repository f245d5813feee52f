"""One earlier course as the overlap finding lists it: its dose, fractions, end and place."""

from collections.abc import Sequence

from clinical_rules.anatomy import Anatomy, Relation
from clinical_rules.facts import DoseToVolume
from clinical_rules.findings import JSON
from clinical_rules.reirradiation.pairs import Pair, worst_relation
from clinical_rules.reirradiation.people import given_under_age
from clinical_rules.reirradiation.targets import Setting, region_sites
from clinical_rules.reirradiation.terms import not_photons
from clinical_rules.reirradiation.timing import interval_words
from clinical_rules.reirradiation.wire import number


def on_wire(relation: Relation) -> str:
    """The relation as findings name it: a junction is adjacent, and the words say junction."""
    return "adjacent" if relation == "junction" else relation


def course_values(pairs: Sequence[Pair], anatomy: Anatomy) -> dict[str, JSON]:
    """One course on the wire; its dose is that of the volume with the highest dose where it meets the target."""
    course = pairs[0].course
    values: dict[str, JSON] = {"reference": course.reference, "overlap": on_wire(worst_relation(pairs))}
    volume = leading_volume(pairs, anatomy)
    if volume is not None and volume.total_dose_gy is not None:
        values |= {"totalDoseGy": number(volume.total_dose_gy), "basis": volume.basis}
    fractions = course.fractions if volume is None or volume.fractions is None else volume.fractions
    if fractions is not None:
        values["fractions"] = fractions
    if course.end is not None:
        values["end"] = str(course.end)
    sites = region_sites(course)
    return values | {"site": sites[0].region} if sites else values


def leading_volume(pairs: Sequence[Pair], anatomy: Anatomy) -> DoseToVolume | None:
    """The usable target volume with the highest dose among those that lie worst to the target; never a sum."""
    usable = _usable(pairs)
    relation = worst_relation(pairs)
    there = [volume for volume in usable if _relation(volume, pairs, anatomy) == relation]
    return max(there or usable, key=_dose_then_reference, default=None)


def course_words(pairs: Sequence[Pair], setting: Setting) -> dict[str, JSON]:
    """What a template may say of a course beside its values."""
    course, relation = pairs[0].course, worst_relation(pairs)
    leading = leading_volume(pairs, setting.knowledge.anatomy)
    return {
        "reference": course.reference,
        "label": course.label,
        "status": course.status,
        "relation": relation,
        "sites": [site.label for site in region_sites(course)],
        "sides": [site.side for site in region_sites(course)],
        "sitesFrom": course.sites_from,
        "coded": course.coded,
        "modalities": [modality.value for modality in course.modalities],
        "notPhotons": not_photons(course),
        "wholeBodyField": any(pair.field for pair in pairs),
        "flagged": course.reirradiation is True,
        "underAge": given_under_age(course, setting),
        "unusable": sorted({volume.unusable for volume in course.volumes if volume.unusable is not None}),
        "otherVolumes": [_volume_words(volume) for volume in _usable(pairs) if volume is not leading],
        "interval": interval_words(
            min((pair.interval for pair in pairs), key=lambda one: (one.months is None, one.months or 0))
        ),
    }


def _usable(pairs: Sequence[Pair]) -> list[DoseToVolume]:
    volumes = pairs[0].course.volumes
    targets = [volume for volume in volumes if volume.volume_type != "organ-at-risk" and not volume.point_dose]
    return sorted(
        (volume for volume in targets if volume.total_dose_gy is not None and volume.unusable is None),
        key=_dose_then_reference,
        reverse=True,
    )


def _dose_then_reference(volume: DoseToVolume) -> tuple[float, int, str, str]:
    return float(volume.total_dose_gy or 0), -(volume.fractions or 0), volume.reference or "", volume.name or ""


def _relation(volume: DoseToVolume, pairs: Sequence[Pair], anatomy: Anatomy) -> Relation | None:
    if volume.site is None:
        return None
    return anatomy.relation_of_any([volume.site], [site for pair in pairs for site in pair.target.sites])


def _volume_words(volume: DoseToVolume) -> dict[str, JSON]:
    words: dict[str, JSON] = {"basis": volume.basis, "totalDoseGy": number(volume.total_dose_gy or 0)}
    if volume.fractions is not None:
        words["fractions"] = volume.fractions
    return words if volume.site is None else words | {"site": volume.site.label}
