"""The straight line of one call: prefetch, facts, findings, cards. No HTTP in it; the command line uses it too."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from cards import compose
from cards.model import CDSResponse
from cds_service.callbacks.completed import Complete, Completed, as_sent
from cds_service.callbacks.gaps import is_of_another_type
from cds_service.callbacks.servers import check_scheme
from cds_service.deadline import Deadline
from cds_service.errors import MissingDataError
from cds_service.orders import orders_by_reference
from cds_service.parts import Parts
from cds_service.protocol import CDSRequest
from cds_service.same_patient import patients_in
from cds_service.services import INDISPENSABLE, Service
from clinical_rules.assess import assess
from clinical_rules.biomarkers import is_tested
from clinical_rules.facts import Availability, DataProblem, PatientFacts
from clinical_rules.findings import Assessment, Hook
from fhir_mappings import read_facts
from fhir_mappings.look import Looked
from fhir_mappings.orders import is_selected
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


def judge_call(
    cds_request: CDSRequest,
    service: Service,
    parts: Parts,
    *,
    on: date,
    deadline: Deadline,
    complete: Complete = as_sent,
) -> Judged:
    """The answer to a call whose envelope and patient are checked; MissingDataError if it cannot be judged.

    `complete` fetches what prefetch left out; without it the prefetch counts as it was sent.
    """
    check_scheme(cds_request.fhir_server, production=parts.settings.production)
    if service.order_hook and not speaks_of(cds_request, parts, on=on):
        return Judged(NOTHING_TO_SAY, on)
    completed = complete(cds_request, deadline)
    prefetch = Prefetch(
        patient_id=cds_request.patient_id,
        raw=completed.raw.only(parts.prefetch),
        context_raw=cds_request.resources,
        selections=cds_request.selections,
        availability=completed.availability,
    )
    deadline.check()
    facts = read_facts(prefetch, parts.codes)
    _require(facts.availability, completed)
    return advise(facts, service.hook, parts, on=on, deadline=deadline, orders=cds_request.resources.get("draftOrders"))


def advise(
    facts: PatientFacts, hook: Hook, parts: Parts, *, on: date, deadline: Deadline, orders: bytes | None = None
) -> Judged:
    """Findings and cards for facts that are enough to judge on; `orders` is the Bundle of draft orders as it came."""
    deadline.check()
    switches = parts.switches.current()
    assessment = assess(
        facts,
        hook=hook,
        knowledge=parts.knowledge.on(on),
        on=on,
        settings=parts.settings.rule_settings(switches.disabled_rules, switches.enabled_rules),
    )
    deadline.check()
    if not assessment.findings:
        return Judged(NOTHING_TO_SAY, on, facts, assessment)
    response = compose(
        assessment,
        base_url=parts.settings.public_base_url,
        max_cards=parts.settings.cards_at_most(hook),
        orders=orders_by_reference(orders),
    )
    deadline.check()
    return Judged(response, on, facts, assessment)


def speaks_of(cds_request: CDSRequest, parts: Parts, *, on: date) -> bool:
    """Whether a draft order (on order-select: a selected one) is one we speak about, readable or not.

    These are orders of radiotherapy, and of drugs whose use rests on a test.
    """
    orders_only = Prefetch(
        patient_id=cds_request.patient_id,
        raw={},
        context_raw=cds_request.resources,
        selections=cds_request.selections,
    )
    facts = read_facts(orders_only, parts.codes)
    knowledge = parts.knowledge.on(on)
    return (
        any(order.selected for order in facts.orders)
        or any(is_tested(order.agent, knowledge) for order in facts.drug_orders)
        or any(_is_lost_order(problem, cds_request.selections) for problem in facts.problems)
    )


def _is_lost_order(problem: DataProblem, selections: tuple[str, ...] | None) -> bool:
    """Whether an order we speak about that a clinician is about to select or sign could not be read."""
    if problem.problem != "unreadable" or not problem.matters:
        return False
    named = problem.reference.startswith(("ServiceRequest/", "MedicationRequest/")) and (
        selections is None or is_selected([problem.reference], selections)
    )
    return named or problem.reference == "context.draftOrders"  # it cannot even be told which of them


def _require(availability: Mapping[str, Availability], completed: Completed) -> None:
    missing = [key for key in INDISPENSABLE if not _is_answer(key, availability[key], completed.raw.looks(key))]
    if missing:
        text = "is missing, failed or incomplete, and nothing can be judged without it"
        raise MissingDataError(*(f"Prefetch {key} {text}{_why(completed, key)}." for key in missing))


def _is_answer(key: str, availability: Availability, values: Sequence[Looked]) -> bool:
    """Whether what came is whole, and what the key asks for."""
    if key == "patient" and not patients_in(values):
        return False
    return availability in _ANSWERED and not (availability == "found" and is_of_another_type(key, values))


def _why(completed: Completed, key: str) -> str:
    return f"; it could not be fetched: {completed.reasons[key]}" if key in completed.reasons else ""
