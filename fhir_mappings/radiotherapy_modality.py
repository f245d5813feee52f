"""Modality and technique: extensions of every version, the record's own code, isotopes, texts of `UNC` entries."""

from collections.abc import Iterable, Sequence

from clinical_rules.facts import Modality
from fhir_mappings.jsontools import Json, codings, concept_text, items
from fhir_mappings.radiotherapy_elements import concepts, extensions_of, inner, snomed_codes, system_codes
from fhir_mappings.radiotherapy_terms import DRAFT_TERMS, TERMS, Meaning, text_meaning
from fhir_mappings.rt_codes import ISOTOPES

M = Modality
_ENTRY = ("mcode-radiotherapy-modality-and-technique",)
_MODALITY = (
    "mcode-radiotherapy-modality", "mcode-teleradiotherapy-modality", "mcode-brachytherapy-modality", "modality",
)  # fmt: skip
_TECHNIQUE = (
    "mcode-radiotherapy-technique", "mcode-teleradiotherapy-technique", "mcode-brachytherapy-technique", "technique",
)  # fmt: skip
_ISOTOPE = ("codexrt-radiotherapy-energy-or-isotope",)
_NAMES = (*_MODALITY, *_TECHNIQUE, *_ISOTOPE)
_IN_ORDER = tuple(Modality)
_BEAMS = frozenset({M.PHOTON, M.ELECTRON, M.PROTON, M.CARBON, M.NEUTRON, M.NEUTRON_CAPTURE})
_ADDS = frozenset({M.NEUTRON_CAPTURE, M.INTRA_OPERATIVE, M.BRACHYTHERAPY, M.PERMANENT_IMPLANT, M.RADIONUCLIDE})
"""What a technique or isotope adds even where the modality says something else."""


def read_modalities(resource: Json, own: Meaning) -> tuple[tuple[Modality, ...], tuple[str, ...]]:
    """All modalities and techniques of a record; `own` is what its code says, used where no extension does."""
    entries = [_entry(part) for part in (*inner(resource, *_ENTRY), resource)]
    used = [meaning for concept in items(resource.get("usedCode")) if (meaning := _known(concept)) is not None]
    entries.extend((set(modalities), [technique] if technique else []) for modalities, technique in used)
    modalities: set[Modality] = set().union(*(found for found, _ in entries))
    techniques = [name for _, names in entries for name in names]
    if not modalities or modalities == {M.UNKNOWN}:
        modalities |= set(own[0])
    if own[1]:
        techniques.append(own[1])
    return tidy(modalities | _ADDS.intersection(own[0])), tuple(dict.fromkeys(techniques))


def tidy(modalities: Iterable[Modality]) -> tuple[Modality, ...]:
    """The modalities in a fixed order, without general ones that a stated one makes precise."""
    found = set(modalities)
    if len(found) < 2:
        return tuple(found) or (M.UNKNOWN,)
    if found & _BEAMS:
        found.discard(M.EXTERNAL_BEAM)
    if M.PERMANENT_IMPLANT in found:
        found.discard(M.BRACHYTHERAPY)
    if M.NEUTRON_CAPTURE in found:
        found.discard(M.NEUTRON)
    return tuple([modality for modality in _IN_ORDER if modality in found])


def _entry(part: Json) -> tuple[set[Modality], list[str]]:
    """The modalities and techniques of one entry; a technique implies its modality where none is stated."""
    named = extensions_of(part)
    if not inner(named, *_NAMES):
        return set(), []
    stated, _ = _meanings(concepts(named, *_MODALITY))
    implied, techniques = _meanings(concepts(named, *_TECHNIQUE))
    isotopes = {ISOTOPES[code] for one in concepts(named, *_ISOTOPE) for code in snomed_codes(one) if code in ISOTOPES}
    implied |= isotopes
    if not stated:
        return implied - ({M.UNKNOWN} if implied != {M.UNKNOWN} else set()), techniques
    if stated == {M.UNKNOWN} and implied - {M.UNKNOWN, M.EXTERNAL_BEAM}:
        return implied, techniques
    return stated | (implied & _ADDS), techniques


def _meanings(found: Sequence[Json]) -> tuple[set[Modality], list[str]]:
    """What several concepts say together; one that says nothing we know is an unknown modality."""
    modalities: set[Modality] = set()
    techniques: list[str] = []
    for concept in found:
        kinds, technique = _known(concept) or ((M.UNKNOWN,), None)
        modalities.update(kinds)
        techniques.extend([technique] if technique else [])
    return modalities, techniques


def _known(concept: Json) -> Meaning | None:
    """What one concept says: by SNOMED CT code, by a provisional code, else by its text."""
    for code in (*snomed_codes(concept), *(code for system, code in codings(concept) if not system)):
        if code in TERMS:
            return TERMS[code]
    for system, code in system_codes(concept):
        if code in DRAFT_TERMS and is_draft_system(system):
            return DRAFT_TERMS[code]
    return text_meaning(concept_text(concept))


def is_draft_system(system: str) -> bool:
    """True for the provisional systems of mCODE and CodeX drafts."""
    return "mcode" in system or system.endswith(("/radiotherapy", "/radiotherapy-cs", "/radiotherapy-request"))
