"""Whether an option is listed for a recurrence, and what its conditions add to it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from clinical_rules.facts import PartialDate, SystemicTherapy
from clinical_rules.findings import JSON
from clinical_rules.knowledge.cited import OptionInForce
from clinical_rules.knowledge.schema_condition import Condition
from clinical_rules.knowledge.schema_site import SiteOption
from clinical_rules.options import trial_facts
from clinical_rules.options.answers import Answer, Asking
from clinical_rules.options.ask import answer
from clinical_rules.options.names import supposed
from clinical_rules.options.treatment_facts import given

STANDING = frozenset({"irradiated", "sins"})
"""Facts whose caution is printed even while they are not known: harm to irradiated tissue or an unstable spine."""
KINDS = ("primary", "metastasis", "any")
"""Of site files: what speaks of the cancer itself stands before what speaks of every cancer."""


@dataclass(frozen=True, slots=True)
class Listed:
    """An option that is listed for one recurrence, with what is said beside it."""

    held: OptionInForce
    not_known: tuple[str, ...]
    favouring: tuple[str, ...]
    against: tuple[str, ...]
    cautions: tuple[str, ...]
    evidence: tuple[str, ...]
    exposure: tuple[Mapping[str, JSON], ...]

    @property
    def option(self) -> SiteOption:
        """The option as written."""
        return self.held.option

    @property
    def rank(self) -> tuple[bool, int, str]:
        """The question for a trial first, then options of the cancer itself, then by grade; then as in the file."""
        return trial_facts.ROW not in self.option.rows, KINDS.index(self.held.file.kind), self.option.grade


def listed(held: OptionInForce, asking: Asking) -> Listed | None:
    """The option with its words; None where a requirement is answered no, or what rules it out yes."""
    option = held.option
    required = [(each, answer(each, asking)) for each in option.require]
    if any(_hides(condition, told) for condition, told in required):
        return None
    if any(answer(each, asking).state == "yes" for each in option.avoid):
        return None
    factors = [(each, answer(each, asking)) for each in option.factors]
    cautions = [(each, answer(each, asking)) for each in option.cautions]
    told = [each for _, each in (*required, *factors)]
    weighed = [each for condition, each in factors if not _says_less(condition, each, factors)]
    drugs = given(option.agents, asking) if option.agents else ()
    return Listed(
        held=held,
        not_known=_words(told, "unknown"),
        favouring=_words(weighed, "yes"),
        against=_words(weighed, "no"),
        cautions=tuple(dict.fromkeys(_cautions(cautions))),
        evidence=_evidence([*told, *(each for _, each in cautions)], drugs),
        exposure=tuple(_exposure(drugs)),
    )


def _hides(condition: Condition, told: Answer) -> bool:
    return told.state == "no" or (told.state == "unknown" and condition.unknown == "hide")


def _says_less(condition: Condition, found: Answer, among: Iterable[tuple[Condition, Answer]]) -> bool:
    """Whether another bound of the interval with the same answer says it already: the longest reached, the
    shortest missed."""
    if condition.fact != "interval":
        return False
    others = [each for each, other in among if each.fact == "interval" and other.state == found.state]
    told = max if found.state == "yes" else min
    return condition.at_least_months != told(each.at_least_months for each in others)


def _words(told: Sequence[Answer], state: str) -> tuple[str, ...]:
    if not told:
        return ()
    return tuple(dict.fromkeys(each.words for each in told if each.state == state))


def _cautions(told: Iterable[tuple[Condition, Answer]]) -> Iterator[str]:
    """A caution is printed where it holds; where that is open, with the question before it if harm is at stake."""
    for condition, found in told:
        if found.state == "yes":
            yield str(condition.words)
        elif found.state == "unknown" and condition.fact in STANDING:
            yield f"if {supposed(condition)}: {condition.words}"


def _evidence(told: Iterable[Answer], drugs: Iterable[SystemicTherapy]) -> tuple[str, ...]:
    references = {reference for each in told if each.state != "unknown" for reference in each.evidence}
    return tuple(sorted(references | {each.reference for each in drugs}))


def _exposure(drugs: Iterable[SystemicTherapy]) -> Iterator[Mapping[str, JSON]]:
    """Each drug of the option that is on file, with the last date known of it."""
    last: dict[str, PartialDate | None] = {}
    for drug in sorted(drugs, key=lambda each: (each.agent, each.reference)):
        days = [day for day in (last.get(drug.agent), drug.end or drug.start) if day]
        last[drug.agent] = max(days, key=lambda day: (day.latest, day.earliest), default=None)
    for agent, day in last.items():
        yield {"agent": agent, "last": str(day)} if day else {"agent": agent}
