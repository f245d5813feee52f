"""Rules about recurrence: which tumours are present now, and what is said of them."""

from clinical_rules.recurrence.findings import findings
from clinical_rules.recurrence.present import picture

__all__ = ["findings", "picture"]
