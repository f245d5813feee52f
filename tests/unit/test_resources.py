"""References are resolved among what came along, in every spelling, and never fetched."""

import pytest

from fhir_mappings.prefetch import Selected
from fhir_mappings.resources import Resources

VOLUME = {"resourceType": "BodyStructure", "id": "v1"}
COURSE = {
    "resourceType": "Procedure",
    "id": "rt",
    "contained": [{"resourceType": "BodyStructure", "id": "inner", "description": "PTV"}],
}
BASE = Selected("Procedure/rt", "Procedure", COURSE, "urn:uuid:0a", "procedures")
RESOURCES = Resources([BASE, Selected("BodyStructure/v1", "BodyStructure", VOLUME, "urn:uuid:0b", "volumes")])


@pytest.mark.parametrize(
    "reference",
    [
        "BodyStructure/v1",
        "BodyStructure/v1/_history/3",
        "https://ehr.example.org/fhir/BodyStructure/v1",
        "http://10.0.0.1/BodyStructure/v1/_history/2",
        "urn:uuid:0b",
    ],
)
def test_every_form_of_a_reference_finds_the_resource(reference):
    assert RESOURCES.resolve(reference, BASE) == VOLUME
    assert RESOURCES.normalise(reference, BASE) == "BodyStructure/v1"


def test_a_contained_resource_is_found_in_its_base_only():
    assert RESOURCES.resolve("#inner", BASE)["description"] == "PTV"
    assert RESOURCES.normalise("#inner", BASE) == "Procedure/rt#inner"
    assert RESOURCES.resolve("#other", BASE) is None


@pytest.mark.parametrize("reference", ["BodyStructure/v2", "urn:uuid:9", "Practitioner?identifier=1", "", None])
def test_what_did_not_come_along_is_not_found(reference):
    assert RESOURCES.resolve(reference, BASE) is None


def test_a_reference_that_names_nothing_keeps_its_text():
    assert RESOURCES.normalise("Practitioner?identifier=1", BASE) == "Practitioner?identifier=1"
