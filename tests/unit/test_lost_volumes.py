"""A treated volume that did not come along or is not named may lie anywhere: its course is not told to be elsewhere."""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from table_of_codes import ICD10, SCT, SUBJECT, concept, condition, procedure

from cds_service.code_table import build_code_table
from clinical_rules import assess
from clinical_rules.knowledge import load_knowledge
from fhir_mappings import read_facts
from fhir_mappings.prefetch import Prefetch

ON = date(2026, 11, 20)
KNOWLEDGE = load_knowledge()
CODES = build_code_table(KNOWLEDGE)
DELIVERED = "http://hl7.org/fhir/us/mcode/StructureDefinition/mcode-radiotherapy-dose-delivered-to-volume"
ORDER = {
    "resourceType": "ServiceRequest", "id": "order", "status": "draft", "intent": "order", "subject": SUBJECT,
    "code": concept(SCT, "1217123003"), "bodySite": [concept(SCT, "39607008")],
}  # fmt: skip


def overlap(*volumes: str | None, **elements: Any) -> tuple[str, tuple[str, ...]]:
    """What is said of a course for rectal cancer before an order to the lung, and the regions of the course."""
    doses = [_dose(volume) for volume in volumes]
    course = procedure(
        "rt", "1217123003", performedPeriod={"start": "2023-01-10", "end": "2023-02-24"},
        reasonReference=[{"reference": "Condition/c"}], extension=doses, **elements,
    )  # fmt: skip
    raw = {key: _bundle() for key in ("volumes", "observations", "medications", "reports")}
    raw |= {
        "conditions": _bundle(condition("c", "C20", ICD10, onsetDateTime="2022-10-10")),
        "procedures": _bundle(course),
    }
    raw["volumes"] = _bundle(_volume("rectum", "34402009"))
    raw["patient"] = json.dumps({"resourceType": "Patient", "id": "p", "birthDate": "1960-02-05"}).encode()
    facts = read_facts(Prefetch("p", raw, {"draftOrders": _bundle(ORDER)}), CODES)
    found = assess(facts, hook="order-sign", knowledge=KNOWLEDGE.on(ON), on=ON).findings
    values = next(finding.values for finding in found if finding.rule == "reirradiation.overlap")
    return str(values["overlap"]), tuple(site.region for site in facts.courses[0].sites)


def test_the_reason_alone_does_not_place_a_volume_that_did_not_come_along() -> None:
    assert overlap("lost") == ("unknown", ("rectum", "unspecified"))


def test_the_reason_alone_does_not_place_a_dose_that_names_no_volume() -> None:
    assert overlap(None) == ("unknown", ("rectum", "unspecified"))
    assert overlap("rectum", None) == ("unknown", ("rectum", "unspecified"))


def test_a_second_volume_that_did_not_come_along_may_lie_anywhere() -> None:
    assert overlap("rectum", "lost") == ("unknown", ("rectum", "unspecified"))


def test_a_volume_that_came_along_places_the_course() -> None:
    assert overlap("rectum") == ("none-found", ("rectum",))


def test_the_place_of_the_whole_course_stands_for_its_volumes() -> None:
    assert overlap("lost", bodySite=[concept(SCT, "34402009")]) == ("none-found", ("rectum",))
    assert overlap(None, bodySite=[concept(SCT, "34402009")]) == ("none-found", ("rectum",))


def _dose(volume: str | None) -> Mapping[str, object]:
    named = [{"url": "volume", "valueReference": {"reference": f"BodyStructure/{volume}"}}] if volume else []
    parts = [
        *named,
        {
            "url": "totalDoseDelivered",
            "valueQuantity": {"value": 5000, "system": "http://unitsofmeasure.org", "code": "cGy"},
        },
        {"url": "fractionsDelivered", "valueUnsignedInt": 25},
    ]
    return {"url": DELIVERED, "extension": parts}


def _volume(name: str, code: str) -> Mapping[str, object]:
    return {"resourceType": "BodyStructure", "id": name, "patient": SUBJECT, "location": concept(SCT, code)}


def _bundle(*resources: Mapping[str, object]) -> bytes:
    return json.dumps({"resourceType": "Bundle", "entry": [{"resource": one} for one in resources]}).encode()
