"""One earlier course as the overlap finding lists it: its dose, fractions, end and place."""

from dataclasses import dataclass
from functools import cached_property

from clinical_rules.anatomy import Relation
from clinical_rules.call import Call
from clinical_rules.facts import DoseToVolume, RadiotherapyCourse
from clinical_rules.findings import JSON
from clinical_rules.reirradiation.pairs import Pair, worst_relation
from clinical_rules.reirradiation.targets import region_sites
from clinical_rules.reirradiation.terms import not_photons
from clinical_rules.reirradiation.timing import interval_words
from clinical_rules.reirradiation.wire import number


def on_wire(relation: Relation) -> str:
    """The relation as findings name it: a junction is adjacent, and the words say junction."""
    return "adjacent" if relation == "junction" else relation


@dataclass(frozen=True)  # no slots: what values and words ask for is worked out once
class CourseLine:
    """One earlier course with its pairs, as the overlap finding lists it."""

    pairs: tuple[Pair, ...]
    call: Call

    @property
    def course(self) -> RadiotherapyCourse:
        """The course."""
        return self.pairs[0].course

    @property
    def values(self) -> dict[str, JSON]:
        """The course on the wire; its dose is that of the volume with the highest dose where it meets the target."""
        course, volume = self.course, self._leading
        values: dict[str, JSON] = {"reference": course.reference, "overlap": on_wire(self._relation)}
        if volume is not None and volume.total_dose_gy is not None:
            values |= {"totalDoseGy": number(volume.total_dose_gy), "basis": volume.basis}
        fractions = course.fractions if volume is None or volume.fractions is None else volume.fractions
        if fractions is not None:
            values["fractions"] = fractions
        if course.end is not None:
            values["end"] = str(course.end)
        sites = region_sites(course)
        return values | {"site": sites[0].region} if sites else values

    @property
    def words(self) -> dict[str, JSON]:
        """What a template may say of the course beside its values."""
        course, sites = self.course, region_sites(self.course)
        return {
            "reference": course.reference,
            "label": course.label,
            "status": course.status,
            "relation": self._relation,
            "sites": [site.label for site in sites],
            "sides": [site.side for site in sites],
            "sitesFrom": course.sites_from,
            "coded": course.coded,
            "modalities": [modality.value for modality in course.modalities],
            "notPhotons": not_photons(course),
            "wholeBodyField": any(pair.field for pair in self.pairs),
            "flagged": course.reirradiation is True,
            "underAge": self.call.given_under_age(course),
            "unusable": sorted({volume.unusable for volume in course.volumes if volume.unusable is not None}),
            "otherVolumes": [_volume_words(volume) for volume in self._usable if volume is not self._leading],
            "interval": interval_words(
                min((pair.interval for pair in self.pairs), key=lambda one: (one.months is None, one.months or 0))
            ),
        }

    @cached_property
    def _relation(self) -> Relation:
        return worst_relation(self.pairs)

    @cached_property
    def _usable(self) -> list[DoseToVolume]:
        volumes = self.course.volumes
        targets = (volume for volume in volumes if volume.volume_type != "organ-at-risk" and not volume.point_dose)
        usable = (volume for volume in targets if volume.total_dose_gy is not None and volume.unusable is None)
        return sorted(usable, key=_dose_then_reference, reverse=True)

    @cached_property
    def _leading(self) -> DoseToVolume | None:
        """The usable target volume with the highest dose among those that lie worst to the target; never a sum."""
        there = [volume for volume in self._usable if self._relation_of(volume) == self._relation]
        return max(there or self._usable, key=_dose_then_reference, default=None)

    def _relation_of(self, volume: DoseToVolume) -> Relation | None:
        if volume.site is None:
            return None
        sites = [site for pair in self.pairs for site in pair.target.sites]
        return self.call.knowledge.anatomy.relation_of_any([volume.site], sites)


def _dose_then_reference(volume: DoseToVolume) -> tuple[float, int, str, str]:
    return float(volume.total_dose_gy or 0), -(volume.fractions or 0), volume.reference or "", volume.name or ""


def _volume_words(volume: DoseToVolume) -> dict[str, JSON]:
    words: dict[str, JSON] = {"basis": volume.basis, "totalDoseGy": number(volume.total_dose_gy or 0)}
    if volume.fractions is not None:
        words["fractions"] = volume.fractions
    return words if volume.site is None else words | {"site": volume.site.label}
