"""Rules on earlier radiotherapy in or next to a target: overlap, interval, and dose to each structure."""

from clinical_rules.findings import Finding
from clinical_rules.reirradiation.before import Before, look_before
from clinical_rules.reirradiation.comparisons import comparison_findings
from clinical_rules.reirradiation.overlap import overlap_findings
from clinical_rules.reirradiation.recovery import scheme_findings
from clinical_rules.reirradiation.site_facts import site_fact_findings
from clinical_rules.reirradiation.timing import interval_findings

__all__ = ["Before", "findings", "look_before"]


def findings(before: Before) -> tuple[Finding, ...]:
    """All re-irradiation findings: for the orders on order hooks, else for the present tumours.

    Without an earlier course, and without a statement that there was one, nothing is said and nothing claimed.
    """
    judged, found, call = before.targets, before.pairs, before.call
    if not judged:
        return ()
    return (
        *overlap_findings(judged, found, before.unrecorded, call),
        *interval_findings(found, call),
        *before.sums,
        *scheme_findings(before.cases, before.sums, before.unrecorded),
        *comparison_findings(before.cases),
        *site_fact_findings(found, call),
    )
