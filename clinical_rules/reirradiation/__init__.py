"""Rules on earlier radiotherapy in or next to a target: overlap, interval, and dose to each structure."""

from collections.abc import Sequence
from datetime import date

from clinical_rules.facts import PatientFacts
from clinical_rules.findings import Finding, Hook
from clinical_rules.knowledge import KnowledgeOn
from clinical_rules.picture import PresentTumour, RuleSettings
from clinical_rules.reirradiation.comparisons import comparison_findings
from clinical_rules.reirradiation.overlap import overlap_findings
from clinical_rules.reirradiation.pairs import pairs
from clinical_rules.reirradiation.recovery import scheme_findings
from clinical_rules.reirradiation.site_facts import site_fact_findings
from clinical_rules.reirradiation.structures import structure_findings
from clinical_rules.reirradiation.targets import Setting, targets, unrecorded
from clinical_rules.reirradiation.timing import interval_findings

__all__ = ["findings"]


def findings(
    facts: PatientFacts,
    tumours: Sequence[PresentTumour],
    *,
    hook: Hook,
    knowledge: KnowledgeOn,
    on: date,
    settings: RuleSettings,
) -> tuple[Finding, ...]:
    """All re-irradiation findings: for the orders on order hooks, else for the present tumours.

    Without an earlier course, and without a statement that there was one, nothing is said and nothing claimed.
    """
    setting = Setting(facts, knowledge, hook, on)
    judged = targets(setting, tumours)
    if not judged:
        return ()
    found = pairs(judged, setting)
    missing = unrecorded(judged, setting)
    sums = structure_findings(judged, found, missing, setting)
    return (
        *overlap_findings(judged, found, missing, setting),
        *interval_findings(found, setting),
        *sums,
        *scheme_findings(judged, found, sums, missing, settings.recovery_scheme, setting),
        *comparison_findings(judged, found, setting),
        *site_fact_findings(found, setting),
    )
