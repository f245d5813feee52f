"""Findings as the rules give them, and the cards that are composed of them."""

from typing import Any

from cards import compose
from cards.model import Card, CDSResponse
from clinical_rules.findings import Assessment, Finding, Hook, SourceReference, Status, Urgency

HYTEC = SourceReference("Sahgal et al. 2021, HyTEC", "https://doi.org/10.1016/j.ijrobp.2019.09.038", "Table 3")


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
