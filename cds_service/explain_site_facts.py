"""rert-cds explain: what is published on re-irradiation at the patient's sites; facts for readers, none decides."""

from collections.abc import Iterator, Sequence

from cards.reading import members, texts
from clinical_rules.facts import PatientFacts
from clinical_rules.findings import Finding
from clinical_rules.knowledge import KnowledgeOn

TOPIC = "reirradiation"
OTHER = "other"
"""The site of all cancers without a name of their own: its facts are of one of them, and which is not told by it."""


def site_fact_lines(facts: PatientFacts, findings: Sequence[Finding], knowledge: KnowledgeOn) -> Iterator[str]:
    """Each fact with its population, evidence and source, in full; nothing where no re-irradiation is in question.

    Those of the findings, with the classes left by what is on file, and those of the other sites of the chart.
    """
    if not any(finding.topic == TOPIC for finding in findings):
        return
    told = {finding.rule: finding for finding in findings}
    sites = _sites(facts)
    for held in knowledge.all_site_facts:
        fact, value, finding = held.fact, held.value, told.get(f"{TOPIC}.{held.fact.id}")
        if finding is None and fact.site not in sites:
            continue
        yield f"{fact.title} ({fact.applies}; {value.evidence}): {value.statement}"
        yield from _classes(finding)
        for source in held.sources:
            yield f"  source: {', '.join(part for part in (source.label, source.where, source.url) if part)}"


def _classes(finding: Finding | None) -> Iterator[str]:
    """The classes that what is on file leaves open, and what is not known."""
    found = members(finding) if finding is not None else {}
    if classes := texts(found, "classes"):
        yield f"  by what is on file: class {' or '.join(classes)}"
    if missing := texts(found, "missing"):
        yield f"  not known: {', '.join(missing)}"


def _sites(facts: PatientFacts) -> frozenset[str]:
    """The sites of the cancers on file and of what the orders are for."""
    diagnosed = {diagnosis.site for diagnosis in facts.diagnoses}
    ordered = {order.reason_site for order in facts.orders if order.reason_site}
    return frozenset((diagnosed | ordered) - {OTHER})
