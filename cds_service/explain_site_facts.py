"""rert-cds explain: what is published on re-irradiation at the patient's sites; facts for readers, none decides."""

from collections.abc import Iterator, Sequence

from clinical_rules.facts import PatientFacts
from clinical_rules.findings import Finding
from clinical_rules.knowledge import KnowledgeOn

TOPIC = "reirradiation"
OTHER = "other"
"""The site of all cancers without a name of their own: its facts are of one of them, and which is not told by it."""


def site_fact_lines(facts: PatientFacts, findings: Sequence[Finding], knowledge: KnowledgeOn) -> Iterator[str]:
    """Each fact with its population, evidence and source; nothing where no re-irradiation is in question."""
    if not any(finding.topic == TOPIC for finding in findings):
        return
    for site in _sites(facts):
        for held in knowledge.site_facts(site):
            fact, value = held.fact, held.value
            yield f"{fact.title} ({fact.applies}; {value.evidence}): {value.statement}"
            for source in held.sources:
                yield f"  source: {', '.join(part for part in (source.label, source.where, source.url) if part)}"


def _sites(facts: PatientFacts) -> tuple[str, ...]:
    """The sites of the cancers on file and of what the orders are for."""
    diagnosed = {diagnosis.site for diagnosis in facts.diagnoses}
    ordered = {order.reason_site for order in facts.orders if order.reason_site}
    return tuple(sorted((diagnosed | ordered) - {OTHER}))
