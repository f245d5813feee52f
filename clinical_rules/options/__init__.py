"""Options for a recurrence, from the site files: for whom they are listed, and what is said beside them."""

from clinical_rules.options.rules import beside

__all__ = ["beside"]
