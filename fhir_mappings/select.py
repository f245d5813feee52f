"""Chooses the few entries that a rule can use; the rest of the chart stays the bytes it came as."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from clinical_rules.facts import Availability, DataProblem
from fhir_mappings.availability import availability, availability_of
from fhir_mappings.chart import Chart
from fhir_mappings.code_table import CodeTable
from fhir_mappings.confirm import concerns_a_rule, is_grave, says_what_it_is
from fhir_mappings.errors import InvalidResourceError
from fhir_mappings.linked import names_for, references_in
from fhir_mappings.loading import latest_of_each, unreadable
from fhir_mappings.prefetch import Prefetch, Selected
from fhir_mappings.resources import Resources
from fhir_mappings.validation import validate

__all__ = ["KEYS", "Selection", "availability_of", "select"]

KEYS = ("patient", "conditions", "procedures", "volumes", "radiationDose", "observations", "medications", "reports")
"""The prefetch keys of product.md section 2."""


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
    hits = _confirmed(chart, codes, problems)
    linked = _linked(chart, hits)
    valid = latest_of_each(_valid((*hits, *linked), codes, problems))
    references = {entry.reference for entry in hits}
    chosen = tuple(entry for entry in valid if entry.reference in references)
    return Selection(Resources(valid), chosen, tuple(problems), available)


def _availability(prefetch: Prefetch, chart: Chart) -> Mapping[str, Availability]:
    """What became of each key: as the caller knows it, else as its value tells."""
    told = {key: availability(values) for key, values in chart.values.items() if key not in prefetch.availability}
    return dict.fromkeys(KEYS, "not-asked") | told | dict(prefetch.availability)


def _confirmed(chart: Chart, codes: CodeTable, problems: list[DataProblem]) -> list[Selected]:
    """The hits that still concern a rule when systems are compared."""
    kept = []
    for place in chart.hits:
        entry = chart.load(place)
        if isinstance(entry, DataProblem):
            problems.append(entry)
        elif place.context or concerns_a_rule(entry.resource, codes):
            kept.append(entry)
        elif place.broken and not says_what_it_is(entry.resource):
            problems.append(unreadable(chart.raw(place)[0], entry.key, "what it is cannot be read: not FHIR R4"))
    return kept


def _linked(chart: Chart, hits: Iterable[Selected]) -> list[Selected]:
    """What the hits refer to, and what that refers to in turn, as far as it came along."""
    known = {entry.reference for entry in hits}
    waiting, found = list(hits), []
    while waiting:
        for reference in references_in(waiting.pop().resource):
            place = chart.find(names_for(reference))
            entry = None if place is None else chart.load(place)
            if isinstance(entry, Selected) and entry.reference not in known:
                known.add(entry.reference)
                found.append(entry)
                waiting.append(entry)
    return found


def _valid(entries: Iterable[Selected], codes: CodeTable, problems: list[DataProblem]) -> list[Selected]:
    """The entries that FHIR R4 allows; the others are reported, by element and never by value."""
    kept = []
    for entry in entries:
        try:
            validate(entry.resource)
        except InvalidResourceError as error:
            grave = is_grave(entry.resource, codes)
            problems.append(DataProblem("unreadable", entry.reference, str(error), matters=grave))
        else:
            kept.append(entry)
    return kept
