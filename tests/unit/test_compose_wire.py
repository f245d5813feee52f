"""What a card carries beside its words, and how it is sent."""

import re
from decimal import Decimal

import pytest
from composed_cards import HYTEC, answer, cord, interval, only, overlap, recurrence, workup
from fhir.resources.R4B.codesystem import CodeSystem

from cards import code_system, fingerprint
from cards.model import Action, Card, Source, Suggestion
from cards.override_reasons import OVERRIDE_REASONS
from clinical_rules.findings import Finding, SourceReference


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
