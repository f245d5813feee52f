"""From the fact a condition names to the function that answers it."""

from clinical_rules.knowledge.schema_condition import (
    AgentGiven,
    Biomarker,
    Condition,
    Histology,
    IntervalAtLeast,
    Irradiated,
    Lesions,
    MetastaticSite,
    Nodes,
    Organs,
    PerformanceStatus,
    PlainFact,
    Primary,
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
    """What the facts say to a condition."""
    match condition:
        case Histology():
            return cancer_facts.histology(condition, asking)
        case Primary():
            return cancer_facts.primary(condition, asking)
        case Biomarker():
            return gene_facts.biomarker(condition, asking)
        case AgentGiven():
            return treatment_facts.agent_given(condition, asking)
        case Irradiated():
            return treatment_facts.irradiated(condition, asking)
        case IntervalAtLeast():
            return treatment_facts.interval(condition, asking)
        case PlainFact():
            return PLAIN[condition.fact](condition, asking)
    return _of_extent_or_patient(condition, asking)


def _of_extent_or_patient(
    condition: Organs | Lesions | Size | Nodes | MetastaticSite | Sins | PerformanceStatus | Symptom, asking: Asking
) -> Answer:
    match condition:
        case Organs():
            return extent_facts.organs(condition, asking)
        case Lesions():
            return extent_facts.lesions(condition, asking)
        case Size():
            return extent_facts.size(condition, asking)
        case Nodes():
            return extent_facts.nodes(condition, asking)
        case MetastaticSite():
            return extent_facts.metastatic_site(condition, asking)
        case Sins():
            return patient_facts.sins(condition, asking)
        case PerformanceStatus():
            return patient_facts.performance_status(condition, asking)
    return patient_facts.symptom(condition, asking)
