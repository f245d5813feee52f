"""One option as a finding: its values, and what is printed beside it."""

from collections.abc import Iterator, Mapping, Sequence

from clinical_rules.findings import JSON, Finding
from clinical_rules.knowledge.schema_condition import AgentGiven
from clinical_rules.knowledge.schema_site import SiteOption
from clinical_rules.options import trial_facts, withheld
from clinical_rules.options.answers import Asking
from clinical_rules.options.listed import Listed
from clinical_rules.options.speaking import Call
from clinical_rules.picture import PresentTumour

UNAVAILABLE = frozenset({"failed", "not-asked", "incomplete"})
UNSEEN_DRUGS = "drugs given in a ward"
"""What no drug order shows; said beside options whose drugs, or what must come before them, are looked for."""


def option_finding(
    option: Listed, asking: Asking, named: Sequence[PresentTumour], call: Call, *, place: int, brief: bool
) -> Finding:
    """The finding of an option; it never raises a card, it rides in that of the recurrence."""
    values: dict[str, JSON] = {
        "option": option.option.id,
        "category": option.option.category,
        "grade": option.option.grade,
    }
    if option.exposure:
        values["priorExposure"] = list(option.exposure)
    tumours = named or [asking.tumour]
    return Finding(
        rule=option.option.rule,
        status="option",
        topic="recurrence",
        values=values,
        evidence=tuple(sorted({*(each.reference for each in tumours), *option.evidence})),
        sources=option.held.sources,
        words=_words(option, asking, named, call) | {"place": place, "brief": brief},
    )


def _words(option: Listed, asking: Asking, named: Sequence[PresentTumour], call: Call) -> dict[str, JSON]:
    written = option.option
    words: Mapping[str, JSON] = {
        "label": written.option,
        "population": written.population,
        "recurrences": [each.label for each in named],
        "notKnown": list(option.not_known),
        "favouring": list(option.favouring),
        "against": list(option.against),
        "cautions": list(option.cautions),
        "notes": list(_notes(option, asking, call)),
        "dispute": written.dispute,
        "notAssessed": [*written.not_assessed, *([UNSEEN_DRUGS] if _looks_for_drugs(written) else [])],
    }
    return {name: value for name, value in words.items() if value}


def _looks_for_drugs(written: SiteOption) -> bool:
    asked = (*written.require, *written.avoid, *written.factors, *written.cautions)
    return bool(written.agents) or any(isinstance(each, AgentGiven) for each in asked)


def _notes(option: Listed, asking: Asking, call: Call) -> Iterator[str]:
    if trial_facts.ROW in option.option.rows:
        yield trial_facts.words(asking)
    if option.option.agents and call.facts.availability.get("medications") in UNAVAILABLE:
        yield "earlier drugs were not available in full"
    if withheld.pregnant(call):
        yield "pregnancy on file: needs a review of its own"
