"""Tests that the use of an ordered drug rests on."""

from clinical_rules.biomarkers.before_drug import findings, is_tested

__all__ = ["findings", "is_tested"]
