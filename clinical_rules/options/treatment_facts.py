"""What was done before: drugs, radiotherapy of the region, its interval, its doses."""

from clinical_rules.facts import SystemicTherapy
from clinical_rules.knowledge.schema_condition import AgentGiven, IntervalAtLeast, Irradiated, PlainFact
from clinical_rules.options.answers import Answer, Asking
from clinical_rules.options.names import IRRADIATED, asked
from clinical_rules.recurrence.treatment import NOT_GIVEN
from clinical_rules.workup_records import dosimetry as known_dosimetry


def agent_given(condition: AgentGiven, asking: Asking) -> Answer:
    """Whether one of the drugs is on file as given or ordered; that none is on file proves nothing."""
    found = given(condition.any, asking)
    if not found:
        return Answer("unknown", asked(condition))
    names = sorted({each.agent for each in found})
    return Answer("yes", f"{', '.join(names)} on file", tuple(sorted({each.reference for each in found})))


def given(names: tuple[str, ...], asking: Asking) -> tuple[SystemicTherapy, ...]:
    """The drugs on file that are among the names, or belong to the classes named; drafts and errors do not count."""
    if not asking.call.facts.systemic:
        return ()
    wanted = {member.casefold() for name in names for member in (name, *asking.family("drug-class", name))}
    begun = (each for each in asking.call.facts.systemic if each.status not in NOT_GIVEN)
    past = (each for each in begun if (day := each.start or each.end) is None or day.earliest <= asking.call.on)
    return tuple(each for each in past if each.agent.casefold() in wanted)


def irradiated(condition: Irradiated, asking: Asking) -> Answer:
    """Whether the recurrence lies in an irradiated region; without any course on file that is not known."""
    if asking.relation == "in-region":
        return Answer("yes", "in an irradiated region", asking.near)
    if asking.near:
        return Answer("unknown", "overlap", asking.near)
    if not asking.pairs:
        return Answer("unknown", asked(condition))
    return Answer("no", "no overlapping record found", tuple(sorted(each.course.reference for each in asking.pairs)))


def interval(condition: IntervalAtLeast, asking: Asking) -> Answer:
    """Whether so many months have passed since every course that overlaps or may overlap."""
    near = [pair for pair in asking.pairs if pair.relation in ("in-region", "unknown") or (pair.near and pair.serial)]
    told = {pair.interval.at_least(condition.at_least_months) for pair in near}
    evidence = tuple(sorted(pair.course.reference for pair in near))
    if False in told:
        return Answer("no", f"interval under {condition.at_least_months} months", evidence)
    if told == {True}:
        return Answer("yes", f"{condition.at_least_months} months or more since radiotherapy", evidence)
    return Answer("unknown", asked(condition) if asking.pairs else IRRADIATED, evidence)


def structure_exceeds(condition: PlainFact, asking: Asking) -> Answer:
    """Whether a documented sum of what was given already exceeds its limit."""
    over = [each for each in asking.before.sums if each.status == "exceeds"]
    if over:
        names = ", ".join(sorted(str(each.values["structure"]) for each in over))
        evidence = tuple(sorted({reference for each in over for reference in each.evidence}))
        return Answer("yes", f"sum already over a limit: {names}", evidence)
    documented = all(each.values.get("basis") == "documented" for each in asking.before.sums)
    if not asking.before.sums or not documented:
        return Answer("unknown", asked(condition))
    return Answer("no", "no sum on file is over its limit")


def dosimetry(condition: PlainFact, asking: Asking) -> Answer:
    """Whether doses of the earlier course to organs at risk are on file; those of the volume are a part."""
    near = [pair.course for pair in asking.pairs if pair.near]
    known = known_dosimetry(near)
    if known.level == "organs":
        return Answer("yes", "organ doses of the earlier course on file", known.references)
    if known.level == "volumes" or not near:
        return Answer("unknown", asked(condition) if asking.pairs else IRRADIATED, known.references)
    return Answer("no", "earlier dose not usable", tuple(sorted(each.reference for each in near)))
