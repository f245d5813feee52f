"""What the codings of a Condition say together: the meaning that names most, and where they contradict each other."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from clinical_rules.facts import UNSPECIFIED, Side
from fhir_mappings.code_table import ICD10CM, ICDO3, SCT, CodeTable, DiagnosisCode
from fhir_mappings.jsontools import concept_text
from fhir_mappings.radiotherapy_diagnoses import diagnosis_of
from fhir_mappings.radiotherapy_elements import system_codes
from fhir_mappings.roles import plain

TEXTS = "diagnosis"
"""Closed list of texts in the code table; its values are ICD-10-CM or SNOMED CT codes."""

_CLASSES = {
    "primary": "tumour", "local-recurrence": "tumour", "recurrence": "tumour", "history": "history",
    "secondary": "spread", "nodes": "spread", "intracranial-not-malignant": "not-malignant",
}  # fmt: skip
GENERIC: Mapping[tuple[str, str], DiagnosisCode] = {
    (SCT, "363346000"): DiagnosisCode("other", UNSPECIFIED, None, "primary"),
    (SCT, "55342001"): DiagnosisCode("other", UNSPECIFIED, None, "primary"),
}
"""Malignant neoplastic disease, neoplastic disease: what mCODE asks for where ICD-O says the rest."""
_FULL_LENGTH = {
    "C34": 6, "C40": 6, "C62": 6, "C63": 6, "C69": 6, "C74": 6, "C50": 7, "C56": 5, "C64": 5, "C65": 5, "C66": 5,
    "C78.0": 6, "C79.0": 6, "C79.6": 6, "C79.7": 6, "C57.0": 6,
}  # fmt: skip
_SIDES: Mapping[str, Side] = {"1": "right", "2": "left", "3": "both"}
_MORPHOLOGY = re.compile(r"(\d{4}/\d)(?:\s?[0-9])?\Z", re.ASCII)


@dataclass(frozen=True, slots=True)
class Named:
    """The meaning of a diagnosis, the code it was taken from, the side that code names, and a contradiction."""

    meaning: DiagnosisCode
    system: str
    code: str
    side: Side | None = None
    conflict: str | None = None
    coded: bool = True


def read_diagnosis(concept: object, codes: CodeTable, places: Sequence[object] = ()) -> Named | None:
    """What cancer a concept names; `places` are body sites, whose ICD-O topography helps a generic code."""
    found = _coded(concept, codes)
    if not found:
        return _by_text(concept, codes)
    specific = [named for named in found if _is_specific(named.meaning)]
    if not specific and (topography := _topography(places, codes)):
        generic = found[0]
        return replace(topography, meaning=replace(topography.meaning, role=generic.meaning.role))
    if len(found) == 1:
        return found[0]
    best = min(specific or found, key=_most_telling)
    if best.meaning.role == "primary" and any(named.meaning.role == "recurrence" for named in found):
        best = replace(best, meaning=replace(best.meaning, role="recurrence"))
    return replace(best, side=_side(found), conflict=_conflict(found))


def morphology(concept: object) -> str | None:
    """The ICD-O-3 morphology with behaviour of a concept, without its grade.

    >>> morphology({"coding": [{"system": "http://terminology.hl7.org/CodeSystem/icd-o-3", "code": "8140/3 2"}]})
    '8140/3'
    """
    for system, code in system_codes(concept):
        if system == ICDO3 and (match := _MORPHOLOGY.match(code)):
            return match[1]
    return None


def _coded(concept: object, codes: CodeTable) -> list[Named]:
    """All codings with a meaning, in an order of their own."""
    found = []
    for system, code in sorted(set(system_codes(concept))):
        meaning = diagnosis_of(system, code, codes) or GENERIC.get((system, code))
        if meaning is None or (not meaning.verified and codes.unverified == "refuse"):
            continue
        if meaning.role == "local-recurrence" and not _is_specific(meaning):
            meaning = replace(meaning, role="recurrence")  # "recurrent malignant neoplasm": where is not said
        found.append(Named(meaning, system, code, _icd_side(system, code), coded=meaning.verified))
    return found


def _by_text(concept: object, codes: CodeTable) -> Named | None:
    code = codes.texts.get(TEXTS, {}).get(plain(concept_text(concept)) or "")
    systems = (ICD10CM, SCT) if code else ()
    found = ((system, diagnosis_of(system, code or "", codes)) for system in systems)
    return next((Named(meaning, system, code or "", coded=False) for system, meaning in found if meaning), None)


def _topography(places: Sequence[object], codes: CodeTable) -> Named | None:
    for place in places:
        for system, code in system_codes(place):
            if system == ICDO3 and (meaning := diagnosis_of(system, code, codes)):
                return Named(meaning, system, code)
    return None


def _is_specific(meaning: DiagnosisCode) -> bool:
    return meaning.site != "other" or meaning.region not in ("", UNSPECIFIED)


def _most_telling(named: Named) -> tuple[bool, bool, bool, int, str, str]:
    """A return before a first tumour, a finer place before a coarse one; then the code, whatever came first."""
    meaning = named.meaning
    returned = meaning.role in ("local-recurrence", "recurrence")
    return (not returned, meaning.subsite is None, named.system != ICD10CM, -len(named.code), named.system, named.code)


def _conflict(found: Sequence[Named]) -> str | None:
    """How codings of one diagnosis disagree; None where one is merely coarser than the other."""
    firm = (named for named in found if (named.system, named.code) not in GENERIC)
    if len({_CLASSES[named.meaning.role] for named in firm if named.meaning.role != "recurrence"}) > 1:
        return "its codes name a primary and a secondary tumour, or history"
    specific = [named.meaning for named in found if _is_specific(named.meaning)]
    if len({meaning.site for meaning in specific if meaning.site != "other"}) > 1 or _other_place(specific):
        return "its codes name different sites"
    if len({named.side for named in found if named.side in ("left", "right")}) > 1:
        return "its codes name different sides"
    return None


def _other_place(specific: Sequence[DiagnosisCode]) -> bool:
    """Whether one code names a site of ours and another a different organ, or two name different regions."""
    regions = {meaning.region for meaning in specific if meaning.site == "other"}
    sites = {meaning.region for meaning in specific if meaning.site != "other"}
    return len(regions) > 1 or bool(regions and sites and not regions & sites)


def _side(found: Sequence[Named]) -> Side | None:
    sides = {named.side for named in found if named.side}
    return None if not sides else sides.pop() if len(sides) == 1 else "unknown"


def _icd_side(system: str, code: str) -> Side | None:
    """The side in the last digit of an ICD-10-CM code of a paired organ: 1 right, 2 left, 3 both."""
    if system != ICD10CM:
        return None
    dotted = code.upper() if "." in code or len(code) <= 3 else f"{code[:3]}.{code[3:]}".upper()
    length = _FULL_LENGTH.get(dotted[:5]) or _FULL_LENGTH.get(dotted[:3])
    return _SIDES.get(dotted[-1]) if length == len(dotted) else None


def node_group(named: Named, codes: CodeTable) -> str | None:
    """The ICD-10 group of a nodal metastasis; of another system's code the group with the same place."""
    if named.meaning.role != "nodes":
        return None
    if named.system == ICD10CM:
        return (
            named.code.upper()[:5] if "." in named.code else f"{named.code[:3]}.{named.code[3:4]}".upper().rstrip(".")
        )
    place = (named.meaning.region, named.meaning.subsite)
    groups = codes.icd_prefixes.get(ICD10CM, {}).items()
    same = (code for code, each in groups if each.role == "nodes" and (each.region, each.subsite) == place)
    return min(same, default=None) if place[0] != UNSPECIFIED else None
