"""Entries of odd shapes in a chart: what they say is found, or that they could not be read is told."""

import json

import pytest
from table_of_codes import CODES, ICD10, SCT, SUBJECT, concept, condition, procedure

from fhir_mappings import read_facts
from fhir_mappings.prefetch import Prefetch
from fhir_mappings.select import select

DOSE = "http://hl7.org/fhir/us/mcode/StructureDefinition/mcode-radiotherapy-dose-delivered-to-volume"
VOLUME = {"resourceType": "BodyStructure", "id": "v", "patient": SUBJECT, "location": concept(SCT, "34402009")}
COURSE = procedure("rt", "1217123003")


def course(reference):
    volume = {"url": "volume", "valueReference": {"reference": reference}}
    return {**COURSE, "extension": [{"url": DOSE, "extension": [volume]}]}


def bundle(*resources):
    return {"resourceType": "Bundle", "entry": [{"resource": one} for one in resources]}


def brought(**keys):
    raw = {key: value if isinstance(value, bytes) else json.dumps(value).encode() for key, value in keys.items()}
    return Prefetch("p", raw, {})


def told(**keys):
    return [(one.problem, one.reference, one.matters) for one in select(brought(**keys), CODES).problems]


def without_id(resource):
    return {name: value for name, value in resource.items() if name != "id"}


def test_a_volume_without_id_is_found_by_its_full_url():
    full_url = "urn:uuid:5d2b1a0e-4a0c-4b58-8a53-1d8f0b7d1c11"
    entries = [{"resource": course(full_url)}, {"fullUrl": full_url, "resource": without_id(VOLUME)}]
    facts = read_facts(brought(procedures={"resourceType": "Bundle", "entry": entries}), CODES)
    assert [site.region for site in facts.courses[0].sites] == ["rectum"]


def test_a_volume_that_is_referred_to_and_cannot_be_read_is_told():
    twice = json.dumps(bundle(VOLUME)).replace('"id": "v"', '"id": "v", "id": "v"').encode()
    assert told(procedures=bundle(course("BodyStructure/v")), volumes=twice) == [
        ("unreadable", "BodyStructure/v", False)
    ]


@pytest.mark.parametrize(
    "odd", [bundle(COURSE), {"code": COURSE["code"], "id": "x"}, {"resourceType": "RadiationDose", "id": "x"}]
)
def test_entries_that_are_no_resources_are_told(odd):
    assert told(procedures=bundle(odd)) == [("unreadable", "procedures", True)]
    assert select(brought(procedures=bundle(odd)), CODES).availability["procedures"] == "found"


def test_odd_entries_matter_only_where_advice_may_rest_on_them():
    for key in ("procedures", "conditions", "observations", "volumes"):
        matters = key in ("procedures", "conditions")
        assert told(**{key: bundle({"id": "x"})}) == [("unreadable", key, matters)]
        assert told(**{key: {"resourceType": "Bundle", "entry": [5]}}) == [("unreadable", key, matters)]


def test_one_id_with_two_contents_is_told_unless_one_is_the_later():
    other = {**COURSE, "status": "stopped"}
    assert told(procedures=bundle(COURSE, COURSE)) == []
    expected = [("conflicting-versions", "Procedure/rt", True)]
    assert told(procedures=bundle(COURSE, other)) == told(procedures=bundle(other, COURSE)) == expected
    for meta in ({"versionId": "2"}, {"lastUpdated": "2026-01-01T00:00:00Z"}):
        assert told(procedures=bundle(COURSE, {**other, "meta": meta})) == []


def test_what_the_hook_brings_replaces_the_chart_without_a_word():
    added = {**condition("c", "C20", ICD10), "recordedDate": "2026-01-01"}
    call = Prefetch("p", brought(conditions=bundle(condition("c", "C20", ICD10))).raw,
                    {"conditions": json.dumps(bundle(added)).encode()})  # fmt: skip
    selection = select(call, CODES)
    assert [entry.resource.get("recordedDate") for entry in selection.chosen] == ["2026-01-01"]
    assert selection.problems == ()
