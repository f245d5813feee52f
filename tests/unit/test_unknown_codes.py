"""`rert-cds knowledge unknown`: the codes in a chart that no rule understands, without words of the record."""

import json
from pathlib import Path
from typing import Any

import pytest

from cds_service.cli import main

SCT, ICD10, LOINC = "http://snomed.info/sct", "http://hl7.org/fhir/sid/icd-10-cm", "http://loinc.org"
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"


def concept(system: str, code: str, display: str = "") -> dict[str, Any]:
    return {"coding": [{"system": system, "code": code} | ({"display": display} if display else {})]}


def resource(kind: str, **elements: Any) -> dict[str, Any]:
    return {"resource": {"resourceType": kind, "id": "x", "subject": {"reference": "Patient/p"}, **elements}}


CHART = {"resourceType": "Bundle", "entry": [
    resource("Condition", code=concept(ICD10, "C20"),
             bodySite=[concept(SCT, "34402009"), concept(SCT, "999", "A place")]),
    resource("Condition", code=concept(ICD10, "I10", "Hypertension")),
    resource("Condition", code=concept(ICD10, "I10", "High blood pressure")),
    resource("Condition", code={"text": "Smith, likes tea"}),
    resource("Condition", code={"coding": [*concept(ICD10, "C20")["coding"], *concept("urn:local", "RECT")["coding"]]}),
    resource("Procedure", code=concept("urn:oid:2.16.840.1.113883.6.96", "80146002")),
    resource("Procedure", code=concept(SCT, "87677003")),
    resource("Observation", code=concept(LOINC, "2345-7")),
    resource("Observation", code=concept(LOINC, "81420-2")),
    resource("MedicationRequest", medicationCodeableConcept=concept(RXNORM, "318341")),
    resource("MedicationRequest", medicationCodeableConcept=concept(RXNORM, "6809", "metformin")),
    resource("DiagnosticReport", code=concept(LOINC, "58410-2"), contained=[{"resourceType": "Medication", "id": "d",
             "code": concept(RXNORM, "860975")}]),
    resource("Encounter", code=concept(SCT, "1")),
]}  # fmt: skip


@pytest.fixture
def chart(tmp_path: Path) -> str:
    file = tmp_path / "chart.json"
    file.write_text(json.dumps(CHART))
    return str(file)


def test_codes_that_no_rule_understands_are_listed_by_type_and_number_of_uses(
    chart: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["knowledge", "unknown", chart]) == 0
    assert capsys.readouterr().out.splitlines() == [
        f"Condition  2  code  {ICD10}|I10",
        f"Condition  1  bodySite  {SCT}|999",
        "Condition  1  code  text without a code",
        f"DiagnosticReport  1  code  {LOINC}|58410-2",
        f"Medication  1  code  {RXNORM}|860975",
        f"MedicationRequest  1  medicationCodeableConcept  {RXNORM}|6809",
        f"Observation  1  code  {LOINC}|2345-7",
        f"Procedure  1  code  {SCT}|80146002",
    ]


def test_words_of_the_record_are_printed_only_when_asked_for(chart: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["knowledge", "unknown", chart]) == 0
    plain = capsys.readouterr().out
    assert main(["knowledge", "unknown", chart, "--display"]) == 0
    shown = capsys.readouterr().out
    for word in ("Smith, likes tea", "High blood pressure", "metformin", "A place"):
        assert word not in plain
        assert word in shown


def test_a_chart_of_known_codes_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "one.json"
    file.write_text(json.dumps(resource("Condition", code=concept(ICD10, "C20"))["resource"]))
    assert main(["knowledge", "unknown", str(file)]) == 0
    assert capsys.readouterr().out == "Every code in it is understood by a rule, or it holds none.\n"


@pytest.mark.parametrize("content", [None, "[]", "{", '{"a": 1, "a": 2}'])
def test_what_cannot_be_read_is_refused_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str | None
) -> None:
    file = tmp_path / "bad.json"
    if content is not None:
        file.write_text(content)
    assert main(["knowledge", "unknown", str(file)]) == 1
    assert capsys.readouterr().err.count("\n") == 1
    assert main(["knowledge", "unknown"]) == 1


def test_an_unknown_action_is_wrong_usage() -> None:
    with pytest.raises(SystemExit) as ended:
        main(["knowledge", "guess"])
    assert ended.value.code == 2
