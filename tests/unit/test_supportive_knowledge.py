"""A line of supportive care that nothing calls for cannot be written."""

from typing import Any

import pytest
from pydantic import ValidationError

from clinical_rules.knowledge.schema import SupportiveLine

VALUE = {"since": "2026-11-01", "last_checked": "2026-11-23", "kind": "project-decision", "reason": "for the test"}
LINE: dict[str, Any] = {
    "id": "supportive.example", "type": "supportive", "title": "t", "applies": "a", "line": "l", "status": "present",
    "values": [VALUE],
}  # fmt: skip


def test_a_line_needs_a_sign_a_drug_or_an_earlier_course() -> None:
    assert SupportiveLine.model_validate({**LINE, "signs": ["pain/*"]}).topic == "example"
    with pytest.raises(ValidationError, match="needs a sign, a drug or an earlier course"):
        SupportiveLine.model_validate(LINE)


def test_an_earlier_course_is_asked_for_in_named_regions() -> None:
    assert SupportiveLine.model_validate({**LINE, "irradiated": True, "regions": ["neck"]}).irradiated
    with pytest.raises(ValidationError, match="in named regions"):
        SupportiveLine.model_validate({**LINE, "irradiated": True})
