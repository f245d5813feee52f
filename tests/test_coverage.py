"""Every named item and every row of the clinical rules is carried out or kept off the cards, and cases show it."""

import re
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from card_corpus import Told, beside_a_recurrence, corpus, told_by
from coverage_table import FOLDER, ROOT, RUNNER, Case, carriers, cases, is_done, items, rows, unproven
from coverage_watch import not_shown

from clinical_rules.findings import Finding
from clinical_rules.knowledge import load_knowledge
from clinical_rules.workup_items import ITEMS as WORKUP_ITEMS

EVERY = cases()
KNOWLEDGE = load_knowledge()
ITEMS = items(KNOWLEDGE)
ROWS = rows(KNOWLEDGE)
PROVEN = {rule for case in EVERY for rule in case.proves}
FORBIDDEN: list[dict[str, Any]] = tomllib.loads((FOLDER / "forbidden.toml").read_text("utf-8"))["entry"]
MEMBERS = {"pattern", "where", "reason", "example", "allow", "case", "rows", "items"}
WORKUP = (
    "workup.biopsy", "workup.cross-sectional-imaging", "workup.prior-dosimetry", "workup.interval",
    "workup.performance-status", "workup.organ-function", "workup.restaging",
)  # fmt: skip
SERIES = {
    "DEF": 15, "RT": 21, "WU": 7, "SITE-HN": 5, "SITE-BR": 5, "SITE-LU": 3, "SITE-PR": 4, "SITE-SP": 4, "SITE-RE": 3,
    "SITE-CX": 3, "GEN": 17, "NPC": 23, "REC": 15, "SAL": 11,
}  # fmt: skip
"""How many rows each series has; written with two digits, but for the sites."""


@pytest.fixture(scope="session")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[Told, ...]:
    switches = tmp_path_factory.mktemp("switches") / "everything.toml"
    switches.write_text('enabled_rules = ["*"]\n')
    return corpus(KNOWLEDGE, switches)


def test_the_table_has_all_items_in_order() -> None:
    assert list(ITEMS) == list(range(1, 142))
    assert all(item.name and item.kind for item in ITEMS.values())


def test_no_item_is_open() -> None:
    assert {item.number: unproven(item, EVERY) for item in ITEMS.values() if not is_done(item, EVERY)} == {}


def test_cases_and_knowledge_name_items_and_rows_that_there_are() -> None:
    assert {number for case in EVERY for number in case.items} <= set(ITEMS)
    assert {number for _, _, numbers in carriers(KNOWLEDGE) for number in numbers} <= set(ITEMS)
    assert {name for _, names, _ in carriers(KNOWLEDGE) for name in names} <= set(ROWS)


def test_the_tests_that_stand_for_an_item_are_there() -> None:
    named = [test.partition("::") for item in ITEMS.values() for test in item.tests]
    assert named
    assert [name for file, _, name in named if f"def {name}(" not in (ROOT / file).read_text("utf-8")] == []


def test_the_table_has_all_rows_in_order() -> None:
    expected = [
        f"{series}-{number}" if series.startswith("SITE") else f"{series}-{number:02}"
        for series, last in SERIES.items()
        for number in range(1, last + 1)
    ]
    expected.insert(expected.index("RT-08") + 1, "RT-08b")
    assert list(ROWS) == expected
    assert len(ROWS) == 137


def test_every_row_is_carried_out_or_never_printed() -> None:
    assert [row.id for row in ROWS.values() if not (row.rules or row.says or row.never)] == []


def test_every_rule_that_carries_a_row_has_a_case_that_fails_without_it() -> None:
    assert {row.id: rules for row in ROWS.values() if (rules := set(row.rules) - PROVEN)} == {}


def test_what_is_disputed_is_kept_off_by_name_where_nothing_of_it_is_carried_out() -> None:
    kept_off = {name for entry in FORBIDDEN for name in entry.get("rows", ())}
    silent = [row for row in ROWS.values() if not (row.rules or row.says)]
    assert [row.id for row in silent if row.safe not in ("ok", "qual") and row.id not in kept_off] == []


def test_what_a_contested_row_lists_says_its_dispute_or_its_limits() -> None:
    plain = {option.rule for site in KNOWLEDGE.sites for option in site.options if option.state == "ok"}
    contested = {row.id: row for row in ROWS.values() if row.safe == "contested"}
    bare = {name: set(row.rules) & plain for name, row in contested.items()}
    assert {name: rules for name, rules in bare.items() if rules} == {}


def test_every_option_and_every_supportive_line_has_a_case_that_fails_without_it() -> None:
    assert sorted({rule for rule, _, _ in carriers(KNOWLEDGE)} - PROVEN) == []


def test_every_limit_and_every_workup_item_has_a_case_that_fails_without_it() -> None:
    assert len(WORKUP) == len(WORKUP_ITEMS)
    assert sorted({limit.id for limit in KNOWLEDGE.limits} - PROVEN) == []
    assert sorted({*WORKUP, "workup.biomarker"} - PROVEN) == []


