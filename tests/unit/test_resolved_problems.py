"""Symptoms and emergencies that are over are no longer symptoms and emergencies."""

import json

import pytest
from table_of_codes import SCT, condition

from cds_service.code_table import build_code_table
from clinical_rules.knowledge import load_knowledge
from fhir_mappings import read_facts
from fhir_mappings.prefetch import Prefetch

PATIENT = json.dumps({"resourceType": "Patient", "id": "p"}).encode()
CODES = build_code_table(load_knowledge())
CLINICAL = "http://terminology.hl7.org/CodeSystem/condition-clinical"


def events(code: str, **elements: object) -> tuple[tuple[str, str], ...]:
    resources = [condition("cancer", "C32.0"), condition("problem", code, **elements)]
    bundle = {"resourceType": "Bundle", "entry": [{"resource": each} for each in resources]}
    facts = read_facts(Prefetch("p", {"patient": PATIENT, "conditions": json.dumps(bundle).encode()}, {}), CODES)
    return tuple((event.kind, event.item) for event in facts.events)


def status(code: str) -> dict[str, object]:
    return {"clinicalStatus": {"coding": [{"system": CLINICAL, "code": code}]}}


@pytest.mark.parametrize(
    ("code", "event"),
    [
        ("R06.1", ("emergency", "airway")),
        ("K56.69", ("symptom", "bowel-obstruction")),
        ("G89.3", ("pain", "neoplasm-related pain")),
        ("D70.1", ("symptom", "neutropenia")),
        ("K52.1", ("immune-event", "gut")),
    ],
)
def test_a_problem_counts_until_it_is_resolved_or_has_an_end(code: str, event: tuple[str, str]) -> None:
    assert events(code) == (event,)
    assert events(code, **status("active")) == (event,)
    assert events(code, **status("resolved")) == ()
    assert events(code, **status("inactive"), abatementDateTime="2026-01-01") == ()
    assert events(code, abatementDateTime="2026-01-01") == ()


def test_palliative_care_that_was_resolved_stays_on_file() -> None:
    assert events("Z51.5", **status("resolved")) == (("palliative-care", "palliative care"),)


def test_hospice_care_that_has_ended_no_longer_withholds_options() -> None:
    assert events("385763009", system=SCT) == (("hospice", "hospice care"),)
    assert events("385763009", system=SCT, **status("resolved")) == ()
    assert events("385763009", system=SCT, abatementDateTime="2015-01-01") == ()
