"""Observation, DiagnosticReport -> GenomicResult: what was tested, and with which outcome.

The item of the code tells gene tests from tests of the protein (`EGFR` and `EGFR protein`): one must not
stand for the other. A mCODE GenomicVariant (`variant`) names its gene in a component.
"""

from collections.abc import Iterator
from typing import Literal

from clinical_rules.facts import GenomicResult
from fhir_mappings.code_table import LOINC, CodeTable
from fhir_mappings.jsontools import Json, codings, concept_text, items, obj, text
from fhir_mappings.observations import date_of, is_result
from fhir_mappings.prefetch import Selected
from fhir_mappings.radiotherapy_elements import system_codes
from fhir_mappings.roles import plain, role_of

Outcome = Literal["positive", "negative", "indeterminate", "unknown"]
VARIANT = "variant"
_GENE = (LOINC, "48018-6")
_GENES = 2
_FUSION = frozenset({"fusion", "gene fusion", "rearrangement", "translocation"})
_OUTCOMES: dict[str, Outcome] = {
    "LA9633-4": "positive", "LA9634-2": "negative", "LA6576-8": "positive", "LA6577-6": "negative",
    "LA26203-2": "positive", "LA14122-8": "negative", "LA11884-6": "indeterminate", "LA11885-3": "unknown",
    "10828004": "positive", "260385009": "negative", "82334004": "indeterminate", "419984006": "indeterminate",
    "POS": "positive", "NEG": "negative", "IND": "indeterminate", "DET": "positive", "ND": "negative",
    "E": "indeterminate", "H": "positive", "52101004": "positive", "2667000": "negative",
}  # fmt: skip
"""Values (LOINC answers, SNOMED CT) and interpretations (v3) by code; MSI-H counts as positive, stable as negative."""

_WORDS: dict[str, Outcome] = {
    "positive": "positive", "present": "positive", "detected": "positive", "mutated": "positive",
    "mutation detected": "positive", "msi-h": "positive", "negative": "negative", "absent": "negative",
    "not detected": "negative", "wild type": "negative", "wild-type": "negative", "mss": "negative",
    "no mutation detected": "negative", "indeterminate": "indeterminate", "inconclusive": "indeterminate",
    "equivocal": "indeterminate",
}  # fmt: skip
"""Closed list of texts of coded or plain values."""


def read_genomic_results(entry: Selected, codes: CodeTable) -> tuple[GenomicResult, ...]:
    """The results of one Observation or report; empty where it holds none."""
    resource, kind = entry.resource, entry.resource_type
    part = role_of(obj(resource.get("code")), kind, codes, ("biomarker",))
    if part is None or not is_result(resource):
        return ()
    outcome = outcome_of(resource)
    names = sorted(set(_genes(resource, codes))) if part.item == VARIANT else [part.item]
    method = concept_text(resource.get("method")) if kind == "Observation" else "report"
    if part.item == VARIANT and _is_fusion(resource, outcome):
        method = "fusion"
    return tuple(GenomicResult(entry.reference, name, outcome, method, date_of(resource)) for name in names)


def outcome_of(resource: Json) -> Outcome:
    """By the value's code, its text in the closed list, then the interpretation; unknown, never guessed."""
    value = obj(resource.get("valueCodeableConcept"))
    by_code = {_OUTCOMES[code] for _, code in codings(value) if code in _OUTCOMES}
    stated = plain(concept_text(value)) or plain(text(resource.get("valueString")))
    by_word = {_WORDS[stated]} if stated in _WORDS else set()
    flags = {_OUTCOMES[code] for concept in items(resource.get("interpretation")) for _, code in codings(concept)
             if code in _OUTCOMES}  # fmt: skip
    found = by_code or by_word or flags
    if len(found) > 1:
        return "indeterminate"
    return found.pop() if found else "unknown"


def _components(resource: Json, wanted: tuple[str, str]) -> Iterator[Json]:
    for component in items(resource.get("component")):
        if wanted in system_codes(component.get("code")):
            yield obj(component.get("valueCodeableConcept"))


def _genes(resource: Json, codes: CodeTable) -> Iterator[str]:
    """The genes studied, by HGNC code, else by symbol against the closed list."""
    for concept in _components(resource, _GENE):
        found = role_of(concept, "Observation", codes, ("gene",))
        displays = [plain(text(coding.get("display"))) for coding in items(concept.get("coding"))]
        by_symbol = (codes.texts.get("gene", {}).get(name) for name in displays if name)
        name = found.item if found else next((gene for gene in by_symbol if gene), None)
        if name:
            yield name


def _is_fusion(resource: Json, outcome: Outcome) -> bool:
    """Whether the variant is a fusion: a component calls it one, or it was found and names two genes."""
    values = (obj(component.get("valueCodeableConcept")) for component in items(resource.get("component")))
    if any(plain(concept_text(value)) in _FUSION for value in values):
        return True
    return outcome == "positive" and len({concept_text(concept) for concept in _components(resource, _GENE)}) == _GENES
