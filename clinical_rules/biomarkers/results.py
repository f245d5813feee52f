"""What the results on file say of one test: settled, contradicted, only in part, or nothing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from clinical_rules.facts import GenomicResult
from clinical_rules.knowledge.schema import DrugTest

Answer = Literal["as-wanted", "against", "contradictory", "unreadable", "incomplete", "none"]
OUTCOMES = {
    "mutation": {"positive": "mutated", "negative": "wild type"},
    "fusion": {"positive": "fusion found", "negative": "no fusion found"},
}
"""The outcomes of a test in the words of its kind."""
REPORT = "genomic report"
"""The item of a report that names no gene by code."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What the results on file make of a test: the answer, the results it rests on, and what else is to be said."""

    answer: Answer
    results: tuple[GenomicResult, ...] = ()
    notes: tuple[str, ...] = ()


def read_results(test: DrugTest, results: Iterable[GenomicResult], on: date) -> Reading:
    """The answer of the results of some day; what is dated later does not count yet."""
    known = sorted((each for each in results if each.date is None or each.date.earliest <= on), key=_newest_first)
    named = [each for each in known if each.biomarker in {*test.biomarkers, *test.parts}]
    about = [each for each in named if _is_about(each, test)]
    notes = tuple(dict.fromkeys(_other_kind(each, test) for each in named if each not in about))
    found = _settled(test, about)
    if found.answer == "none" and (reports := [each for each in known if each.biomarker == REPORT]):
        told = f"a genomic report is on file{_dated(reports[0])}, its results are not coded"
        return Reading("unreadable", tuple(reports[:1]), (told, *notes))
    return Reading(found.answer, found.results, (*found.notes, *notes))


def words_of(result: GenomicResult, test: DrugTest, *, how: bool = True) -> str:
    """A result in words: gene, outcome, method if asked for, day."""
    outcome = OUTCOMES[test.kind].get(result.outcome, "outcome not stated")
    method = f", {result.method}" if how and result.method and result.method not in {"report", "fusion"} else ""
    return f"{result.biomarker} {outcome}{method}{_dated(result)}"


def _settled(test: DrugTest, about: Sequence[GenomicResult]) -> Reading:
    positive = [each for each in about if each.outcome == "positive"]
    negative = [each for each in about if each.outcome == "negative"]
    if clash := _contradicting(test, positive, negative):
        return Reading("contradictory", clash, ("results on file contradict each other",))
    as_wanted, against = (positive, negative) if test.wanted == "positive" else (negative, positive)
    if against:
        return Reading("against", tuple(against))
    if as_wanted:
        whole = tuple(each for each in as_wanted if each.biomarker in test.biomarkers)
        return Reading("as-wanted", whole) if whole else _by_parts(test, about, as_wanted)
    if not about:
        return Reading("none")
    return Reading("unreadable", tuple(about), (f"the outcome of the {test.name} result on file is not coded",))


def _by_parts(test: DrugTest, about: Sequence[GenomicResult], negative: Sequence[GenomicResult]) -> Reading:
    """Genes tested one by one: all of them settle it, some do not."""
    missing = [part for part in test.parts if part not in {each.biomarker for each in negative}]
    if not missing:
        return Reading("as-wanted", tuple(negative))
    tested = {each.biomarker for each in about}
    told = [f"outcome of {part} not coded" if part in tested else f"{part} not found" for part in missing]
    return Reading("incomplete", tuple(negative), (" and ".join(told), _on_file(test, negative)))


def _on_file(test: DrugTest, results: Sequence[GenomicResult]) -> str:
    return f"on file: {', '.join(words_of(each, test) for each in results)}"


def _contradicting(
    test: DrugTest, positive: Sequence[GenomicResult], negative: Sequence[GenomicResult]
) -> tuple[GenomicResult, ...]:
    """Results that cannot both hold: of one gene, or of a gene and of the panel that holds it."""
    pairs = [(a, b) for a in positive for b in negative if a.biomarker == b.biomarker or b.biomarker in test.biomarkers]
    return tuple(sorted({each for pair in pairs for each in pair}, key=_newest_first))


def _is_about(result: GenomicResult, test: DrugTest) -> bool:
    """Whether it is of the kind asked for; a gene whose test does not say of which kind counts for mutations only."""
    return result.kind == test.kind or (test.kind == "mutation" and result.kind == "unknown")


def _other_kind(result: GenomicResult, test: DrugTest) -> str:
    """Why a result of the right name does not answer."""
    if result.kind == "mutation" and test.kind == "fusion":
        tested = "point mutation" if result.outcome == "positive" else "mutation test"
        return f"{result.biomarker} {tested} on file{_dated(result)} is not a fusion"
    if result.kind == "protein":
        return f"{result.biomarker} protein on file{_dated(result)} does not show a {test.kind}"
    return f"{result.biomarker} result on file{_dated(result)} does not say whether it is about a {test.kind}"


def _dated(result: GenomicResult) -> str:
    return f" ({result.date})" if result.date else " (no date)"


def _newest_first(result: GenomicResult) -> tuple[int, str]:
    return (-result.date.latest.toordinal() if result.date else 0), result.reference
