"""The helper that reads case files refuses what no fact can hold."""

import importlib.util
from pathlib import Path

import pytest

_SPEC = importlib.util.spec_from_file_location("case_facts_tested", Path(__file__).parent.parent / "case_facts.py")
assert _SPEC is not None
assert _SPEC.loader is not None
case_facts = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(case_facts)


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"courses": [{"site": "rectum"}]}, "unknown key site"),
        ({"cources": []}, "unknown key cources"),
        ({"diagnoses": [{"site": "rectum", "role": "metastasis"}]}, "role is 'metastasis'"),
        ({"courses": [{"end": "2024-13"}]}, "end is '2024-13'"),
        ({"courses": [{"modalities": ["gamma"]}]}, "modalities"),
        ({"courses": [{"fractions": "28"}]}, "int is expected"),
        ({"courses": {"end": "2024"}}, "is not a list"),
        ({"courses": ["2024"]}, "is not a table"),
        ({"patient": "x"}, "a table is expected"),
    ],
)
def test_what_no_fact_can_hold_is_refused_with_its_place(given: dict[str, object], named: str) -> None:
    with pytest.raises(case_facts.CaseError, match=named.replace("[", r"\[")):
        case_facts.facts_of(given)


def test_references_are_numbered_and_orders_are_planned() -> None:
    facts = case_facts.facts_of({"courses": [{}, {"reference": "Procedure/own"}], "orders": [{}]})
    assert [course.reference for course in facts.courses] == ["Procedure/course-1", "Procedure/own"]
    assert facts.orders[0].planned
    assert not facts.courses[0].planned
