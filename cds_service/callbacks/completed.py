"""The prefetch of a call as it is judged: what came along, and what was fetched in its place."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from cds_service.callbacks.reasons import Reason
from cds_service.deadline import Deadline
from cds_service.protocol import CDSRequest
from clinical_rules.facts import Availability
from fhir_mappings.brought import Brought


@dataclass(frozen=True, slots=True)
class Completed:
    """Values by key; what became of a key that no value tells of; and why a key could not be fetched."""

    raw: Brought
    availability: Mapping[str, Availability] = field(default_factory=dict)
    reasons: Mapping[str, Reason] = field(default_factory=dict)


Complete = Callable[[CDSRequest, Deadline], Completed]
"""Completes the prefetch of a call before its deadline."""


def as_sent(cds_request: CDSRequest, _deadline: Deadline) -> Completed:
    """Nothing is fetched: the prefetch alone counts."""
    return Completed(cds_request.prefetch)
