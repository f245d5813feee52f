"""Whole answers: what every card says, and never says."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from composed_cards import answer, interval, only, overlap, recurrence, workup
from hypothesis import given, settings
from hypothesis import strategies as st

import cards
from cards.reading import Members
from clinical_rules.findings import Finding, Hook, Urgency

FORBIDDEN = re.compile(r"\b(un)?safe(ly|ty)?\b|surviv|\bcure[sd]?\b|hazard|guarantee|recommend|\bmust\b", re.IGNORECASE)


def leaves(value: object) -> Iterator[object]:
    if isinstance(value, dict):
        yield value
        for entry in value.values():
            yield from leaves(entry)
    elif isinstance(value, list):
        yield value
        for entry in value:
            yield from leaves(entry)
    else:
        yield value


def test_nothing_to_say_is_an_empty_array_of_cards() -> None:
    assert answer().to_wire() == {"cards": []}
    assert answer(interval(), workup("biopsy")).to_wire() == {"cards": []}


@pytest.mark.conforms("G131", "L168")
def test_every_card_says_that_it_is_advisory_and_what_it_rests_on() -> None:
    for card in answer(overlap(), workup("biopsy", urgency=Urgency.INFO), hook="order-sign").cards:
        assert "Advisory" in str(card.detail)
        assert "knowledge 2026.11.1, not clinically reviewed" in str(card.detail)
        assert "As of 2026-11-02" in str(card.detail)


@pytest.mark.conforms("E84", "L168")
def test_what_was_not_checked_or_not_available_is_said() -> None:
    detail = str(only(overlap(), unavailable=("volumes",), incomplete=("reports",)).detail)
    assert "Not checked: several fractions a day, radiosensitisers, connective-tissue disease" in detail
    assert "Not available for this check: treated volumes (BodyStructure)" in detail
    assert "Incomplete, more may be on file: imaging and pathology reports" in detail


def test_empty_blocks_are_left_out() -> None:
    detail = str(only(recurrence()).detail)
    assert "Dose per structure" not in detail
    assert "Missing" not in detail
    assert "\n\n\n" not in detail


def test_the_words_of_the_templates_promise_nothing() -> None:
    folder = Path(cards.__file__).parent / "templates"
    templates = sorted(folder.glob("*.md"))
    assert len(templates) >= 12
    for path in templates:
        assert not FORBIDDEN.search(path.read_text(encoding="utf-8")), path.name


texts = st.text(max_size=200)
members = st.dictionaries(
    st.sampled_from(
        [
            "site",
            "earlierSite",
            "pattern",
            "certainty",
            "date",
            "structure",
            "basis",
            "item",
            "topic",
            "problem",
            "drug",
        ]
    ),
    texts,
) | st.fixed_dictionaries({"courses": st.lists(st.dictionaries(st.sampled_from(["site", "end", "overlap"]), texts))})
findings_of_any_kind = st.builds(
    Finding,
    rule=st.sampled_from(
        [
            "recurrence.pattern",
            "recurrence.second-primary",
            "reirradiation.overlap",
            "reirradiation.interval",
            "reirradiation.spinal-cord.cumulative-eqd2",
            "workup.biopsy",
            "supportive.airway",
            "data.left-out",
        ]
    ),
    status=st.sampled_from(["exceeds", "near", "within", "cannot-assess", "present", "missing", "caution"]),
    topic=st.sampled_from(
        ["recurrence", "reirradiation", "second-primary", "workup", "supportive-care", "data-quality"]
    ),
    values=members,
    urgency=st.sampled_from([None, *Urgency]),
    evidence=st.tuples(texts) | st.just(()),
    words=members,
)


@pytest.mark.conforms("G102", "M182")
@settings(max_examples=150)
@given(
    st.lists(findings_of_any_kind, max_size=6),
    st.sampled_from(["patient-view", "order-select", "order-sign", "problem-list-item-create"]),
    st.integers(1, 3),
)
def test_any_findings_make_cards_within_the_rules_of_cds_hooks(
    findings: list[Finding], hook: Hook, max_cards: int
) -> None:
    response = answer(*findings, hook=hook, max_cards=max_cards)
    wire = response.to_wire()
    json.dumps(wire)
    assert len(wire["cards"]) <= max_cards
    for card in wire["cards"]:
        assert 0 < len(card["summary"]) < 140
        assert card["indicator"] in {"info", "warning", "critical"}
        assert card["source"]["label"]
        assert ("suggestions" in card) == ("selectionBehavior" in card)
        assert all(reason["display"] for reason in card["overrideReasons"])
        assert not [leaf for leaf in leaves(card) if leaf is None or leaf in ("", [], {})]


def test_missing_members_never_stop_a_card() -> None:
    empty: Members = {}
    for rule, topic in (
        ("recurrence.pattern", "recurrence"),
        ("recurrence.second-primary", "second-primary"),
        ("reirradiation.overlap", "reirradiation"),
        ("reirradiation.spinal-cord.cumulative-eqd2", "reirradiation"),
        ("workup.biopsy", "workup"),
        ("salvage.resection", "recurrence"),
        ("supportive.airway", "supportive-care"),
        ("data.left-out", "data-quality"),
        ("reirradiation.new-kind", "reirradiation"),
    ):
        card = only(Finding(rule, "exceeds", topic, empty, Urgency.INFO), hook="order-sign")  # type: ignore[arg-type]  # one of the closed set
        assert card.summary
