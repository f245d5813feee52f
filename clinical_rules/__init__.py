"""From the facts of one patient to findings: the rules, and the knowledge they rest on."""

from clinical_rules.assess import assess

__all__ = ["assess"]
