"""clinical_rules."""
