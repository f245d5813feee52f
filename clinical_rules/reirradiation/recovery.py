"""The findings `reirradiation.<structure>.cumulative-eqd2.<scheme>`: a second sum, under the scheme a site configured.

Only earlier courses have a discount, each by its own interval, and only where it surely is that long. The sum
is held against the scheme's own limit at its own alpha/beta, never against a limit on raw sums, and stands beside
the sum without recovery.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import chain

from clinical_rules.call import Call
from clinical_rules.dose_models import EarlierDose, discounted
from clinical_rules.findings import Finding, Status, Urgency
from clinical_rules.knowledge import LimitInForce, SchemeInForce
from clinical_rules.knowledge.schema import DoseLimit, DoseLimitValue
from clinical_rules.knowledge.schema_recovery import SchemeStructure
from clinical_rules.reirradiation.cases import Case, Cases
from clinical_rules.reirradiation.choice import last_interval
from clinical_rules.reirradiation.judge import DoseSum, judge
from clinical_rules.reirradiation.recovery_words import Compared, Discounted, scheme_values, scheme_words
from clinical_rules.reirradiation.shares import Share
from clinical_rules.reirradiation.structures import rule_id
from clinical_rules.reirradiation.terms import Term, preferred_class, term

NO_SCHEME = "none"
NOT_ON_FILE = "earlier-course-not-on-file"
NOT_STATED = "Dmax"
"""What sums are compared as where the scheme, as far as it was read, states no metric: then nothing reassures."""


def scheme_findings(cases: Cases, sums: Sequence[Finding], unrecorded: Sequence[str]) -> tuple[Finding, ...]:
    """The second sums, of structures that the scheme covers and that have a first one in `sums` or a dose on file.

    None without a scheme; KnowledgeError for a name that no scheme has.
    """
    call = cases.call
    if call.settings.recovery_scheme == NO_SCHEME:
        return ()
    held = call.knowledge.recovery_scheme(call.settings.recovery_scheme)
    labels = {finding.values["structure"] for finding in sums if "structure" in finding.values}
    return tuple(
        finding
        for name in sorted(structure for organ in held.value.organs for structure in organ.structures)
        for case in cases.of(name)
        if case.earlier and (case.structure.label in labels or case.has_dose)
        for finding in _finding(case, held, call, complete=not unrecorded)
    )


def recovered_part(organ: SchemeStructure, share: Share) -> Decimal:
    """The part of an earlier course that the scheme takes as recovered; a bound in months belongs to its band.

    A band counts only where so many months have surely passed: an unknown interval has no recovery.
    """
    interval = last_interval([share])
    reached = [band.recovered for band in organ.bands if interval.at_least(band.from_months) is True]
    return reached[-1] if reached else Decimal(0)


def _finding(case: Case, held: SchemeInForce, call: Call, *, complete: bool) -> Iterator[Finding]:
    organ = held.organ(case.structure.name)
    if organ is None or organ.statement is not None:  # a rule on spared volume: no sum of points answers it
        return
    if organ.limit_from_months and last_interval(case.earlier).at_least(organ.limit_from_months) is not True:
        return
    refusal = call.knowledge.recovery_refusal(case.structure.name)
    sums = _sums(case, organ, held, call, refused=refusal is not None, complete=complete)
    if sums is None or all(one.eqd2_gy is None for one in sums.raw.prior):  # nothing to take anything off
        return
    limit = None if organ.limit_gy is None else _limit(case, sums, held)
    compared = None if limit is None else Compared(limit, judge(sums.left, limit.value))
    status = _status(case, sums, compared)
    yield Finding(
        rule=scheme_rule(case, held),
        status=status,
        topic="reirradiation",
        values=scheme_values(case.structure, sums, compared) | {"recoveryScheme": held.scheme.name},
        urgency=Urgency.WARNING if status == "exceeds" and case.touches else None,
        evidence=tuple(share.course.reference for share in case.earlier),
        sources=held.sources,
        words=scheme_words(sums, compared, held, None if refusal is None else refusal.refusal.title, call),
    )


def scheme_rule(case: Case, held: SchemeInForce) -> str:
    """The rule of a structure under a scheme."""
    return f"{rule_id(case.structure.name)}.{held.scheme.name}"


def _sums(
    case: Case, organ: SchemeStructure, held: SchemeInForce, call: Call, *, refused: bool, complete: bool
) -> Discounted | None:
    """Both sums at the scheme's alpha/beta, else that of the structure's deciding limit; None where there is none."""
    limits = call.knowledge.limits(case.structure.name)
    own = organ.alpha_beta_gy or held.value.alpha_beta_gy
    alpha_beta_gy = own or next((limit.value.alpha_beta_gy for limit in limits), None)
    if alpha_beta_gy is None:
        return None
    parts = tuple(Decimal(0) if refused else recovered_part(organ, share) for share in case.earlier)
    wanted = preferred_class(chain(case.earlier, case.new), organ.metric or NOT_STATED)
    prior = tuple(term(share, alpha_beta_gy, wanted) for share in case.earlier)
    raw = DoseSum(
        prior=prior if complete else tuple(replace(one, unsure=NOT_ON_FILE) for one in prior),
        new=tuple(term(share, alpha_beta_gy, wanted) for share in case.new),
        interval=last_interval(case.earlier),
        guarded=call.guard is not None,
        near_fraction=call.knowledge.number("dose.near-fraction"),
    )
    left = tuple(_less(one, part) for one, part in zip(raw.prior, parts, strict=True))
    return Discounted(raw, replace(raw, prior=left), parts, organ, alpha_beta_gy)


def _less(one: Term, recovered: Decimal) -> Term:
    if not one.eqd2_gy:
        return one
    return replace(one, eqd2_gy=discounted(EarlierDose(one.eqd2_gy, recovered)))


def _limit(case: Case, sums: Discounted, held: SchemeInForce) -> LimitInForce:
    """The scheme's own limit as the judge reads limits; one without a metric never reassures."""
    dated = held.value.model_dump(include={"since", "last_checked", "reviewed_by", "kind", "reason", "citations"})
    value = DoseLimitValue(
        **dated,
        limit_gy=sums.organ.limit_gy,
        alpha_beta_gy=sums.alpha_beta_gy,
        metric=sums.organ.metric or NOT_STATED,
        agreement=sums.organ.agreement,
        never_within=sums.organ.metric is None,
    )
    limit = DoseLimit(
        id=scheme_rule(case, held),
        type="dose-limit",
        title=held.scheme.title,
        structure=case.structure.name,
        unit="Gy",
        applies=held.scheme.applies,
        basis_word="published value",
        values=(value,),
    )
    return LimitInForce(limit, value)


def _status(case: Case, sums: Discounted, compared: Compared | None) -> Status:
    """As of any sum; elsewhere than at the target an excess is a caution. Without a limit the sum is only shown."""
    if compared is None:
        return "found" if sums.raw.basis == "documented" else "cannot-assess"
    elsewhere = not case.touches and not any(one.basis == "documented" for one in sums.raw.new)
    return "caution" if compared.judgement.over and elsewhere else compared.judgement.status
