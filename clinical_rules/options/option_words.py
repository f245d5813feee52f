"""One option as a finding: its values, and what is printed beside it."""

from collections.abc import Iterator, Mapping, Sequence

from clinical_rules.findings import JSON, Finding
from clinical_rules.options import trial_facts
from clinical_rules.options.answers import Asking
from clinical_rules.options.listed import Listed
from clinical_rules.picture import PresentTumour

UNAVAILABLE = frozenset({"failed", "not-asked", "incomplete"})


def option_finding(
    option: Listed, asking: Asking, named: Sequence[PresentTumour], *, place: int, brief: bool
) -> Finding:
    """The finding of an option; it never raises a card, it rides in that of the recurrence."""
    written = option.option
    values: dict[str, JSON] = {"option": written.id, "category": written.category, "grade": written.grade}
    if option.exposure:
        values["priorExposure"] = list(option.exposure)
    tumours = named or [asking.tumour]
    return Finding(
        rule=written.rule,
        status="option",
        topic="recurrence",
        values=values,
        evidence=tuple(sorted({*(each.reference for each in tumours), *option.evidence})),
        sources=option.held.sources,
        words=_words(option, asking, named) | {"place": place, "brief": brief},
    )


def _words(option: Listed, asking: Asking, named: Sequence[PresentTumour]) -> dict[str, JSON]:
    words: Mapping[str, JSON] = {
        "recurrences": [each.label for each in named],
        "notKnown": list(option.not_known),
        "favouring": list(option.favouring),
        "against": list(option.against),
        "cautions": list(option.cautions),
        "notes": list(_notes(option, asking)),
    }
    return {**option.held.words, **{name: value for name, value in words.items() if value}}


def _notes(option: Listed, asking: Asking) -> Iterator[str]:
    written = option.option
    if trial_facts.ROW in written.rows:
        yield trial_facts.words(asking)
    if written.agents and asking.call.facts.availability.get("medications") in UNAVAILABLE:
        yield "earlier drugs were not available in full"
    if asking.call.guard == "pregnancy":
        yield "pregnancy on file: needs a review of its own"
