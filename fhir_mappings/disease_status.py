"""Observation -> DiseaseStatus: mCODE, CodeX, the German follow-up, New Zealand and ICHOM recurrence codes."""

from collections.abc import Iterator

from clinical_rules.facts import DiseaseStatus, StatusValue
from fhir_mappings.code_table import SCT, CodeTable
from fhir_mappings.jsontools import Json, codings, items, obj
from fhir_mappings.observations import date_of, focus_of, is_result
from fhir_mappings.prefetch import Selected
from fhir_mappings.radiotherapy_elements import concepts, system_codes, tail
from fhir_mappings.resources import Resources
from fhir_mappings.roles import role_of
from fhir_mappings.status_codes import (
    GERMAN_PARTS,
    HISTORY_OF_METASTASIS,
    IMAGING_EVIDENCE,
    QUALIFIERS,
    RANK,
    RECURRENCE_TYPES,
    VALUES,
    Meaning,
)

_PRESENT: frozenset[StatusValue] = frozenset({"recurrence", "worsened"})
_QUALIFIER = ("codexrt-radiotherapy-disease-progression-qualifier", "codexrt-radiotherapy-progression-qualifier")


def read_disease_status(entry: Selected, resources: Resources, codes: CodeTable) -> DiseaseStatus | None:
    """What an Observation says of the course of the disease; None where it says nothing of it."""
    resource = entry.resource
    if not is_result(resource):
        return None
    code = obj(resource.get("code"))
    if denies_or_states_metastasis(code):
        found = [Meaning("recurrence", "distant")] if resource.get("valueBoolean") is True else []
    elif role_of(code, "Observation", codes, ("disease-status",)):
        found = list(_stated(resource))
    else:
        return None
    if not found:
        return None
    value = min((meaning.value for meaning in found), key=RANK.index)
    same = _PRESENT if value in _PRESENT else {value}
    patterns = {meaning.pattern for meaning in found if meaning.pattern and meaning.value in same}
    return DiseaseStatus(
        entry.reference,
        value,
        patterns=tuple(sorted(patterns)),
        date=date_of(resource),
        focus=focus_of(entry, resources),
        imaging_only=_imaging_only(resource),
    )


def denies_or_states_metastasis(code: Json) -> bool:
    """True for mCODE HistoryOfMetastaticCancer, whose value `false` turns its meaning round."""
    return any(system == SCT and value in HISTORY_OF_METASTASIS for system, value in system_codes(code))


def _stated(resource: Json) -> Iterator[Meaning]:
    """The value with its qualifiers, and the components (German follow-up: tumour, nodes, metastases)."""
    value = obj(resource.get("valueCodeableConcept"))
    qualifiers = [QUALIFIERS[code] for part in concepts(value, *_QUALIFIER) for _, code in codings(part)
                  if code in QUALIFIERS]  # fmt: skip
    for meaning in _meanings(value):
        if meaning.value == "worsened" and qualifiers:
            yield from (Meaning("worsened", pattern) for pattern in qualifiers)
        else:
            yield meaning
    for component in items(resource.get("component")):
        yield from _component(component)


def _meanings(concept: Json) -> Iterator[Meaning]:
    for system, code in system_codes(concept):
        if (system, code) in VALUES:
            yield VALUES[system, code]
        elif code in RECURRENCE_TYPES:
            yield RECURRENCE_TYPES[code]
        elif "verlauf" in tail(system):
            meaning = GERMAN_PARTS.get((_german_part(tail(system)), code))
            if meaning is not None:
                yield meaning


def _component(component: Json) -> Iterator[Meaning]:
    yield from _meanings(obj(component.get("valueCodeableConcept")))


def _german_part(name: str) -> str:
    """Which part of the body the code system of a German follow-up speaks of."""
    parts = ("gesamtbeurteilung", "primaertumor", "lymphknoten", "fernmetastasen")
    return next((part for part in parts if part in name), "")


def _imaging_only(resource: Json) -> bool:
    """Whether imaging is the only evidence stated."""
    stated = [code for part in concepts(resource, "mcode-cancer-disease-status-evidence-type") for _, code in
              codings(part)]  # fmt: skip
    return bool(stated) and all(code in IMAGING_EVIDENCE for code in stated)
