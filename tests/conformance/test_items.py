"""The conformance table is whole, every row is shown or explained, and a run that does not show a row fails."""

import re
from dataclasses import replace

import pytest
from conformance.plugin import not_shown
from conformance.wire_check import INVARIANTS
from conformance_table import Item, behind_items, items, marked_tests, sections

OPEN: set[str] = set()
"""Rows that are still to be met; none is added without a reason in the table."""

TABLE = items()
BEHIND = behind_items(marked_tests())
MET = Item("A01", "shall", "x", "met")


def test_the_table_has_all_items_in_order() -> None:
    numbered = [name for name in TABLE if re.fullmatch("[A-M][0-9]+", name)]
    assert [int(name[1:]) for name in numbered] == list(range(1, 189))
    invariants = [name for group in INVARIANTS.values() for name in group]
    assert list(TABLE) == [*numbered, *invariants]
    assert {item.section for item in TABLE.values()} == set(sections())
    assert all(item.about and not item.about.endswith(".") for item in TABLE.values())


def test_every_row_that_is_met_has_a_test() -> None:
    assert [item.id for item in TABLE.values() if item.state == "met" and item.id not in BEHIND] == []


def test_every_row_that_is_not_met_has_a_reason() -> None:
    assert [item.id for item in TABLE.values() if item.state != "met" and not item.reason] == []


def test_the_open_rows_are_those_that_are_known() -> None:
    assert {item.id for item in TABLE.values() if item.state == "open"} == OPEN


def test_every_mark_is_for_an_item_of_the_table() -> None:
    assert [(test.node_id, name) for test in marked_tests() for name in test.items if name not in TABLE] == []


@pytest.mark.parametrize(
    ("ended", "problem"),
    [
        ({"t": {"passed"}}, []),
        ({"t": {"passed", "skipped"}}, ["A01: t passed and skipped"]),
        ({"t": {"skipped"}}, ["A01: t skipped"]),
        ({"t": {"failed"}}, ["A01: t failed"]),
        ({}, ["A01: t did not run"]),
    ],
)
def test_a_row_counts_only_if_its_tests_ran_and_passed(ended: dict[str, set[str]], problem: list[str]) -> None:
    assert not_shown([MET], {"A01": {"t"}}, ended) == problem
    assert not_shown([replace(MET, state="declined", reason="r")], {"A01": {"t"}}, ended) == []


def test_a_row_without_a_test_does_not_count() -> None:
    assert not_shown([MET], {}, {}) == ["A01: no test is marked for it"]
