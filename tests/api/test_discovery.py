"""Discovery and the published pages."""

import re
from typing import Any

import pytest

TEMPLATE = re.compile(
    r"[A-Z][A-Za-z]+(/\{\{context\.patientId\}\}|\?patient=\{\{context\.patientId\}\}(&code=[^&{}? ]+)?)"
)


def nothing_empty(value: Any) -> bool:
    if isinstance(value, dict):
        return bool(value) and all(map(nothing_empty, value.values()))
    if isinstance(value, list):
        return bool(value) and all(map(nothing_empty, value))
    return value not in (None, "")


@pytest.mark.conforms("B12", "B13", "B14", "B17", "B19", "B27", "B28")
def test_four_services_are_discovered(service: Any) -> None:
    answer = service.client.get("/cds-services")
    assert (answer.status_code, answer.content_type) == (200, "application/json")
    found = {entry["id"]: entry["hook"] for entry in answer.json["services"]}
    assert found == {
        "oncology-patient-view": "patient-view",
        "oncology-order-select": "order-select",
        "oncology-order-sign": "order-sign",
        "oncology-problem-list-item-create": "problem-list-item-create",
    }


@pytest.mark.conforms("A02", "A03", "B24", "M177")
def test_discovery_holds_nothing_empty_and_the_versions_of_the_hooks(service: Any) -> None:
    entries = service.client.get("/cds-services").json["services"]
    assert nothing_empty(entries)
    assert {entry["hook"]: entry["hookVersion"] for entry in entries} == {
        "patient-view": "1.0", "order-select": "1.0", "order-sign": "1.0", "problem-list-item-create": "0.1.0",
    }  # fmt: skip


@pytest.mark.conforms("B21", "B29", "C31", "C32", "C33", "C34", "C35", "C36", "C38", "C39", "C40", "C42", "C43")
@pytest.mark.conforms("C44", "C45", "M177")
def test_prefetch_is_the_same_for_all_services_and_of_the_widely_supported_form(service: Any) -> None:
    first, *others = [entry["prefetch"] for entry in service.client.get("/cds-services").json["services"]]
    assert all(other == first for other in others)
    assert list(first) == [
        "patient", "conditions", "procedures", "volumes", "radiationDose", "observations", "medications", "reports",
    ]  # fmt: skip
    assert [template for template in first.values() if not TEMPLATE.fullmatch(template)] == []
    assert first["radiationDose"].endswith(
        "code=http://loinc.org|73569-6,http://snomed.info/sct|445461008,http://snomed.info/sct|445565002"
    )
    assert "|" in first["observations"]


@pytest.mark.conforms("B22", "E84")
def test_the_indispensable_keys_are_stated(service: Any) -> None:
    for entry in service.client.get("/cds-services").json["services"]:
        assert "patient, procedures, conditions" in entry["usageRequirements"]


@pytest.mark.conforms("D47", "M187")
@pytest.mark.parametrize("path", ["/cds-services", "/cds-services/", "//cds-services", "/cds-services//"])
def test_slashes_are_answered_without_redirect(service: Any, path: str) -> None:
    answer = service.client.open(path, method="GET", environ_overrides={"PATH_INFO": path})
    assert answer.status_code == 200
    assert "services" in answer.json


def test_head_is_answered_like_get_without_a_body(service: Any) -> None:
    answer = service.client.head("/cds-services")
    assert (answer.status_code, answer.data) == (200, b"")


@pytest.mark.conforms("G109")
def test_card_topics_are_a_fhir_code_system_under_the_public_address(service: Any) -> None:
    answer = service.client.get("/fhir/CodeSystem/card-topic")
    assert answer.content_type == "application/fhir+json"
    assert answer.json["url"] == "http://127.0.0.1:8000/fhir/CodeSystem/card-topic"
    assert {concept["code"] for concept in answer.json["concept"]} == {
        "recurrence", "reirradiation", "second-primary", "workup", "supportive-care", "data-quality",
    }  # fmt: skip


def test_our_dose_metric_extension_is_published(service: Any) -> None:
    answer = service.client.get("/fhir/StructureDefinition/dose-metric")
    assert (answer.status_code, answer.content_type) == (200, "application/fhir+json")
    assert answer.json["url"] == "urn:rert-cds:dose-metric"


@pytest.mark.conforms("L176")
def test_transparency_names_rules_sources_and_whom_it_is_not_for(service: Any) -> None:
    page = service.client.get("/transparency")
    assert page.content_type == "text/html; charset=utf-8"
    for said in ("reirradiation.spinal-cord.cumulative-eqd2", "Sahgal", "not meant for", "Children"):
        assert said in page.text


def test_health_is_answered(service: Any) -> None:
    assert service.client.get("/health/live").json == {"status": "live"}
    ready = service.client.get("/health/ready").json
    assert ready["status"] == "ready"
    assert ready["knowledgeVersion"]
