"""Is this record radiotherapy, and at which level: by code, dose extension, profile, category, and last by text."""

from dataclasses import dataclass, replace

from clinical_rules.facts import Modality
from fhir_mappings.code_table import SCT, CodeTable
from fhir_mappings.jsontools import Json, concept_text, items, obj, text
from fhir_mappings.radiotherapy_billing import billing_code, is_not_treatment
from fhir_mappings.radiotherapy_elements import inner, snomed_codes, system_codes, tail
from fhir_mappings.radiotherapy_modality import is_draft_system
from fhir_mappings.radiotherapy_record import Level
from fhir_mappings.radiotherapy_terms import DRAFT_TERMS, TERMS, Meaning, text_meaning
from fhir_mappings.rt_codes import CATEGORIES, LEVELS, PROFILE_LEVELS

NOTHING: Meaning = ((), None)
DOSE_EXTENSIONS = (
    "mcode-radiotherapy-dose-delivered-to-volume", "codexrt-radiotherapy-dose-prescribed-to-volume",
    "codexrt-radiotherapy-dose-planned-to-volume", "mii-ex-onko-strahlentherapie-bestrahlung",
    "mii-ex-onko-strahlentherapie-bestrahlung-gesamtdosis", "mii-ex-onko-strahlentherapie-bestrahlung-einzeldosis",
    "total-high-dose-delivered",
)  # fmt: skip
_AMBIGUOUS = frozenset({
    "440252007",  # administration of a radiopharmaceutical: most often for imaging
    "290006006", "286630003", "46602004", "58607005", "89177007", "312253001", "89457008",  # substances, not acts
})  # fmt: skip
_PREPARING = ("simulation", "planning", "consult", "follow-up", "image guid", "dosimetr", "referral", "education")


@dataclass(frozen=True, slots=True)
class Recognition:
    """That it is radiotherapy: its level, what its code says of modality, and whether that rests on sure codes."""

    level: Level
    meaning: Meaning = NOTHING
    coded: bool = True


_BY_SNOMED = {
    code: Recognition(LEVELS.get(code, "generic"), TERMS.get(code, NOTHING))
    for code in (*CATEGORIES, *LEVELS, *(code for code in TERMS if code not in _AMBIGUOUS))
}
_WITHOUT_SYSTEM = {code: replace(found, coded=False) for code, found in _BY_SNOMED.items()}


def recognise(resource: Json, codes: CodeTable) -> Recognition | None:
    """What kind of radiotherapy record this is; None where it is none, or only prepares or follows treatment."""
    concept = obj(resource.get("code"))
    by_code = _by_codings(concept, codes)
    profile = _profile_level(resource)
    if by_code is not None:
        generic = by_code.level == "generic" and profile is not None
        return Recognition(profile, by_code.meaning, by_code.coded) if generic and profile else by_code
    if profile is not None or any(inner(resource, *DOSE_EXTENSIONS)):
        return Recognition(profile or "generic", _stated_meaning(resource, concept))
    if any(is_not_treatment(*coding) for coding in system_codes(concept)):
        return None
    if _has_category(resource) and not _only_prepares(concept):
        return Recognition("generic", _stated_meaning(resource, concept))
    return _by_text(concept, codes)


def _by_codings(concept: Json, codes: CodeTable) -> Recognition | None:
    """The best of what the codings say: a level before none, a sure code before an unsure one."""
    found = [one for coding in system_codes(concept) if (one := _by_coding(*coding, codes)) is not None]
    if len(found) < 2:
        return found[0] if found else None
    level: Level = next((one.level for one in found if one.level != "generic"), "generic")
    meanings = [one.meaning for one in found]
    kinds = tuple(dict.fromkeys(kind for modalities, _ in meanings for kind in modalities))
    technique = next((name for _, name in meanings if name), None)
    return Recognition(level, (kinds, technique), any(one.coded for one in found))


def _by_coding(system: str, code: str, codes: CodeTable) -> Recognition | None:
    """What one coding says; a SNOMED CT code without a system is read with low confidence."""
    if system in (SCT, "") or "/ValueSet/" in system:
        return (_BY_SNOMED if system == SCT else _WITHOUT_SYSTEM).get(code)
    if is_draft_system(system) and (code in LEVELS or code in DRAFT_TERMS):
        return Recognition(LEVELS.get(code, "generic"), DRAFT_TERMS.get(code, NOTHING))
    billed = billing_code(system, code)
    if billed is None or (not billed.verified and codes.unverified == "refuse"):
        return None
    return Recognition("generic", (billed.modalities, billed.technique), billed.verified)


def _by_text(concept: Json, codes: CodeTable) -> Recognition | None:
    """What the text of the code says, by the closed lists; always with low confidence."""
    stated = concept_text(concept)
    meaning = text_meaning(stated)
    if meaning is not None:
        return Recognition("generic", meaning, coded=False)
    local = codes.texts.get("radiotherapy", {}).get(" ".join(stated.lower().split())) if stated else None
    if local is None:
        return None
    kinds = (Modality(local),) if local in set(Modality) else ()
    return Recognition("generic", (kinds, None), coded=False)


def _profile_level(resource: Json) -> Level | None:
    """The level of the first known profile in meta.profile."""
    profiles = obj(resource.get("meta")).get("profile")
    if not profiles:
        return None
    names = [tail(profile) for profile in profiles] if isinstance(profiles, list) else [tail(profiles)]
    return next((PROFILE_LEVELS[name] for name in names if name in PROFILE_LEVELS), None)


def _has_category(resource: Json) -> bool:
    """True where a category says radiotherapy."""
    return any(code in CATEGORIES for one in items(resource.get("category")) for code in snomed_codes(one))


def _stated_meaning(resource: Json, concept: Json) -> Meaning:
    """What the code, its text or a category says of the modality, once it is known to be radiotherapy."""
    stated = (code for one in (concept, *items(resource.get("category"))) for code in snomed_codes(one))
    by_code = next((TERMS[code] for code in stated if code in TERMS), None)
    return by_code or text_meaning(concept_text(concept)) or NOTHING


def _only_prepares(concept: Json) -> bool:
    """True where the words of the code speak of simulation, planning, consultation or imaging."""
    words = (text(concept.get("text")) or "") + " " + (concept_text(concept) or "")
    displays = (text(coding.get("display")) or "" for coding in items(concept.get("coding")))
    stated = " ".join((words, *displays)).lower()
    return any(word in stated for word in _PREPARING)
