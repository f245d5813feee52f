"""Whole answers: what a card says, carries, and never says."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from fhir.resources.R4B.codesystem import CodeSystem
from hypothesis import given, settings
from hypothesis import strategies as st

import cards
from cards import code_system, compose, fingerprint
from cards.model import Action, Card, CDSResponse, Source, Suggestion
from cards.override_reasons import OVERRIDE_REASONS
from cards.reading import Members
from clinical_rules.findings import Assessment, Finding, Hook, SourceReference, Status, Urgency

HYTEC = SourceReference("Sahgal et al. 2021, HyTEC", "https://doi.org/10.1016/j.ijrobp.2019.09.038", "Table 3")
FORBIDDEN = re.compile(r"\b(un)?safe(ly|ty)?\b|surviv|\bcure[sd]?\b|hazard|guarantee|recommend|\bmust\b", re.IGNORECASE)


def recurrence(
    certainty: str = "documented", pattern: str = "local", urgency: Urgency | None = Urgency.INFO
) -> Finding:
    values = {"site": "rectum", "pattern": pattern, "certainty": certainty, "date": "2026-09-01", "early": True}
    return Finding("recurrence.pattern", "present", "recurrence", values, urgency, ("Condition/c2",))


def overlap(relation: str = "in-region", urgency: Urgency | None = Urgency.INFO, **course: object) -> Finding:
    values: dict[str, Any] = {
        "overlap": relation,
        "type": "I",
        "courses": [
            {
                "reference": "Procedure/rt-1",
                "totalDoseGy": 50.4,
                "fractions": 28,
                "end": "2025-09-01",
                "site": "pelvis",
                "overlap": relation,
                "basis": "delivered",
                **course,
            }
        ],
    }
    return Finding("reirradiation.overlap", "present", "reirradiation", values, urgency, ("Procedure/rt-1",))


def interval(months: float = 14.0, estimated: bool = False) -> Finding:
    values = {"months": months, "band": ">=12", "estimated": estimated}
    return Finding("reirradiation.interval", "present", "reirradiation", values, None, ("Procedure/rt-1",))


def cord(status: Status = "exceeds", urgency: Urgency | None = Urgency.CRITICAL, **changes: object) -> Finding:
    values: dict[str, Any] = {
        "structure": "SpinalCord", "metric": "Dmax", "alphaBetaGy": 2, "priorEqd2Gy": 50.0, "proposedEqd2Gy": 23.33,
        "cumulativeEqd2Gy": 73.33, "limitGy": 70, "remainingEqd2Gy": 20.0, "basis": "documented",
        "recoveryScheme": "none",
    }  # fmt: skip
    values |= changes
    kept = {name: value for name, value in values.items() if value is not None}
    words = {"basis_word": "published low-risk factors", "agreement": "published low-risk factors"}
    rule = "reirradiation.spinal-cord.cumulative-eqd2"
    return Finding(rule, status, "reirradiation", kept, urgency, ("Procedure/rt-1",), (HYTEC,), words)


def workup(item: str, status: Status = "missing", urgency: Urgency | None = None) -> Finding:
    return Finding(f"workup.{item.partition(':')[0]}", status, "workup", {"item": item}, urgency)


def answer(*findings: Finding, hook: Hook = "patient-view", max_cards: int = 3, **more: Any) -> CDSResponse:
    given_facts = {"unavailable": (), "incomplete": (), "patient_reference": "Patient/1"} | more
    assessment = Assessment(hook, "2026-11-02", "2026.11.1", findings, **given_facts)
    return compose(assessment, base_url="https://cds.example.org", max_cards=max_cards)


def only(*findings: Finding, hook: Hook = "patient-view", **more: Any) -> Card:
    (card,) = answer(*findings, hook=hook, **more).cards
    return card


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


def test_the_typical_first_card_reads_as_promised() -> None:
    card = only(recurrence(), overlap(), interval(), workup("biopsy"))
    assert card.summary == (
        "Local recurrence of rectal cancer; pelvic RT 50.4 Gy in 28 fx delivered, ended 14 months ago; "
        "same anatomical region (fields not compared)"
    )
    assert card.indicator == "info"


@pytest.mark.parametrize("certainty", ["possible", "probable"])
def test_what_is_not_documented_says_so_first(certainty: str) -> None:
    assert only(recurrence(certainty)).summary.startswith(f"{certainty.capitalize()} local recurrence")


def test_a_sum_over_the_value_leads_the_card_of_an_order() -> None:
    card = only(overlap(), interval(8.2), cord(), hook="order-sign")
    assert card.summary == (
        "Spinal cord: cumulative EQD2 73.3 Gy exceeds published low-risk value 70 Gy; earlier RT ended 8.2 months ago"
    )
    assert card.indicator == "critical"


def test_an_overlap_from_site_codes_says_so_in_summary_or_detail() -> None:
    words = "same anatomical region (fields not compared)"
    short = only(overlap(), interval(), hook="order-sign")
    assert words in short.summary
    long = only(recurrence("probable"), overlap(), interval())
    assert words not in long.summary
    assert words in str(long.detail)


def test_an_unknown_overlap_is_never_worded_as_known() -> None:
    card = only(overlap("unknown", Urgency.WARNING), interval(), hook="order-sign")
    assert card.summary.endswith("overlap unknown")
    assert "not known" in str(card.detail)


@pytest.mark.conforms("L169")
def test_a_course_without_dose_says_so() -> None:
    assert "dose not on file" in only(recurrence(), overlap(totalDoseGy=None, fractions=None)).summary


def test_history_without_a_course_makes_no_dose_or_site_up() -> None:
    values = {"overlap": "unknown", "courses": []}
    history = Finding("reirradiation.overlap", "present", "reirradiation", values, Urgency.WARNING, ("Condition/z",))
    card = only(history, hook="order-sign")
    assert card.summary == "Earlier radiotherapy on record without dose or site; overlap unknown"
    assert "Gy" not in card.summary


def test_an_estimated_interval_is_worded_as_about() -> None:
    assert "ended about 14 months ago" in only(recurrence(), overlap(), interval(estimated=True)).summary


def test_a_date_known_in_part_shows_the_range() -> None:
    known = replace(interval(10), words={"longestMonths": 21.9, "reference": "Procedure/rt-1"})
    assert "ended 10 to 21.9 months ago" in only(recurrence(), overlap(end="2025"), known).summary


def test_an_end_that_is_not_on_file_is_said() -> None:
    unknown = replace(interval(), values={"band": "unknown", "estimated": False})
    assert "delivered, end not on file" in only(recurrence(), overlap(end=None), unknown).summary


def test_an_assumed_sum_is_in_whole_gray_and_labelled() -> None:
    finding = cord("caution", Urgency.WARNING, basis="assumed-prescription", cumulativeEqd2Gy=68.66, metric=None)
    card = only(finding, hook="order-sign")
    assert "69 Gy (assumed from the prescription)" in card.summary
    assert "68.6" not in str(card.detail)
    assert "Assumed from the prescription, which the true maximum may exceed: Spinal cord" in str(card.detail)
    assert card.to_wire()["extension"]["org.rert-cds.findings"][0]["values"]["cumulativeEqd2Gy"] == 68.66


def test_rounding_never_hides_that_a_sum_is_over_the_value() -> None:
    card = only(cord(cumulativeEqd2Gy=70.02), hook="order-sign")
    assert "70.02 Gy exceeds published low-risk value 70 Gy" in card.summary


def test_a_broken_condition_is_not_called_a_sum_over_the_value() -> None:
    card = only(cord(cumulativeEqd2Gy=65.0), hook="order-sign")
    assert "65 Gy is outside the conditions of the published low-risk value 70 Gy" in card.summary
    assert "outside the conditions of the value compared" in str(card.detail)
    assert "exceeds" not in card.summary


def test_terms_and_conditions_behind_a_sum_are_shown() -> None:
    words: Any = {
        "basisWord": "published low-risk factors",
        "conditions": [{"name": "interval", "state": "unknown", "bound": 5}],
        "terms": [
            {
                "reference": "Procedure/rt-1", "eqd2Gy": 50, "totalDoseGy": 50, "fractions": 25,
                "doseBasis": "delivered", "basis": "documented", "metric": "Dmax", "outsideModelRange": True,
            }
        ],
        "guard": "pregnancy",
        "reviewed": True,
    }  # fmt: skip
    detail = str(only(replace(cord(), words=words), hook="order-sign").detail)
    assert "conditions: interval at least 5 months (not known)" in detail
    assert (
        "50 Gy in 25 fx delivered: 50 Gy EQD2 (documented, Dmax, outside the best-supported range of the model)"
        in detail
    )
    assert "not meant for pregnancy" in detail
    assert "not clinically reviewed" not in detail


def test_structures_without_any_dose_share_one_line() -> None:
    nothing = dict.fromkeys(("priorEqd2Gy", "proposedEqd2Gy", "cumulativeEqd2Gy", "remainingEqd2Gy"))
    blank = cord("cannot-assess", None, **nothing)
    other = replace(blank, values={"structure": "Bladder", "limitGy": 110})
    detail = str(only(overlap(), blank, other, hook="order-sign").detail)
    assert "Cannot be assessed, no usable dose to the structure on file: Bladder, Spinal cord" in detail
    assert "|" not in detail


def test_a_workup_card_counts_what_is_missing_and_lists_it_once() -> None:
    found = [
        workup("biopsy", urgency=Urgency.INFO),
        workup("restaging", urgency=Urgency.INFO),
        workup("interval", "found"),
    ]
    detail = str(only(*found, hook="order-sign").detail)
    assert "2 of 3 work-up items were not found" in detail
    assert detail.count("biopsy of the recurrence") == 1


def test_a_caution_without_a_sum_prints_no_empty_number() -> None:
    card = only(cord("caution", Urgency.INFO, cumulativeEqd2Gy=None, priorEqd2Gy=None), hook="order-sign")
    assert card.summary == "Spinal cord: EQD2 calls for caution against published low-risk value 70 Gy"


def test_words_of_a_course_join_its_values_by_reference() -> None:
    finding = overlap()
    words: Any = {
        "courses": [
            {"reference": "Procedure/rt-1", "relation": "junction", "sites": ["Prostate bed"], "status": "in-progress"}
        ],
        "partOfRunningCourse": ["Procedure/rt-1"],
    }
    joined = replace(finding, words=words)
    card = only(joined, interval(), hook="order-sign")
    assert "possible field junction" in str(card.detail)
    assert "Prostate bed" in str(card.detail)
    assert "part of the running course, or a new one?" in card.summary


def test_months_are_those_of_the_course_they_belong_to() -> None:
    courses: Any = [
        {"reference": "Procedure/a", "site": "pelvis", "overlap": "in-region", "end": "2020-01-10"},
        {"reference": "Procedure/b", "site": "pelvis", "overlap": "unknown", "end": "2026-05-01"},
    ]
    finding = replace(overlap(), values={"overlap": "in-region", "courses": courses})
    last = replace(interval(6.0), words={"reference": "Procedure/b", "until": "2026-11-02"})
    assert "ended 2020-01-10" in only(finding, last, hook="order-sign").summary


def test_an_interval_to_a_later_planned_start_is_not_called_ago() -> None:
    later = replace(interval(), words={"reference": "Procedure/rt-1", "until": "2026-12-01"})
    assert "ended 14 months before the planned start" in only(overlap(), later, hook="order-sign").summary


def test_an_item_with_a_result_is_on_file_whatever_the_result() -> None:
    finding = Finding("workup.biomarker", "caution", "workup", {"item": "biomarker:RAS"}, Urgency.WARNING)
    card = only(finding, hook="order-select")
    assert card.summary == "Work-up on file: RAS result"
    assert "Not found" not in str(card.detail)


def test_a_cancer_without_a_site_of_ours_is_named_by_its_label() -> None:
    finding = replace(recurrence(), values={"site": "other", "certainty": "documented", "pattern": "local"})
    labelled = replace(finding, words={"label": "Malignant neoplasm of pancreas *"})
    card = only(labelled)
    assert card.summary == "Local recurrence of malignant neoplasm of pancreas *"
    assert "pancreas &#42;" in str(card.detail)


def test_an_earlier_dose_that_exceeds_by_itself_is_not_called_a_sum() -> None:
    card = only(cord(priorEqd2Gy=71.0, proposedEqd2Gy=None, cumulativeEqd2Gy=None), hook="order-sign")
    assert "earlier EQD2 71 Gy exceeds" in card.summary
    assert "| 71 | not on file | no sum |" in str(card.detail)


def test_the_dose_table_has_each_number_beside_its_source() -> None:
    detail = str(only(overlap(), cord(), hook="order-sign").detail)
    row = "| Spinal cord | 50 | 23.3 | 73.3 | 70 (Sahgal et al. 2021, HyTEC; published low-risk factors) | 20 |"
    assert row in detail
    assert "below the value compared, not a dose to prescribe" in detail
    assert "No recovery assumed." in detail


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


@pytest.mark.conforms("G109")
def test_a_topic_is_a_code_of_the_published_code_system() -> None:
    base_url = "https://cds.example.org"
    resource = code_system(base_url)
    CodeSystem.model_validate(resource)
    codes = {concept["code"]: concept["display"] for concept in resource["concept"]}  # type: ignore[index,union-attr,call-overload]
    topic = only(recurrence()).source.topic
    assert topic is not None
    assert codes[topic.code] == topic.display
    assert topic.system == resource["url"] == f"{base_url}/fhir/CodeSystem/card-topic"
    assert only(recurrence()).source.url == f"{base_url}/transparency"


def test_the_extension_carries_all_findings_with_empty_members_left_out() -> None:
    wire = only(recurrence(), overlap(), interval(), workup("biopsy")).to_wire()
    findings = wire["extension"]["org.rert-cds.findings"]
    assert {finding["rule"] for finding in findings} == {
        "recurrence.pattern", "reirradiation.overlap", "reirradiation.interval", "workup.biopsy",
    }  # fmt: skip
    assert findings[-1] == {
        "rule": "workup.biopsy",
        "status": "missing",
        "knowledgeVersion": "2026.11.1",
        "values": {"item": "biopsy"},
    }


@pytest.mark.conforms("G113", "G125")
def test_sources_are_links_with_https_addresses_only() -> None:
    odd = Finding("salvage.x", "option", "recurrence", {"option": "x"}, None, (), (SourceReference("L", "http://x"),))
    card = only(cord(), odd, hook="order-sign")
    assert [link.url for link in card.links or ()] == [HYTEC.url]


@pytest.mark.conforms("G132")
def test_the_same_advice_has_the_same_fingerprint_whatever_the_uuids() -> None:
    first, second = answer(recurrence(), overlap()), answer(overlap(), recurrence())
    assert first.cards[0].uuid != second.cards[0].uuid
    assert fingerprint(first) == fingerprint(second)
    one, two = (response.cards[0].extension for response in (first, second))
    assert one is not None
    assert one == two
    assert re.fullmatch("[0-9a-f]{64}", one["org.rert-cds.fingerprint"])
    assert fingerprint(answer(recurrence("possible"), overlap())) != fingerprint(first)


@pytest.mark.conforms("A08", "G111")
def test_override_reasons_all_have_a_display() -> None:
    assert len({reason.code for reason in OVERRIDE_REASONS}) == len(OVERRIDE_REASONS)
    assert all(reason.display for reason in OVERRIDE_REASONS)


@pytest.mark.conforms("A02", "A03", "A04")
def test_no_empty_member_reaches_the_wire_and_resources_stay_whole() -> None:
    resource = {"resourceType": "ServiceRequest", "given": [None, "a"], "dose": Decimal("50.40")}
    card = Card(
        summary="s",
        indicator="info",
        source=Source(label="l", url=""),
        detail="",
        suggestions=(Suggestion(label="x", actions=(Action(type="update", description="d", resource=resource),)),),
        extension={"a": None, "b": [], "c": {"d": {}, "e": ["", None]}, "f": 0, "g": False, "h": Decimal("1.5")},
    )
    wire = card.to_wire()
    assert wire["extension"] == {"f": 0, "g": False, "h": Decimal("1.5")}
    assert wire["suggestions"][0]["actions"][0]["resource"] == resource
    assert set(wire) == {"uuid", "summary", "indicator", "source", "suggestions", "extension"}
    assert wire["source"] == {"label": "l"}


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


def test_a_copy_of_a_card_is_sent_as_the_copy_says() -> None:
    card = only(recurrence())
    said = card.to_wire()
    other = card.model_copy(update={"summary": "Another one"})
    assert (other.to_wire()["summary"], card.to_wire()) == ("Another one", said)


def test_a_member_added_to_the_extension_is_sent_as_if_it_had_been_there() -> None:
    card = Card(summary="x", indicator="info", source=Source(label="y"))
    more = card.with_extension("a", "1").with_extension("b", "2")
    assert (
        more.to_wire() == Card(**more.model_dump()).to_wire() == {**card.to_wire(), "extension": {"a": "1", "b": "2"}}
    )
