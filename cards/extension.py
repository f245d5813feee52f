"""What a card carries for machines: its findings with values, evidence and sources, and a fingerprint."""

import hashlib
import json
from collections.abc import Mapping, Sequence

from cards.model import Card, CDSResponse
from clinical_rules.findings import JSON, Finding, SourceReference

FINDINGS = "org.rert-cds.findings"
FINGERPRINT = "org.rert-cds.fingerprint"


def machine_findings(findings: Sequence[Finding], knowledge_version: str) -> list[dict[str, JSON]]:
    """The findings of a card; members that are empty are left out."""
    return [_machine_finding(finding, knowledge_version) for finding in findings]


def _machine_finding(finding: Finding, knowledge_version: str) -> dict[str, JSON]:
    members: dict[str, JSON] = {
        "rule": finding.rule,
        "status": finding.status,
        "knowledgeVersion": knowledge_version,
        "values": finding.values,
        "evidence": list(finding.evidence),
        "sources": [_source(source) for source in finding.sources],
    }
    return {name: value for name, value in members.items() if value}


def _source(source: SourceReference) -> dict[str, JSON]:
    members = {"label": source.label, "url": source.url, "where": source.where}
    return {name: value for name, value in members.items() if value}


def card_fingerprint(card: Card) -> str:
    """SHA-256 over what the card says; the same advice has the same one, whatever its uuids."""
    return _digest(_without_uuids(card.to_wire()))


def fingerprint(response: CDSResponse) -> str:
    """SHA-256 over what all cards of a response say, by the fingerprints that they carry."""
    return _digest([(card.extension or {}).get(FINGERPRINT) or card_fingerprint(card) for card in response.cards])


def _without_uuids(card: Mapping[str, object]) -> dict[str, object]:
    """The card without uuids and without the fingerprint itself; resources inside actions stay whole."""
    kept = {name: value for name, value in card.items() if name not in {"uuid", "suggestions", "extension"}}
    suggestions, extension = card.get("suggestions"), card.get("extension")
    if isinstance(suggestions, list):
        kept["suggestions"] = [{k: v for k, v in entry.items() if k != "uuid"} for entry in suggestions]
    if isinstance(extension, dict):
        kept["extension"] = {name: value for name, value in extension.items() if name != FINGERPRINT}
    return kept


def _digest(value: object) -> str:
    # Decimals of an order are written as text: 2.0 and 2.00 are different orders
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
