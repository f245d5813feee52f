"""Observation, DiagnosticReport -> GenomicResult: what was tested, of which kind, with which outcome and number.

The kind is that of the code, else that of the biomarker; a text of the code or value that calls it a fusion makes it
one. EGFR protein is not an EGFR mutation, an NTRK point mutation not a fusion, TPS not CPS, copies not units.
"""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from clinical_rules.facts import GenomicKind, GenomicResult
from fhir_mappings.code_table import LOINC, CodeTable
from fhir_mappings.genomic_outcomes import named_outcome, outcome_of, says_loss
from fhir_mappings.genomic_variants import FUSION, genes_of, kind_of_variant, outcome_of_variant, source_class
from fhir_mappings.jsontools import Json, concept_text, items, number, obj, text
from fhir_mappings.observations import date_of, is_result, unit_of
from fhir_mappings.prefetch import Selected
from fhir_mappings.radiotherapy_elements import system_codes
from fhir_mappings.roles import Part, plain, role_of

VARIANT, SCORING, EBV = "variant", "PD-L1 scoring method", "EBV"
REPAIR = frozenset({"MLH1 protein", "MSH2 protein", "MSH6 protein", "PMS2 protein"})
"""Proteins of mismatch repair: the loss of one is a deficiency, one that is there says nothing of the others."""
_SCORES = {
    "tps": "TPS", "tumor proportion score": "TPS", "tumour proportion score": "TPS",
    "cps": "CPS", "combined positive score": "CPS",
    "tc": "TC", "tumor cells": "TC", "ic": "IC", "immune cells": "IC",
}  # fmt: skip
_SCORING_METHOD = (LOINC, "105302-4")


def read_genomic_results(entry: Selected, codes: CodeTable) -> tuple[GenomicResult, ...]:
    """The results of one Observation or report; empty where it holds none."""
    resource, kind = entry.resource, entry.resource_type
    part = role_of(obj(resource.get("code")), kind, codes, ("biomarker", "tumour-marker"))
    if part is None or part.item == SCORING or not is_result(resource):
        return ()
    if kind == "DiagnosticReport":
        return tuple(_of_report(entry, part, codes))
    if part.role == "tumour-marker":
        return (_quantity(entry, part),) if part.item.startswith(EBV) else ()
    if part.item == VARIANT:
        return tuple(_of_variant(entry, part, codes))
    return (_of_test(entry, part, codes),)


def _of_test(entry: Selected, part: Part, codes: CodeTable) -> GenomicResult:
    resource = entry.resource
    found = _base(entry, part, part.item, _kind(part, resource, codes))
    if part.item in REPAIR:
        protein = part.item.removesuffix(" protein")
        lost = says_loss(resource)
        method = f"{protein} {'lost' if lost else 'not lost'}, immune stain"
        return replace(
            found, biomarker="MSI", kind="instability", outcome="positive" if lost else "unknown", method=method
        )
    value, below = _number(resource)
    unit, score = unit_of(obj(resource.get("valueQuantity"))), part.score or _score(resource)
    return replace(found, outcome=outcome_of(resource), value=value, below=below, unit=unit, score=score)


def _number(resource: Json) -> tuple[Decimal | None, Decimal | None]:
    """The number of a test, and the bound where only that it lies below one is stated (CPS < 1); 0 is a number."""
    quantity = obj(resource.get("valueQuantity"))
    stated, comparator = number(quantity.get("value")), quantity.get("comparator")
    if comparator is not None:
        return None, stated if comparator == "<" else None
    return (number(resource.get("valueInteger")) if stated is None else stated), None


def _of_variant(entry: Selected, part: Part, codes: CodeTable) -> Iterator[GenomicResult]:
    stated = outcome_of(entry.resource)
    for gene in genes_of(entry.resource, codes):
        kind = kind_of_variant(entry.resource, stated, gene)
        found = _base(entry, part, gene, kind)
        parts = (found.method, source_class(entry.resource), "fusion" if kind == "fusion" else None)
        method = ", ".join(each for each in parts if each) or None
        yield replace(found, outcome=outcome_of_variant(entry.resource, stated, gene), method=method)


def _of_report(entry: Selected, part: Part, codes: CodeTable) -> Iterator[GenomicResult]:
    """A report by its coded conclusions: of the gene of its code, or of genes that a conclusion names."""
    names = {**codes.texts.get("biomarker", {}), **codes.texts.get("gene", {})}
    named = [found for concept in items(entry.resource.get("conclusionCode"))
             if (found := named_outcome(concept_text(concept), names))]  # fmt: skip
    for item, words, outcome in sorted(set(named)):
        kind: GenomicKind = "fusion" if _calls_fusion(words) else codes.kinds.get(item, "unknown")
        yield replace(_base(entry, part, item, kind), outcome=outcome, method="report", coded=False)
    if not named:
        whole = _base(entry, part, part.item, _kind(part, entry.resource, codes))
        yield replace(whole, outcome=outcome_of(entry.resource), method="report")


def _quantity(entry: Selected, part: Part) -> GenomicResult:
    """An amount in the unit it came in: copies and international units are not interchangeable."""
    quantity = obj(entry.resource.get("valueQuantity"))
    value = None if quantity.get("comparator") is not None else number(quantity.get("value"))
    found = _base(entry, part, part.item, "quantity")
    return replace(found, outcome=outcome_of(entry.resource), value=value, unit=unit_of(quantity))


def _base(entry: Selected, part: Part, item: str, kind: GenomicKind) -> GenomicResult:
    method = concept_text(entry.resource.get("method"))
    return GenomicResult(entry.reference, item, "unknown", method, date_of(entry.resource), kind, coded=part.coded)


def _kind(part: Part, resource: Json, codes: CodeTable) -> GenomicKind:
    words = (concept_text(resource.get("code")), concept_text(resource.get("valueCodeableConcept")))
    if part.kind is None and any(_calls_fusion(word) for word in words if word):
        return "fusion"
    return part.kind or codes.kinds.get(part.item, "unknown")


def _calls_fusion(words: str) -> bool:
    return bool(FUSION & set((plain(words) or "").replace(",", " ").split()))


def _score(resource: Json) -> str | None:
    """What the number counts, by the unit or by a component that states the scoring method."""
    unit = plain(text(obj(resource.get("valueQuantity")).get("unit")))
    name = plain(concept_text(resource.get("code"))) or ""
    stated = [unit, name.removeprefix("pd-l1 ")] + [
        plain(concept_text(component.get("valueCodeableConcept")) or text(component.get("valueString")))
        for component in items(resource.get("component"))
        if _SCORING_METHOD in system_codes(component.get("code"))
    ]
    found = {_SCORES[each] for each in stated if each in _SCORES}
    return found.pop() if len(found) == 1 else None
