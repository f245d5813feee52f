"""German oncology core data set: irradiations, nested (2024, 2025) or flat (2026), as doses of the common shape.

Codes of beam, application and boost are those of the module's own code systems, read in its source
(github medizininformatik-initiative/kerndatensatzmodul-onkologie). `PN` are protons, `UH` photons.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from clinical_rules.facts import BodySite, DoseToVolume, Modality, PhaseDose
from fhir_mappings.body_sites import read_body_site
from fhir_mappings.code_table import CodeTable
from fhir_mappings.jsontools import Json, codings, items, obj
from fhir_mappings.radiotherapy_dose import read_dose
from fhir_mappings.radiotherapy_elements import concepts, inner, tail
from fhir_mappings.radiotherapy_fractions import StatedCounts
from fhir_mappings.radiotherapy_notes import Notes
from fhir_mappings.volumes import Volume

M = Modality
_NESTED = "mii-ex-onko-strahlentherapie-bestrahlung"
_FLAT = ("gesamtdosis", "einzeldosis", "boost")
_OTHER_FLAT = "total-high-dose-delivered"
_BEAMS = {
    "UH": M.PHOTON, "RO": M.PHOTON, "EL": M.ELECTRON, "NE": M.NEUTRON, "PN": M.PROTON, "SI": M.CARBON,
    "SO": M.UNKNOWN, "SONU": M.RADIONUCLIDE, "Ir-192": M.BRACHYTHERAPY, "Lu-177": M.RADIONUCLIDE,
    "J-131": M.RADIONUCLIDE, "Y-90": M.RADIONUCLIDE, "Ra-223": M.RADIONUCLIDE, "Ac-225": M.RADIONUCLIDE,
    "Sm-153": M.RADIONUCLIDE, "Tb-161": M.RADIONUCLIDE, "Sr-89": M.RADIONUCLIDE,
}  # fmt: skip
_APPLICATIONS = {"P": M.EXTERNAL_BEAM, "K": M.BRACHYTHERAPY, "I": M.BRACHYTHERAPY, "M": M.RADIONUCLIDE}
"""By first letter: percutaneous, endocavitary, interstitial, metabolic (all others are unknown)."""
_ADDED = frozenset({"SEQ", "KON"})
"""A sequential or concomitant boost adds to the irradiation it follows; an integrated one (SIB) does not."""
_UNCLEAR_BOOST = "J"


@dataclass(frozen=True, slots=True)
class Irradiations:
    """What the German extensions of one record say."""

    volumes: tuple[DoseToVolume, ...] = ()
    keys: tuple[str, ...] = ()
    sites: tuple[BodySite, ...] = ()
    modalities: tuple[Modality, ...] = ()
    techniques: tuple[str, ...] = ()
    increment: bool | None = False


def read_irradiations(
    resource: Json, sites: Sequence[BodySite], counts: StatedCounts, codes: CodeTable, notes: Notes
) -> Irradiations:
    """All irradiations of a record, those that state to be a boost of the same target added to it."""
    parts = [*inner(resource, _NESTED), *_flat_part(resource)]
    doses: list[tuple[str, str, DoseToVolume]] = []
    for part in parts:
        target = _target(part, sites, codes)
        dose = read_dose(part, target, "delivered", counts, notes).volume
        doses.append((_boost(part), target.key, dose))
    kinds = [_modalities(part, resource) for part in parts] or [_modalities({}, resource)]
    merged = _with_boosts(doses)
    boosts = {boost for boost, _, _ in doses}
    return Irradiations(
        volumes=tuple(dose for _, dose in merged),
        keys=tuple(key for key, _ in merged),
        sites=tuple(dict.fromkeys(site for part in parts if (site := _target(part, (), codes).site))),
        modalities=tuple(dict.fromkeys(kind for found, _ in kinds for kind in found)),
        techniques=tuple(dict.fromkeys(name for _, names in kinds for name in names)),
        increment=None if _UNCLEAR_BOOST in boosts else bool(boosts) and boosts <= _ADDED,
    )


def _flat_part(resource: Json) -> list[Json]:
    """The flat extensions of a record gathered into one part of the nested shape."""
    found: list[Json] = []
    for part in items(resource.get("extension")):
        name = tail(part.get("url"))
        short = name.removeprefix(f"{_NESTED}-")
        if name == _OTHER_FLAT or (short != name and short in _FLAT):
            found.append({**part, "url": short})
    return [{"extension": found}] if found else []


def _target(part: Json, sites: Sequence[BodySite], codes: CodeTable) -> Volume:
    """The target of an irradiation, else the one place of the record."""
    stated = next(iter(concepts(part, "zielgebiet")), {})
    site = read_body_site(stated, codes, concepts(part, "zielgebiet_lateralitaet")) if stated else None
    site = site or (sites[0] if len(sites) == 1 else None)
    key = "" if site is None else f"{site.system or ''}|{site.code or site.label}|{site.side or ''}"
    return Volume(key, site, "target")


def _boost(part: Json) -> str:
    """The boost code of an irradiation; empty where none is stated."""
    return next((code for one in concepts(part, "boost") for _, code in codings(one)), "")


def _modalities(part: Json, resource: Json) -> tuple[list[Modality], list[str]]:
    """Beam and application of one irradiation; flat records carry them in usedCode and the method extension."""
    found = [*concepts(part, "strahlenart", "applikationsart"), *concepts(resource, "procedure-method")]
    found.extend(items(resource.get("usedCode")))
    kinds: list[Modality] = []
    techniques: list[str] = []
    for system, code in (pair for concept in found for pair in codings(obj(concept))):
        if system.endswith("strahlenart"):
            kinds.extend([_BEAMS[code]] if code in _BEAMS else [])
        elif system.endswith("applikationsart"):
            kinds.append(_APPLICATIONS.get(code[:1], M.UNKNOWN))
            techniques.extend(["stereotactic"] if "-ST" in code else [])
            techniques.extend([code[1:]] if code[1:] in ("HDR", "LDR", "PDR") else [])
    contact = M.BRACHYTHERAPY in kinds
    return [kind for kind in kinds if not (contact and kind is M.PHOTON)], techniques


def _with_boosts(doses: Sequence[tuple[str, str, DoseToVolume]]) -> list[tuple[str, DoseToVolume]]:
    """Each irradiation, with the boosts to the same target added to the one they follow."""
    merged: list[tuple[str, DoseToVolume]] = []
    bases = {key: 0 for boost, key, _ in doses if boost not in _ADDED and key}
    for boost, key, dose in sorted(doses, key=lambda one: one[0] in _ADDED):
        place = next((index for index, (other, _) in enumerate(merged) if other == key and key in bases), None)
        both = _sum(merged[place][1], dose) if boost in _ADDED and place is not None else None
        if both is None or place is None:
            merged.append((key, dose))
        else:
            merged[place] = (key, both)
    return merged


def _sum(base: DoseToVolume, boost: DoseToVolume) -> DoseToVolume | None:
    """Base and boost as one dose with two phases; None where one of them cannot be added."""
    parts = [*(base.phases or _phase(base)), *_phase(boost)]
    if len(parts) < 2 or not base.total_dose_gy or not _phase(boost):
        return None
    sizes = {part.total_dose_gy / part.fractions for part in parts}
    return replace(
        base,
        total_dose_gy=sum((part.total_dose_gy for part in parts), Decimal(0)),
        fractions=sum(part.fractions for part in parts),
        fraction_dose_gy=base.fraction_dose_gy if len(sizes) == 1 else None,
        uniform=len(sizes) == 1,
        phases=tuple(parts),
    )


def _phase(dose: DoseToVolume) -> tuple[PhaseDose, ...]:
    """A usable dose as one phase."""
    if dose.unusable is not None or dose.total_dose_gy is None or not dose.fractions:
        return ()
    return (PhaseDose(dose.total_dose_gy, dose.fractions, dose.reference or ""),)
