"""The straight line of one call: prefetch, facts, findings, cards. No HTTP in it; the command line uses it too."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from cards import compose
from cards.model import CDSResponse
from cds_service.deadline import Deadline
from cds_service.errors import MissingDataError
from cds_service.orders import orders_by_reference
from cds_service.parts import Parts
from cds_service.protocol import CDSRequest
from cds_service.services import INDISPENSABLE, Service
from clinical_rules.assess import assess
from clinical_rules.facts import Availability, PatientFacts
from clinical_rules.findings import Assessment, Hook
from fhir_mappings import read_facts
from fhir_mappings.availability import availability_of
from fhir_mappings.prefetch import Prefetch

NOTHING_TO_SAY = CDSResponse()
_ANSWERED = frozenset({"found", "nothing-found"})


@dataclass(frozen=True, slots=True)
class Judged:
    """The answer to a call, and what the log says of it."""

    response: CDSResponse
    on: date
    facts: PatientFacts | None = None
    assessment: Assessment | None = None
    keys: Mapping[str, Availability] | None = None


def judge_call(cds_request: CDSRequest, service: Service, parts: Parts, *, on: date, deadline: Deadline) -> Judged:
    """The answer to a call whose envelope and patient are checked; MissingDataError if it cannot be judged."""
    if service.order_hook and not speaks_of(cds_request, service, parts):
        return Judged(NOTHING_TO_SAY, on)
    availability = {key: _availability(cds_request.prefetch.get(key)) for key in parts.prefetch}
    _require(availability)
    prefetch = Prefetch(
        patient_id=cds_request.patient_id,
        raw={key: cds_request.prefetch[key] for key in parts.prefetch if key in cds_request.prefetch},
        context_raw=cds_request.resources,
        selections=cds_request.selections,
        availability=availability,
    )
    return judge(prefetch, service.hook, parts, on=on, deadline=deadline)


def judge(prefetch: Prefetch, hook: Hook, parts: Parts, *, on: date, deadline: Deadline) -> Judged:
    """Facts, findings and cards for data that are known to be enough."""
    settings, switches = parts.settings, parts.switches.current()
    deadline.check()
    facts = read_facts(prefetch, parts.codes)
    deadline.check()
    assessment = assess(
        facts,
        hook=hook,
        knowledge=parts.knowledge.on(on),
        on=on,
        settings=settings.rule_settings(switches.disabled_rules),
    )
    deadline.check()
    if not assessment.findings:
        return Judged(NOTHING_TO_SAY, on, facts, assessment, prefetch.availability)
    response = compose(
        assessment,
        base_url=settings.public_base_url,
        max_cards=settings.cards_at_most(hook),
        orders=orders_by_reference(prefetch.context_raw.get("draftOrders")),
    )
    deadline.check()
    return Judged(response, on, facts, assessment, prefetch.availability)


def speaks_of(cds_request: CDSRequest, service: Service, parts: Parts) -> bool:
    """Whether a draft order (on order-select: a selected one) is of a kind that this service speaks about."""
    orders_only = Prefetch(
        patient_id=cds_request.patient_id,
        raw={},
        context_raw=cds_request.resources,
        selections=cds_request.selections,
    )
    facts = read_facts(orders_only, parts.codes)
    return any(order.selected or service.hook == "order-sign" for order in facts.orders) or bool(facts.systemic)


def _availability(raw: bytes | None) -> Availability:
    return "not-asked" if raw is None else availability_of(raw)


def _require(availability: Mapping[str, Availability]) -> None:
    missing = [key for key in INDISPENSABLE if availability[key] not in _ANSWERED]
    if availability["patient"] == "nothing-found":
        missing.insert(0, "patient")
    if missing:
        raise MissingDataError(
            *(
                f"Prefetch {key} is missing, failed or incomplete, and nothing can be judged without it."
                for key in missing
            )
        )
