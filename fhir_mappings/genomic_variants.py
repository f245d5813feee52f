"""mCODE GenomicVariant (Observation 69548-6): which genes, a fusion or a mutation, the whole gene or one change."""

from collections.abc import Iterator

from clinical_rules.facts import GenomicKind
from fhir_mappings.code_table import LOINC, CodeTable
from fhir_mappings.genomic_outcomes import Outcome
from fhir_mappings.jsontools import Json, codings, concept_text, items, obj, text
from fhir_mappings.radiotherapy_elements import system_codes
from fhir_mappings.roles import plain, role_of

GENE, SOURCE_CLASS, CONSEQUENCE = (LOINC, "48018-6"), (LOINC, "48002-0"), (LOINC, "48006-1")
CHANGES = frozenset({(LOINC, "48004-6"), (LOINC, "48005-3"), (LOINC, "81290-9")})
"""Components that name one change of the DNA or the protein."""
TYPES = frozenset({CONSEQUENCE, (LOINC, "48019-4")})
"""Components that name the type of a change: missense, substitution."""
COPIES = (LOINC, "82155-3")
"""Component that counts the copies of a gene: more of them are no mutation."""
FUSION = frozenset({
    "fusion", "fusions", "gene fusion", "rearrangement", "rearrangements", "gene rearrangement", "translocation",
})  # fmt: skip
SILENT = frozenset({"silent", "synonymous", "synonymous variant"})
SEVERAL = frozenset({"NTRK", "BRCA"})
"""Items that stand for several genes: one of them without a variant does not speak for the others."""
OF_FUSIONS = frozenset({"NTRK", "ALK", "ROS1"})
"""Genes of which fusions matter: a variant of one that names no change may be either."""
_CLASSES = {"LA6683-2": "germline", "LA6684-0": "somatic"}
_GENES = 2


def genes_of(resource: Json, codes: CodeTable) -> list[str]:
    """The items of the genes studied, by HGNC code, else by symbol against the closed list."""
    return sorted({name for concept in _concepts(resource, GENE) for name in _gene(concept, codes)})


def kind_of_variant(resource: Json, outcome: Outcome, item: str) -> GenomicKind:
    """A fusion where a component calls it one, or where it was found and names two genes; else a mutation, unless
    only copies are counted, or it is left open in a gene of which fusions matter."""
    values = (obj(component.get("valueCodeableConcept")) for component in items(resource.get("component")))
    if any(plain(word) in FUSION for value in values for word in _words(value)):
        return "fusion"
    two = len({concept_text(concept) for concept in _concepts(resource, GENE)}) == _GENES
    if two and outcome == "positive":
        return "fusion"
    named = any(_has(resource, part) for part in CHANGES | TYPES)
    return "mutation" if named or not (item in OF_FUSIONS or _has(resource, COPIES)) else "unknown"


def outcome_of_variant(resource: Json, outcome: Outcome, item: str) -> Outcome:
    """That of the gene: one change that is absent, or is silent, says nothing of the rest of the gene."""
    if outcome == "negative" and (item in SEVERAL or any(_has(resource, change) for change in CHANGES)):
        return "unknown"
    if outcome == "positive" and any(_is_silent(concept) for concept in _concepts(resource, CONSEQUENCE)):
        return "unknown"
    return outcome


def source_class(resource: Json) -> str | None:
    """Germline or somatic, where it is stated."""
    concepts = list(_concepts(resource, SOURCE_CLASS))
    stated = {_CLASSES.get(code) for concept in concepts for _, code in codings(concept)}
    stated |= {word for concept in concepts if (word := plain(concept_text(concept))) in _CLASSES.values()}
    found = stated - {None}
    return found.pop() if len(found) == 1 else None


def _gene(concept: Json, codes: CodeTable) -> Iterator[str]:
    found = role_of(concept, "Observation", codes, ("gene",))
    by_symbol = (codes.texts.get("gene", {}).get(plain(word) or "") for word in _words(concept))
    name = found.item if found else next((gene for gene in by_symbol if gene), None)
    if name:
        yield name


def _is_silent(concept: Json) -> bool:
    return any(plain(word) in SILENT for word in _words(concept))


def _words(concept: Json) -> list[str]:
    displays = [text(coding.get("display")) for coding in items(concept.get("coding"))]
    return [word for word in (text(concept.get("text")), *displays) if word]


def _has(resource: Json, wanted: tuple[str, str]) -> bool:
    return any(wanted in system_codes(component.get("code")) for component in items(resource.get("component")))


def _concepts(resource: Json, wanted: tuple[str, str]) -> Iterator[Json]:
    for component in items(resource.get("component")):
        if wanted in system_codes(component.get("code")):
            yield obj(component.get("valueCodeableConcept"))
