"""CodeableConcepts of places -> BodySite: code, then ICD-O topography, then the text against a closed list."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from clinical_rules.facts import UNSPECIFIED, BodySite, Side
from fhir_mappings.code_table import SCT, CodeTable
from fhir_mappings.jsontools import Json, codings, concept_text, items, obj, text
from fhir_mappings.radiotherapy_diagnoses import by_icd
from fhir_mappings.radiotherapy_elements import snomed_codes, system_codes, tail
from fhir_mappings.radiotherapy_targets_de import TARGET_SYSTEM, TARGETS

LABEL_LENGTH = 60
_PARTIAL = "255609007"
_SIDES: Mapping[str, Side] = {
    "7771000": "left", "24028007": "right", "51440002": "both", "399488007": "midline",
    "66459002": "unknown",  # unilateral, without saying which side
    "L": "left", "R": "right", "B": "both", "M": "midline", "U": "unknown",
}  # fmt: skip
_LEVELS = {
    "258400004": "level-I", "1284814003": "level-IIA", "1284815002": "level-IIB",
    "261183002": "upper-lobe", "261122009": "lower-lobe",
}  # fmt: skip
"""Qualifiers that name a part of a place; lobes only of the lung."""
_LOBE = "lobe"
_QUALIFIER_NAMES = ("laterality", "lateralitaet", "seitenlokalisation", "location-qualifier")


def read_body_site(concept: object, codes: CodeTable, qualifiers: Sequence[Json] = ()) -> BodySite | None:
    """The place a concept names, with its side and other qualifiers; None where it names none.

    A code that is not in the table gives the region `unspecified`, so that it still counts as a place.
    """
    site = _coded(concept, codes) or _from_text(concept, codes) or _unknown_code(concept)
    stated = (*qualifiers, *_own_qualifiers(concept))
    return site if site is None or not stated else _qualified(site, stated)


def read_body_sites(concepts: object, codes: CodeTable) -> tuple[BodySite, ...]:
    """All places of a list of concepts, without repeats."""
    sites = (read_body_site(concept, codes) for concept in items(concepts))
    return tuple(dict.fromkeys(site for site in sites if site is not None))


def site_of_name(name: str | None, codes: CodeTable) -> BodySite | None:
    """The place that a free name stands for, if it is in the closed list of texts."""
    return None if name is None else _from_text({"text": name}, codes)


def read_side(concepts: Sequence[object]) -> Side | None:
    """The side that qualifiers state; left and right together are both, other disagreement is unknown."""
    found = {_SIDES[code] for concept in concepts for _, code in codings(concept) if code in _SIDES}
    if len(found) < 2:
        return next(iter(found), None)
    return "both" if found <= {"left", "right", "both"} else "unknown"


def _own_qualifiers(concept: object) -> tuple[Json, ...]:
    """The qualifiers that stand in extensions of the concept itself, under any guide's spelling."""
    parts = items(concept.get("extension")) if isinstance(concept, dict) else ()
    return tuple(obj(part.get("valueCodeableConcept")) for part in parts if _is_qualifier(tail(part.get("url"))))


def _is_qualifier(name: str) -> bool:
    """True for the extensions that carry a side or another qualifier of a place."""
    return any(part in name for part in _QUALIFIER_NAMES)


def _coded(concept: object, codes: CodeTable) -> BodySite | None:
    """The first coding that the code table knows, German targets and ICD-O topography included."""
    for system, code in system_codes(concept):
        if system == TARGET_SYSTEM and (system, code) not in codes.body_sites:
            system, code = SCT, TARGETS.get(code, "")
        found = codes.body_sites.get((system, code)) or by_icd(system, code, codes)
        if found is not None:
            return found
    for code in snomed_codes(concept):
        if (SCT, code) in codes.body_sites:
            return codes.body_sites[SCT, code]
    return None


def _from_text(concept: object, codes: CodeTable) -> BodySite | None:
    """The place of a text in the closed list: its value is a SNOMED CT code or a region."""
    stated = text(obj(concept).get("text")) or concept_text(concept)
    meaning = codes.texts.get("body-site", {}).get(" ".join(stated.lower().split())) if stated else None
    if meaning is None:
        return None
    site = codes.body_sites.get((SCT, meaning)) or BodySite(region=meaning, label=meaning)
    return replace(site, coded=False)


def _unknown_code(concept: object) -> BodySite | None:
    """A place we cannot put anywhere: it counts as possible overlap everywhere."""
    label = concept_text(concept)
    system, code = next(iter(codings(concept)), ("", None))
    if label is None and code is None:
        return None
    return BodySite(UNSPECIFIED, (label or f"code {code}")[:LABEL_LENGTH], code=code, system=system or None)


def _qualified(site: BodySite, qualifiers: Sequence[Json]) -> BodySite:
    """The place with what its qualifiers add; a side in the code and another in a qualifier make it unknown."""
    side = read_side(qualifiers)
    if side is not None and site.side is not None and side != site.side:
        side = "unknown"
    stated = {code for qualifier in qualifiers for _, code in codings(qualifier)}
    return replace(
        site,
        side=side or site.side,
        partial=site.partial or _PARTIAL in stated,
        subsite=_part(site, stated) or site.subsite,
    )


def _part(site: BodySite, qualifiers: set[str]) -> str | None:
    """The finer name that a level or lobe qualifier gives; two of them give none."""
    parts = {_LEVELS[code] for code in qualifiers if code in _LEVELS}
    if len(parts) != 1:
        return None
    part = parts.pop()
    if part.endswith("-lobe"):
        return part if site.subsite == _LOBE else None
    return part if site.subsite == "cervical-nodes" else None
