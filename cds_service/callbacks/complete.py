"""Completes the prefetch of a call: which keys are not whole, whether we may ask, and all of them at once."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from time import monotonic

from structlog.typing import FilteringBoundLogger

from cds_service.callbacks.client import Budget, FhirClient
from cds_service.callbacks.completed import Complete, Completed
from cds_service.callbacks.filling import Filled, fill
from cds_service.callbacks.gaps import Gap, gaps
from cds_service.callbacks.parallel import in_parallel
from cds_service.callbacks.queries import Query, queries
from cds_service.callbacks.reasons import Reason
from cds_service.callbacks.servers import Servers, Target
from cds_service.deadline import Deadline
from cds_service.protocol import CDSRequest
from cds_service.services import INDISPENSABLE
from clinical_rules.facts import Availability
from fhir_mappings.brought import Brought

JUDGING_SHARE, JUDGING_SECONDS_AT_MOST = 0.25, 0.3
"""What of the time of a call is kept to judge it: a quarter, and never more than a large chart needs."""
FAIR_SHARE = 0.5
"""Of the time of a call that a server must have had before its silence counts against it."""
GRACE_SECONDS = 0.05
"""Between the end of a request and that of waiting for it, so that its first pages are not lost."""


@dataclass(frozen=True, slots=True)
class _Call:
    """Who calls, for the log."""

    client: str | None
    correlation_id: str


class Callbacks:
    """The way to the FHIR servers of all clients, for one worker process."""

    def __init__(
        self,
        servers: Servers,
        templates: Mapping[str, str],
        log: FilteringBoundLogger,
        *,
        bytes_at_most: int,
    ) -> None:
        """The templates are those of discovery; `bytes_at_most` bounds what one call reads."""
        self._servers, self._templates, self._log = servers, templates, log
        self._bytes_at_most = bytes_at_most

    def of(self, client: str | None, correlation_id: str) -> Complete:
        """What completes the prefetch of a call by this client (None: callers are not told apart)."""
        return partial(self._complete, _Call(client, correlation_id))

    def _complete(self, call: _Call, cds_request: CDSRequest, deadline: Deadline) -> Completed:
        if cds_request.fhir_server is None or not (lacking := gaps(cds_request.prefetch, self._templates)):
            return Completed(cds_request.prefetch)
        target = self._servers.target(cds_request.fhir_server, call.client)
        if target is None:
            self._say("fhir-server-not-listed", call)
            return Completed(cds_request.prefetch)
        if not _may_ask(cds_request, target):
            self._say("no-usable-token", call)
            return Completed(cds_request.prefetch)
        asked = queries({key: self._templates[key] for key in lacking}, cds_request.patient_id)
        filled = _not_granted(cds_request, asked)
        granted = {key: query for key, query in asked.items() if key not in filled}
        filled |= self._ask(target, granted, lacking, cds_request, deadline)
        completed = _completed(cds_request.prefetch, filled)
        if completed.reasons:
            self._say("not-fetched", call, {key: reason.name for key, reason in completed.reasons.items()})
        return completed

    def _ask(
        self,
        target: Target,
        asked: Mapping[str, Query],
        lacking: Mapping[str, Gap],
        cds_request: CDSRequest,
        deadline: Deadline,
    ) -> dict[str, Filled]:
        """The answers, if the server is well and not crowded."""
        if not asked:
            return {}
        with _Place(self._servers, target) as has_place:
            if not has_place:
                return dict.fromkeys(asked, Filled(None, Reason.CROWD))
            if not target.server.breaker.lets_through():
                return dict.fromkeys(asked, Filled(None, Reason.CIRCUIT))
            seconds = deadline.left_seconds() - min(JUDGING_SHARE * deadline.limit_seconds, JUDGING_SECONDS_AT_MOST)
            filled = self._fetched(target, asked, lacking, cds_request, seconds)
        if not _server_failed(filled):
            target.server.breaker.succeeded()
        elif seconds >= FAIR_SHARE * deadline.limit_seconds:
            target.server.breaker.failed()
        return filled

    def _fetched(
        self,
        target: Target,
        asked: Mapping[str, Query],
        lacking: Mapping[str, Gap],
        cds_request: CDSRequest,
        seconds: float,
    ) -> dict[str, Filled]:
        token = cds_request.authorization.token if cds_request.authorization else None
        ends = monotonic() + seconds - GRACE_SECONDS
        client = FhirClient(target.base, token, ends, Budget(self._bytes_at_most))
        jobs = {
            key: partial(fill, client, query, lacking[key], cds_request.prefetch.get(key))
            for key, query in asked.items()
        }
        late = dict.fromkeys(asked, Filled(None, Reason.LATE))
        return late | in_parallel(jobs, seconds)

    def _say(self, event: str, call: _Call, keys: Mapping[str, str] | None = None) -> None:
        told = {"keys": keys} if keys else {}
        self._log.warning(event, client=call.client, correlation_id=call.correlation_id, **told)


class _Place:
    """A place among the calls that wait for FHIR servers; False if all are taken."""

    def __init__(self, servers: Servers, target: Target) -> None:
        self._places = (servers.places, target.server.places)
        self._taken = 0

    def __enter__(self) -> bool:
        for place in self._places:
            if not place.acquire(blocking=False):
                return False
            self._taken += 1
        return True

    def __exit__(self, *_: object) -> None:
        for place in self._places[: self._taken]:
            place.release()


def _may_ask(cds_request: CDSRequest, target: Target) -> bool:
    if cds_request.authorization is None:
        return target.without_token
    return cds_request.authorization.token is not None


def _not_granted(cds_request: CDSRequest, asked: Mapping[str, Query]) -> dict[str, Filled]:
    granted = cds_request.authorization
    excluded = [key for key, query in asked.items() if granted and not granted.scopes.may_read(query.resource_type)]
    return dict.fromkeys(excluded, Filled(None, Reason.NOT_GRANTED))


def _server_failed(filled: Mapping[str, Filled]) -> bool:
    """Whether the server did not answer at all, or not what no call can do without: then waiting again is in vain."""
    failed = {key for key, one in filled.items() if one.reason is not None and one.reason.blames_server}
    return len(failed) == len(filled) or not failed.isdisjoint(INDISPENSABLE)


def _completed(prefetch: Brought, filled: Mapping[str, Filled]) -> Completed:
    raw = {**prefetch, **{key: one.raw for key, one in filled.items() if one.raw is not None}}
    reasons = {key: one.reason for key, one in filled.items() if one.reason is not None}
    failed: dict[str, Availability] = {
        key: "failed" for key, reason in reasons.items() if key not in raw and reason is not Reason.NOT_GRANTED
    }
    return Completed(Brought(raw), failed, reasons)
