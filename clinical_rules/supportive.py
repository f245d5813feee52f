"""Supportive care and safety beside a recurrence: what is on file and calls for a line, from the knowledge."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from clinical_rules.call import Call
from clinical_rules.facts import ClinicalEvent, SystemicTherapy
from clinical_rules.findings import JSON, Finding, Urgency
from clinical_rules.intervals import add_months
from clinical_rules.knowledge.cited import SupportiveInForce
from clinical_rules.knowledge.schema import SupportiveLine
from clinical_rules.picture import PresentTumour

_SURE = frozenset({"documented", "probable"})
_NO_MORE = frozenset({"cancelled", "draft", "entered-in-error"})
DRUG_CLASS = "drug-class"


@dataclass(frozen=True)  # no slots: what several lines ask for is worked out once
class _Chart:
    """What the lines are looked up in."""

    call: Call
    tumours: tuple[PresentTumour, ...]

    @cached_property
    def recent_events(self) -> tuple[ClinicalEvent, ...]:
        """The events of the last months, and those without a date, by date."""
        first = self.call.on - timedelta(days=int(self.call.knowledge.number("supportive.sign-days")))
        recent = (
            each
            for each in self.call.facts.events
            if each.date is None or (first <= each.date.latest and each.date.earliest <= self.call.on)
        )
        return tuple(sorted(recent, key=lambda each: (str(each.date or ""), each.reference)))

    @cached_property
    def acting_drugs(self) -> tuple[SystemicTherapy, ...]:
        """The drugs that are active, or were on file in the last months."""
        since = add_months(self.call.on, -int(self.call.knowledge.number("supportive.agent-months")))
        return tuple(each for each in self.call.facts.systemic if _acts(each, since, self.call.on))


def findings(tumours: Sequence[PresentTumour], call: Call) -> tuple[Finding, ...]:
    """The lines that the chart calls for; none without a documented or probable recurrence, none at an order."""
    recurrences = tuple(each for each in tumours if each.kind == "recurrence" and each.certainty in _SURE)
    if call.ordering or not recurrences:
        return ()
    chart = _Chart(call, recurrences)
    return tuple(found for held in call.knowledge.supportive_lines for found in _of_line(held, chart))


def _of_line(held: SupportiveInForce, chart: _Chart) -> Iterator[Finding]:
    line = held.line
    fitting = tuple(tumour for tumour in chart.tumours if not line.sites or tumour.site in line.sites)
    drugs = _drugs(line, chart) if line.agents else ()
    if not fitting or (line.agents and not drugs):
        return
    signs, courses = _signs(line, chart), _courses(line, chart, fitting)
    if line.agents:
        signs = tuple(sign for sign in signs if _not_before(sign, drugs))
    if (signs or not line.signs) and (courses or not line.irradiated):
        yield _finding(held, signs, drugs, courses)


def _signs(line: SupportiveLine, chart: _Chart) -> tuple[ClinicalEvent, ...]:
    """The recent events that the line names."""
    return tuple(
        each
        for each in chart.recent_events
        if f"{each.kind}/{each.item}" in line.signs or f"{each.kind}/*" in line.signs
    )


def _drugs(line: SupportiveLine, chart: _Chart) -> tuple[SystemicTherapy, ...]:
    """The drugs of the line's classes that still act."""
    classes = [chart.call.knowledge.family(DRUG_CLASS, each) for each in line.agents]
    return tuple(each for each in chart.acting_drugs if any(each.agent in members for members in classes))


def _acts(drug: SystemicTherapy, since: date, on: date) -> bool:
    """Whether a drug can still act: by its last date, else by its status."""
    if drug.status in _NO_MORE or (drug.start is not None and drug.start.earliest > on):
        return False
    if drug.status == "active" and drug.end is None:
        return True
    last = drug.end or drug.start
    return last is not None and last.latest >= since


def _not_before(sign: ClinicalEvent, drugs: Sequence[SystemicTherapy]) -> bool:
    """Whether a sign may have come after a drug was begun; dates that are not known do not tell."""
    return any(sign.date is None or drug.start is None or sign.date.latest >= drug.start.earliest for drug in drugs)


def _courses(line: SupportiveLine, chart: _Chart, tumours: Sequence[PresentTumour]) -> tuple[str, ...]:
    """The courses earlier than a recurrence that treated one of the line's regions."""
    earlier = {reference for tumour in tumours for reference in tumour.courses}
    return tuple(
        sorted(
            course.reference
            for course in chart.call.facts.courses
            if course.reference in earlier and any(site.region in line.regions for site in course.sites)
        )
    )


def _finding(
    held: SupportiveInForce,
    signs: Sequence[ClinicalEvent],
    drugs: Sequence[SystemicTherapy],
    courses: Sequence[str],
) -> Finding:
    line = held.line
    references = (*(sign.reference for sign in signs), *(drug.reference for drug in drugs), *courses)
    return Finding(
        rule=line.id,
        status=line.status,
        topic="supportive-care",
        values={"topic": line.topic},
        urgency=Urgency.WARNING if line.warns else None,
        evidence=tuple(dict.fromkeys(references)),
        sources=held.sources,
        words=_words(line, signs, drugs),
    )


def _words(
    line: SupportiveLine, signs: Sequence[ClinicalEvent], drugs: Sequence[SystemicTherapy]
) -> Mapping[str, JSON]:
    words: dict[str, JSON] = {"line": line.line}
    if signs:
        words["signs"] = sorted({sign.item for sign in signs})
        dated = [sign.date for sign in signs if sign.date is not None]
        if dated:
            words["date"] = str(max(dated, key=lambda day: day.latest))
    if drugs:
        words["agents"] = sorted({drug.agent for drug in drugs})
    return words
