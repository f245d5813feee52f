"""How urgent a structure's finding is."""

from collections.abc import Sequence
from dataclasses import replace

from clinical_rules.call import Call
from clinical_rules.findings import Status, Urgency
from clinical_rules.knowledge import LimitInForce
from clinical_rules.reirradiation.indications import urgent_indications
from clinical_rules.reirradiation.judge import DoseSum, Judgement, judge
from clinical_rules.reirradiation.targets import Target


def structure_urgency(
    status: Status,
    touches: bool,
    dose_sum: DoseSum,
    found: LimitInForce,
    judgement: Judgement,
    targets: Sequence[Target],
    call: Call,
) -> Urgency | None:
    """Critical on order hooks for a neural structure or a consensus, where the target may meet the structure.

    Whatever else is documented over a limit is a warning; what only rides along has none.
    """
    if status == "exceeds":
        critical = call.ordering and touches and _critical(dose_sum, found, judgement, targets, call)
        return Urgency.CRITICAL if critical else Urgency.WARNING
    if status in ("near", "caution"):
        return Urgency.INFO if touches or call.signing else None
    return None


def _critical(
    dose_sum: DoseSum, found: LimitInForce, judgement: Judgement, targets: Sequence[Target], call: Call
) -> bool:
    """Not for the interval alone in an emergency, nor by courses elsewhere, total-body or craniospinal ones."""
    if not (found.limit.neural or found.limit.consensus) or any(term.share.field for term in dose_sum.new):
        return False
    emergency = any(urgent_indications(target, call) for target in targets)
    if not judgement.over and judgement.broken == ("interval",) and emergency:
        return False
    prior = tuple(term for term in dose_sum.prior if term.share.near and not term.share.field)
    return bool(prior) and judge(replace(dose_sum, prior=prior), found.value).status == "exceeds"
