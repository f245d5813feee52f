"""The content of a Procedure or ServiceRequest: modality, doses by volume, places, counts."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from clinical_rules.facts import BodySite, DoseBasis, DoseToVolume, Modality
from fhir_mappings.code_table import CodeTable
from fhir_mappings.jsontools import Json, items, obj, text
from fhir_mappings.plausibility import check_volume, is_external_beam
from fhir_mappings.prefetch import Selected
from fhir_mappings.radiotherapy_dose import ReadDose, read_dose
from fhir_mappings.radiotherapy_elements import extensions_of, first, inner
from fhir_mappings.radiotherapy_fractions import StatedCounts, read_count
from fhir_mappings.radiotherapy_germany import Irradiations, read_irradiations
from fhir_mappings.radiotherapy_links import read_sites
from fhir_mappings.radiotherapy_modality import read_modalities, tidy
from fhir_mappings.radiotherapy_notes import Notes
from fhir_mappings.radiotherapy_recognise import Recognition
from fhir_mappings.radiotherapy_record import Level
from fhir_mappings.resources import Resources
from fhir_mappings.volumes import Volume, named_volume, read_volume

M = Modality
_DOSES: tuple[tuple[DoseBasis, str, tuple[str, ...]], ...] = (
    ("delivered", "mcode-radiotherapy-dose-delivered-to-volume",
     ("codexrt-radiotherapy-fractions-delivered", "mcode-radiotherapy-fractions-delivered")),
    ("planned", "codexrt-radiotherapy-dose-planned-to-volume", ("codexrt-radiotherapy-fractions-planned",)),
    ("prescribed", "codexrt-radiotherapy-dose-prescribed-to-volume", ("codexrt-radiotherapy-fractions-prescribed",)),
)  # fmt: skip
_DOUBTS = {
    "volume-not-found": "the BodyStructure of a treated volume did not come along; its place is not known",
    "conflicting-side": "the side of a treated volume is stated in two ways; it counts as unknown",
}
_NOT_STATED = "a dose does not say to which volume it was given; only the site of the record can tell its place"
_SESSIONS = ("mcode-radiotherapy-sessions",)
_NOT_PHOTONS = frozenset({
    M.PERMANENT_IMPLANT, M.BRACHYTHERAPY, M.RADIONUCLIDE, M.NEUTRON_CAPTURE, M.INTRA_OPERATIVE, M.PROTON, M.CARBON,
    M.NEUTRON,
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Content:
    """What the extensions and sites of one resource say."""

    modalities: tuple[Modality, ...]
    techniques: tuple[str, ...]
    volumes: tuple[DoseToVolume, ...]
    volume_keys: tuple[str, ...]
    sites: tuple[BodySite, ...]
    counts: StatedCounts
    increment: bool | None

    @property
    def fractions(self) -> int | None:
        """The fractions of the whole record: stated for it, else the most of any of its volumes."""
        stated = [volume.fractions for volume in self.volumes if volume.fractions_from == "stated"]
        return self.counts.top or max((number for number in stated if number), default=None)


def read_content(
    entry: Selected, resources: Resources, codes: CodeTable, recognition: Recognition, notes: Notes
) -> Content:
    """Modality, doses and places of a record; German irradiations where there is no mCODE dose."""
    resource: Json = entry.resource
    if items(resource.get("modifierExtension")):
        notes.add("unknown-modifier", "modifierExtension is not read here, and may change what the record means")
    sites = read_sites(resource, entry, resources, codes)
    modalities, techniques = read_modalities(resource, recognition.meaning)
    counts, doses, keys = _doses(entry, resources, codes, sites, recognition.level, notes)
    german = Irradiations() if doses else read_irradiations(resource, sites, counts, codes, notes)
    modalities = _joined(modalities, german.modalities)
    found = tuple(dose.volume for dose in doses) or german.volumes
    if any(dose.weighted for dose in doses) and not _NOT_PHOTONS.intersection(modalities):
        modalities, found = _weighted(modalities, found, notes)
    return Content(
        modalities=modalities,
        techniques=tuple(dict.fromkeys((*techniques, *german.techniques))),
        volumes=_checked(found, modalities, codes, notes),
        volume_keys=keys or german.keys,
        sites=tuple(dict.fromkeys((*sites, *german.sites))),
        counts=counts,
        increment=german.increment,
    )


def _joined(stated: tuple[Modality, ...], german: tuple[Modality, ...]) -> tuple[Modality, ...]:
    """The modalities of both kinds of extension; unknown stays where it was stated beside others."""
    if not german:
        return stated
    return tidy(german if stated == (M.UNKNOWN,) else (*stated, *german))


def _weighted(
    modalities: tuple[Modality, ...], volumes: tuple[DoseToVolume, ...], notes: Notes
) -> tuple[tuple[Modality, ...], tuple[DoseToVolume, ...]]:
    """Doses stated in CGE or RBE are not of photons, whatever else is stated: they are listed and not used."""
    notes.add("weighted-dose", "a dose is weighted for the kind of radiation (CGE, RBE); the dose is not used")
    marked = tuple(replace(volume, unusable=volume.unusable or "weighted-dose") for volume in volumes)
    return tidy({*modalities, M.UNKNOWN} - {M.EXTERNAL_BEAM}), marked


def _doses(
    entry: Selected, resources: Resources, codes: CodeTable, sites: Sequence[BodySite], level: Level, notes: Notes
) -> tuple[StatedCounts, list[ReadDose], tuple[str, ...]]:
    """The doses of the strongest basis on file, delivered first, with the keys of their volumes."""
    named = extensions_of(entry.resource)
    basis, name, counters = next((kind for kind in _DOSES if first(named, kind[1]) is not None), _DOSES[0])
    sessions = read_count(named, _SESSIONS, notes)
    top = read_count(named, counters, notes)
    if top is None and level == "fraction":
        top = 1
    counts = StatedCounts(top=top, sessions=sessions if basis == "delivered" else None)
    doses: list[ReadDose] = []
    keys: list[str] = []
    for part in inner(named, name):
        target = _target(part, entry, resources, codes, sites, notes)
        doses.append(read_dose(part, target, basis, counts, notes))
        keys.append(target.key)
    return counts, doses, tuple(keys)


def _target(
    part: Json, entry: Selected, resources: Resources, codes: CodeTable, sites: Sequence[BodySite], notes: Notes
) -> Volume:
    """The volume of a dose: a Reference, or a name (draft 1.5.0)."""
    stated = first(part, "volume", "targetvolume")
    reference = obj(obj(stated).get("valueReference"))
    if reference:
        target = read_volume(reference, entry, resources, codes, sites)
        if target.doubt is not None:
            notes.add(target.doubt, _DOUBTS[target.doubt], matters=target.doubt != "volume-not-found")
        return target
    name = text(obj(stated).get("valueString"))
    if stated is None:
        notes.add("volume-not-stated", _NOT_STATED)
    elif name is None:
        notes.unreadable("volume", "a Reference to a BodyStructure")
    return named_volume(name, codes, sites)


def _checked(
    volumes: Sequence[DoseToVolume], modalities: Sequence[Modality], codes: CodeTable, notes: Notes
) -> tuple[DoseToVolume, ...]:
    """The volumes, those that are not plausible marked and noted."""
    checked: list[DoseToVolume] = []
    for volume in volumes:
        kept, problem = check_volume(volume, is_external_beam(modalities), codes.bounds)
        checked.append(kept)
        notes.keep(problem)
    return tuple(checked)
