"""Counts what became of each prefetch key that was asked for on a client's FHIR server."""

from cds_service.callbacks.completed import Complete, Completed
from cds_service.deadline import Deadline
from cds_service.metrics import count_callback
from cds_service.metrics_series import ANSWERED, outcome_of
from cds_service.protocol import CDSRequest


def counted(complete: Complete) -> Complete:
    """The same, and counts."""

    def completed(cds_request: CDSRequest, deadline: Deadline) -> Completed:
        found = complete(cds_request, deadline)
        if found.raw is not cds_request.prefetch:  # the usual call fetches nothing and has nothing to count
            _count(found, cds_request)
        return found

    return completed


def _count(found: Completed, cds_request: CDSRequest) -> None:
    for reason in found.reasons.values():
        count_callback(outcome_of(reason))
    for key, value in found.raw.items():
        if key not in found.reasons and value is not cds_request.prefetch.get(key):
            count_callback(ANSWERED)
