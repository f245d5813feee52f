"""Joins the rules: from the facts of one patient to all findings of one call."""

from datetime import date
from fnmatch import fnmatchcase

from clinical_rules import data_findings, options, recurrence, reirradiation, supportive, workup
from clinical_rules.call import Call
from clinical_rules.course_dates import with_date_problems
from clinical_rules.facts import PatientFacts
from clinical_rules.findings import Assessment, Finding, Hook
from clinical_rules.knowledge import KnowledgeOn
from clinical_rules.picture import RuleSettings

WHOLE = frozenset({"found", "nothing-found"})


def assess(
    facts: PatientFacts, *, hook: Hook, knowledge: KnowledgeOn, on: date, settings: RuleSettings | None = None
) -> Assessment:
    """All findings on a patient on a day, in an order that depends on the facts only; none for the deceased."""
    call = Call(with_date_problems(facts, on), knowledge, hook, on, settings or RuleSettings())
    holds_nothing = not (facts.problems or _holds_anything(facts))  # as most charts that are opened
    found = () if facts.patient.deceased or holds_nothing else _findings(call)
    lacking = sorted([key for key, answer in facts.availability.items() if answer not in WHOLE])
    return Assessment(
        hook=hook,
        on=on.isoformat(),
        knowledge_version=knowledge.version,
        findings=tuple(sorted(found, key=_order)),
        unavailable=tuple(key for key in lacking if facts.availability[key] != "incomplete"),
        incomplete=tuple(key for key in lacking if facts.availability[key] == "incomplete"),
        patient_reference=facts.patient.reference,
    )


def _findings(call: Call) -> tuple[Finding, ...]:
    found = _of_disease(call) if _holds_anything(call.facts) else []
    found = [finding for finding in found if not _disabled(finding, call.settings)]
    spoke = any(finding.urgency is not None for finding in found)
    found += (each for each in data_findings.findings(call, spoke=spoke) if not _disabled(each, call.settings))
    return tuple(found)


def _of_disease(call: Call) -> list[Finding]:
    tumours = recurrence.picture(call.facts, knowledge=call.knowledge, on=call.on)
    before = reirradiation.look_before(tumours, call)
    others = (
        *recurrence.findings(tumours, call),
        *reirradiation.findings(before),
        *workup.findings(tumours, before),
        *supportive.findings(tumours, call),
    )
    return list(options.beside(others, tumours, before))


def _holds_anything(facts: PatientFacts) -> bool:
    """Whether there is anything of a cancer or its treatment."""
    return bool(
        facts.diagnoses or facts.courses or facts.orders or facts.history or facts.statuses or facts.stages
        or facts.markers or facts.genomics or facts.systemic or facts.events or facts.drug_orders or facts.sizes
    )  # fmt: skip


def _disabled(finding: Finding, settings: RuleSettings) -> bool:
    return any(fnmatchcase(finding.rule, pattern) for pattern in settings.disabled_rules)


def _order(finding: Finding) -> tuple[int, str, str, tuple[str, ...], str]:
    """Most urgent first, then by topic, rule and evidence; the values settle what is left."""
    urgency = -1 if finding.urgency is None else int(finding.urgency)
    return -urgency, finding.topic, finding.rule, finding.evidence, repr(sorted(finding.values.items()))
