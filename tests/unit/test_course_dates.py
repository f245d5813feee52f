"""Dates of a course that cannot be, the whole way from bytes to the finding."""

import json
from datetime import date

import pytest
from table_of_codes import CODES, SCT, SUBJECT, concept, condition, procedure

from clinical_rules import assess
from clinical_rules.findings import Finding
from clinical_rules.knowledge import Knowledge
from fhir_mappings import read_facts
from fhir_mappings.prefetch import Prefetch

ON = date(2026, 11, 20)
PATIENT = {"resourceType": "Patient", "id": "p", "birthDate": "1960-02-05"}
ORDER = {
    "resourceType": "ServiceRequest", "id": "order", "status": "draft", "intent": "order", "subject": SUBJECT,
    "code": concept(SCT, "1217123003"), "bodySite": [concept(SCT, "34402009")],
}  # fmt: skip


def findings(knowledge: Knowledge, period: dict[str, str], status: str = "completed") -> dict[str, Finding]:
    course = procedure(
        "rt", "1217123003", status=status, performedPeriod=period, bodySite=[concept(SCT, "34402009")]
    )  # fmt: skip
    entries = {"conditions": [condition("c", "C20", onsetDateTime="2024-01-10")], "procedures": [course]}
    keys = ("conditions", "procedures", "volumes", "observations", "medications", "reports")
    raw = {key: _bundle(entries.get(key, [])) for key in keys}
    patient = json.dumps(PATIENT).encode()
    facts = read_facts(Prefetch("p", {**raw, "patient": patient}, {"draftOrders": _bundle([ORDER])}), CODES)
    found = assess(facts, hook="order-sign", knowledge=knowledge.on(ON), on=ON).findings
    return {finding.rule: finding for finding in found}


def _bundle(resources: list[dict[str, object]]) -> bytes:
    return json.dumps({"resourceType": "Bundle", "entry": [{"resource": one} for one in resources]}).encode()


@pytest.mark.parametrize(
    ("period", "status", "problem"),
    [
        ({"start": "2026-10-01", "end": "2027-03-12"}, "completed", "data.future-end"),
        ({"start": "2027-02-01", "end": "2027-03-12"}, "completed", "data.future-start"),
        ({"start": "2027-02-01"}, "in-progress", "data.future-start"),
        ({"start": "2026-03-12", "end": "2026-02-01"}, "completed", "data.reversed-dates"),
    ],
)
def test_an_impossible_date_is_named_and_gives_no_interval(
    knowledge: Knowledge, period: dict[str, str], status: str, problem: str
) -> None:
    found = findings(knowledge, period, status)
    assert found[problem].evidence == ("Procedure/rt",)
    assert found["reirradiation.interval"].values["band"] == "unknown"
    assert found["reirradiation.overlap"].values["overlap"] == "in-region"


def test_dates_in_order_are_no_problem(knowledge: Knowledge) -> None:
    found = findings(knowledge, {"start": "2026-02-01", "end": "2026-03-12"})
    assert not {rule for rule in found if rule.startswith("data.")}
    assert found["reirradiation.interval"].values["band"] == "6-12"