def test_cards_say_what_the_tables_say_they_say(told: tuple[Told, ...]) -> None:
    everything = [text.casefold() for each in told for text in each.cards]
    unsaid = [(row.id, words) for row in ROWS.values() for words in row.says if not _in(words, everything)]
    for item in ITEMS.values():
        mine = [text.casefold() for each in told if item.number in each.items for text in each.seen]
        unsaid += [(f"item {item.number}", words) for words in item.says if not _in(words, mine)]
    assert unsaid == []


def test_every_card_says_that_it_is_advisory(told: tuple[Told, ...]) -> None:
    assert [each.where for each in told for text in each.seen if "Advisory, for the clinician" not in text] == []


def test_no_card_holds_what_no_card_may_say(told: tuple[Told, ...]) -> None:
    found = {
        (entry["pattern"], each.where, hit[0])
        for entry in FORBIDDEN
        for each in told
        for text in (each.cards if entry["where"] == "cards" else (each.options,))
        if (hit := _hit(entry, text))
    }
    assert sorted(found) == []


def test_the_corpus_reaches_every_option_line_and_story(told: tuple[Told, ...]) -> None:
    where = {each.where for each in told}
    assert {rule for rule, _, _ in carriers(KNOWLEDGE)} <= where
    assert sum("oncology-" in each for each in where) >= 5
    assert sum(bool(each.options) for each in told) > len(KNOWLEDGE.sites)
    assert any("**Options to discuss**" in text for each in told for text in each.seen)


@pytest.mark.parametrize("entry", FORBIDDEN, ids=lambda entry: entry["example"])
def test_an_entry_of_what_no_card_may_say_finds_its_example(entry: dict[str, Any]) -> None:
    assert not set(entry) - MEMBERS
    assert entry["where"] in ("cards", "options")
    assert entry["reason"]
    assert set(entry.get("rows", ())) <= set(ROWS)
    assert set(entry.get("items", ())) <= set(ITEMS)
    assert _hit(entry, f"before {entry['example']} after")


def test_a_dose_in_the_words_of_an_option_or_a_caution_is_found() -> None:
    values = {"option": "x", "category": "radiotherapy", "grade": "B"}
    for words in ({"label": "SBRT, 24 Gy"}, {"label": "SBRT", "cautions": ["not above 24 Gy"]}):
        bad = Finding("salvage.x", "option", "recurrence", values, None, ("Condition/2",), (), words)
        (found,) = told_by("x", beside_a_recurrence(bad))
        assert _hit(FORBIDDEN[0], found.options)
        assert "24 Gy" in found.seen[0]


def test_an_entry_reads_whole_words_and_what_it_allows() -> None:
    japan = next(entry for entry in FORBIDDEN if entry["example"] == "offered in Japan")
    assert not _hit(japan, "approved in Japan in 2020 for unresectable disease")
    assert _hit(japan, "approved in Japan in 2020 for some, offered in Japan to all")
    assert not _hit({"pattern": "safe"}, "a safeguard")
    assert not _hit({"pattern": "VISION", "case": True}, "the division of the nerve, loss of vision")


@pytest.mark.parametrize(
    ("ended", "problem"),
    [
        ({"passed"}, []),
        ({"failed"}, ["failed"]),
        ({"passed", "failed"}, ["failed and passed"]),
        ({"skipped"}, ["skipped"]),
        (set(), ["did not run"]),
    ],
)
def test_an_item_counts_only_if_its_cases_ran_and_passed(ended: set[str], problem: list[str]) -> None:
    case = Case(Path("tests/cases/options/any.toml"), "x", ("salvage.x",), (1,))
    item = replace(ITEMS[1], name="X", rules=("salvage.x",))
    assert case.node_id == f"{RUNNER}[options/any: x]"
    assert not_shown([item], [case], {case.node_id: ended}) == [f"1 X: {case.node_id} {how}" for how in problem]


def test_an_item_is_done_only_if_each_of_its_rules_has_a_case_that_names_it() -> None:
    item = replace(ITEMS[1], rules=("salvage.x", "salvage.y"), tests=())
    both = Case(Path("a.toml"), "x", ("salvage.x", "salvage.y"), (1,))
    assert is_done(item, [both])
    assert unproven(item, [replace(both, proves=("salvage.x",))]) == ("salvage.y",)
    assert not is_done(item, [replace(both, items=(2,))])
    assert not is_done(replace(item, rules=()), [both])


def _in(words: str, texts: list[str]) -> bool:
    return any(words.casefold() in text for text in texts)


def _hit(entry: dict[str, Any], text: str) -> re.Match[str] | None:
    """The first place where a text says it, but for what the entry allows."""
    flags = re.NOFLAG if entry.get("case") else re.IGNORECASE
    for allowed in entry.get("allow", ()):
        text = re.sub(allowed, "", text, flags=flags)
    return re.search(rf"(?<!\w)(?:{entry['pattern']})(?!\w)", text, flags)
