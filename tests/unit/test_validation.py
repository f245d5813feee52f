"""Validation names elements and releases, never values."""

import pytest

from fhir_mappings.errors import InvalidResourceError
from fhir_mappings.strict_json import loads
from fhir_mappings.validation import TYPES, validate, warm_up

SUBJECT = {"reference": "Patient/p"}
PROCEDURE = {"resourceType": "Procedure", "id": "x", "status": "completed", "subject": SUBJECT}


def message(**elements):
    with pytest.raises(InvalidResourceError) as caught:
        validate({**PROCEDURE, **elements})
    return str(caught.value)


def test_one_of_each_type_is_validated_at_start():
    warm_up()
    assert "Condition" in TYPES


def test_decimals_as_the_strict_reader_gives_them_are_valid():
    raw = b'{"resourceType":"Observation","status":"final","code":{"text":"x"},"valueQuantity":{"value":50.40}}'
    validate(loads(raw))


def test_the_element_at_fault_is_named_and_its_value_is_not():
    assert message(performedDateTime="Jane Doe") == "not valid FHIR R4 at: performedDateTime"


def test_an_element_name_that_fhir_does_not_know_is_not_repeated():
    assert "Jane_Doe" not in message(Jane_Doe="1")


def test_a_contained_type_that_does_not_exist_is_refused_like_any_other_fault():
    assert message(contained=[{"resourceType": "RadiationDose"}]) == "not valid FHIR R4 at: contained"


def test_a_resource_of_r5_is_called_by_its_cause():
    assert "another FHIR release" in message(occurrencePeriod={"start": "2020"})


def test_a_condition_of_stu3_is_called_by_its_cause():
    with pytest.raises(InvalidResourceError, match="another FHIR release"):
        validate({"resourceType": "Condition", "subject": SUBJECT, "clinicalStatus": "active"})


def test_a_type_that_nothing_reads_is_refused():
    with pytest.raises(InvalidResourceError):
        validate({"resourceType": "Claim"})
