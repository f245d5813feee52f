"""From the fact a condition names to the function that answers it."""

from clinical_rules.knowledge.schema_condition import (
    Condition,
    Lesions,
    MetastaticSite,
    Nodes,
    Organs,
    PerformanceStatus,
    PlainFact,
    Sins,
    Size,
    Symptom,
)
from clinical_rules.options import cancer_facts, extent_facts, gene_facts, patient_facts, treatment_facts
from clinical_rules.options.answers import Answer, Asking

PLAIN = {
    "castration-resistance": patient_facts.castration_resistance,
    "psma-imaging": patient_facts.psma_imaging,
    "vertebra": extent_facts.vertebra,
    "structure-exceeds": treatment_facts.structure_exceeds,
    "dosimetry": treatment_facts.dosimetry,
}


def answer(condition: Condition, asking: Asking) -> Answer:
    """What the facts say to a condition; told by its name, for asking a pydantic model for its class is slow."""
    match condition.fact:
        case "histology":
            return cancer_facts.histology(condition, asking)
        case "primary":
            return cancer_facts.primary(condition, asking)
        case "biomarker":
            return gene_facts.biomarker(condition, asking)
        case "agent-given":
            return treatment_facts.agent_given(condition, asking)
        case "irradiated":
            return treatment_facts.irradiated(condition, asking)
        case "interval":
            return treatment_facts.interval(condition, asking)
    return _of_extent_or_patient(condition, asking)


def _of_extent_or_patient(
    condition: Organs | Lesions | Size | Nodes | MetastaticSite | Sins | PerformanceStatus | Symptom | PlainFact,
    asking: Asking,
) -> Answer:
    match condition.fact:
        case "organs":
            return extent_facts.organs(condition, asking)
        case "lesions":
            return extent_facts.lesions(condition, asking)
        case "size":
            return extent_facts.size(condition, asking)
        case "nodes":
            return extent_facts.nodes(condition, asking)
        case "metastatic-site":
            return extent_facts.metastatic_site(condition, asking)
        case "sins":
            return patient_facts.sins(condition, asking)
        case "performance-status":
            return patient_facts.performance_status(condition, asking)
        case "symptom":
            return patient_facts.symptom(condition, asking)
    return PLAIN[condition.fact](condition, asking)
