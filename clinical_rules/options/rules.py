"""The findings `salvage.<option>`, and what the finding on the recurrence says of them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from clinical_rules.call import Call
from clinical_rules.findings import Finding
from clinical_rules.options import biomarkers, withheld
from clinical_rules.options.answers import Asking
from clinical_rules.options.listed import Listed
from clinical_rules.options.option_words import option_finding
from clinical_rules.options.recurrence_words import question
from clinical_rules.options.speaking import options_of, recurrences, why_none
from clinical_rules.picture import PresentTumour
from clinical_rules.reirradiation import Before

ANY = "any"


@dataclass(frozen=True, slots=True)
class Told:
    """What is said of one recurrence: its options, or why there are none."""

    asking: Asking
    options: tuple[Listed, ...] = ()
    words: str = ""
    withheld: tuple[str, tuple[str, ...]] | None = None

    @property
    def tumour(self) -> PresentTumour:
        """The recurrence."""
        return self.asking.tumour


def beside(found: Sequence[Finding], tumours: Sequence[PresentTumour], before: Before) -> tuple[Finding, ...]:
    """The findings of the other rules, those on recurrences with a word on options, and the options."""
    told = tuple(_told(each, tumours) for each in recurrences(tumours, before))
    words = {each.tumour.references: each.words for each in told if each.words}
    return (*(_with_words(finding, words) for finding in found), *_withheld(told), *_options(told, before.call))


def _told(asking: Asking, tumours: Sequence[PresentTumour]) -> Told:
    if reason := withheld.reason_of(asking):
        return Told(asking, withheld=reason)
    if why := why_none(asking, tumours):
        return Told(asking, words=f"no options listed: {why}")
    options = tuple(options_of(asking))
    return Told(asking, options, words=question(asking) if options else "")


def _with_words(finding: Finding, words: Mapping[tuple[str, ...], str]) -> Finding:
    if finding.rule != "recurrence.pattern" or finding.evidence not in words:
        return finding
    return replace(finding, words={**finding.words, "options": words[finding.evidence]})


def _withheld(told: Sequence[Told]) -> Iterator[Finding]:
    """One finding a reason, for all recurrences."""
    reasons: dict[str, set[str]] = {}
    for each in told:
        if each.withheld is not None:
            reason, evidence = each.withheld
            reasons.setdefault(reason, set()).update((*evidence, each.tumour.reference))
    for reason in sorted(reasons):
        yield withheld.finding(reason, reasons[reason])


def _options(told: Sequence[Told], call: Call) -> Iterator[Finding]:
    """The options recurrence by recurrence; those of every site once, for all recurrences."""
    speaking = [each for each in told if each.options]
    common: dict[str, list[PresentTumour]] = {}
    for each in speaking:
        for option in each.options:
            if option.held.file.kind == ANY:
                common.setdefault(option.option.id, []).append(each.tumour)
    full = int(call.knowledge.number("options.most-in-full"))
    for each in speaking:
        mine = [one for one in each.options if common.get(one.option.id, [each.tumour])[0] is each.tumour]
        ranked = sorted(mine, key=lambda one: one.rank)
        for place, option in enumerate(ranked):
            whom = common.get(option.option.id, [each.tumour])
            named = whom if len(told) > 1 else []
            yield option_finding(option, each.asking, named, place=place, brief=place >= full)
    if speaking:
        every = [option for each in speaking for option in each.options]
        yield from biomarkers.findings(every, speaking[0].asking)
