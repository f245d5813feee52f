"""Findings carry only what is known."""

import pytest

from clinical_rules.errors import ClinicalRulesError
from clinical_rules.findings import Finding, Urgency


def test_a_finding_with_an_unknown_value_is_refused_by_name() -> None:
    with pytest.raises(ClinicalRulesError, match=r"recurrence\.pattern: a value is None"):
        Finding("recurrence.pattern", "present", "recurrence", {"site": "rectum", "date": None})


def test_urgency_has_the_names_of_the_indicators_in_their_order() -> None:
    assert [urgency.indicator for urgency in sorted(Urgency)] == ["info", "warning", "critical"]
