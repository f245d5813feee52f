"""Chooses the few entries that a rule can use; the rest of the chart stays the bytes it came as."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from clinical_rules.facts import Availability, DataProblem
from fhir_mappings.availability import availability
from fhir_mappings.chart import Chart
from fhir_mappings.code_table import CodeTable
from fhir_mappings.confirm import is_grave, orders_tested_drug, says_what_it_is, speaks, supports
from fhir_mappings.errors import InvalidResourceError
from fhir_mappings.linked import names_for, references_in
from fhir_mappings.loading import latest_of_each, unreadable, version_of
from fhir_mappings.ownership import FOREIGN
from fhir_mappings.prefetch import Prefetch, Selected
from fhir_mappings.resources import Resources
from fhir_mappings.validation import validate

KEYS = ("patient", "conditions", "procedures", "volumes", "radiationDose", "observations", "medications", "reports")
"""The prefetch keys of product.md section 2."""

ORDERED = "context.draftOrders"


@dataclass(frozen=True, slots=True)
class Selection:
    """The entries that concern a rule, each valid and the patient's own, with all that they refer to."""

    resources: Resources
    chosen: tuple[Selected, ...]
    problems: tuple[DataProblem, ...]
    availability: Mapping[str, Availability]


def select(prefetch: Prefetch, codes: CodeTable) -> Selection:
    """The entries that a rule can use; what was asked for and could not be used is among the problems."""
    chart = Chart(prefetch, codes)
    available = _availability(prefetch, chart)
    if not chart.hits and not chart.problems:
        return Selection(Resources(()), (), (), available)
    problems = list(chart.problems)
    hits = _speaking(chart, codes, problems)
    if hits:
        hits += _supporting(chart, codes, problems)
    linked = _linked(chart, hits, problems)
    readable = _valid((*hits, *linked), codes, problems)
    valid = latest_of_each(readable)
    problems += _contradicted(readable, valid, codes)
    references = {entry.reference for entry in hits}
    chosen = tuple(entry for entry in valid if entry.reference in references)
    return Selection(Resources(valid), chosen, tuple(problems), available)


def _availability(prefetch: Prefetch, chart: Chart) -> Mapping[str, Availability]:
    """What became of each key: as the caller knows it, else as its value tells."""
    available: dict[str, Availability] = dict.fromkeys(KEYS, "not-asked")
    for key, values in chart.values.items():
        available[key] = prefetch.availability.get(key) or availability(values)
    return {**available, **prefetch.availability}


def _speaking(chart: Chart, codes: CodeTable, problems: list[DataProblem]) -> list[Selected]:
    """The entries on which a card can rest, when systems are compared too."""
    kept = []
    for place in chart.hits:
        entry = chart.load(place) if place.speaks else None
        if isinstance(entry, DataProblem):
            problems.append(entry)
        elif entry is None:
            continue
        elif place.broken and not chart.owns(entry):
            problems.append(DataProblem("foreign-patient", entry.reference, FOREIGN))
        elif place.context or speaks(entry.resource, codes) or _is_tested_order(entry, codes):
            kept.append(entry)
        elif place.broken and not says_what_it_is(entry.resource):
            problems.append(unreadable(chart.raw(place)[0], entry.key, "what it is cannot be read: not FHIR R4"))
    return kept


def _is_tested_order(entry: Selected, codes: CodeTable) -> bool:
    """Whether it is a draft order of a drug whose use rests on a test: losing one could change the advice."""
    return entry.key == ORDERED and orders_tested_drug(entry.resource, codes)


def _supporting(chart: Chart, codes: CodeTable, problems: list[DataProblem]) -> list[Selected]:
    """The entries that add to what speaks: work-up, markers, drugs; also hits that did not speak after all."""
    doubtful = [place for place in chart.hits if place.speaks and not place.context]
    kept = []
    for place in (*chart.supporting(), *doubtful):
        entry = chart.load(place)
        if isinstance(entry, DataProblem):
            if not place.speaks:
                problems.append(entry)
        elif chart.owns(entry) and supports(entry.resource, codes) and not speaks(entry.resource, codes):
            kept.append(entry)
    return kept


def _linked(chart: Chart, hits: Iterable[Selected], problems: list[DataProblem]) -> list[Selected]:
    """What the hits refer to, and what that refers to in turn, as far as it came along."""
    seen = {id(entry) for entry in hits}  # the chart loads each entry once
    waiting, found = list(hits), []
    while waiting:
        for reference in references_in(waiting.pop().resource):
            for place in chart.find(names_for(reference)):
                entry = chart.load(place)
                if id(entry) in seen:
                    continue
                seen.add(id(entry))
                if isinstance(entry, DataProblem):
                    problems.append(entry)
                else:
                    found.append(entry)
                    waiting.append(entry)
    return found


def _contradicted(entries: Iterable[Selected], kept: Iterable[Selected], codes: CodeTable) -> Iterable[DataProblem]:
    """Entries under one id that differ and of which nothing says which is the later."""
    by_reference = {entry.reference: entry for entry in kept}
    for entry in entries:
        used = by_reference[entry.reference]
        if entry.resource != used.resource and version_of(entry) == version_of(used):
            detail = "the same id came with different contents, and nothing says which is the later; one was used"
            yield DataProblem("conflicting-versions", entry.reference, detail, matters=is_grave(entry.resource, codes))


def _valid(entries: Iterable[Selected], codes: CodeTable, problems: list[DataProblem]) -> list[Selected]:
    """The entries that FHIR R4 allows; the others are reported, by element and never by value."""
    kept = []
    for entry in entries:
        try:
            validate(entry.resource)
        except InvalidResourceError as error:
            grave = is_grave(entry.resource, codes) or _is_tested_order(entry, codes)
            problems.append(DataProblem("unreadable", entry.reference, str(error), matters=grave))
        else:
            kept.append(entry)
    return kept
