"""What a card may print of a test before a drug."""

from collections.abc import Iterator, Mapping, Sequence

from clinical_rules.biomarkers.results import Reading, words_of
from clinical_rules.facts import GenomicResult
from clinical_rules.findings import JSON
from clinical_rules.knowledge.cited import DrugTestInForce
from clinical_rules.knowledge.schema import DrugTest


def lead_of(held: DrugTestInForce, reading: Reading) -> str:
    """The summary of the card: what is on file or not, and why it is asked for."""
    test, because = held.test, held.value.because
    told = words_of(reading.results[0], test, how=False) if reading.results else ""
    why = reading.notes[0] if reading.notes else f"no {test.name} result found"
    said = {
        "none": f"{why}; {because}",
        "incomplete": f"{told}, {why}; {because}",
        "unreadable": f"{why}; {because}",
        "contradictory": f"{test.name} {why}; to be settled first",
        "against": f"{told} on file; low likelihood of benefit",
        "as-wanted": f"{told} on file",
    }[reading.answer]
    return f"{test.label}: {said}"


def result_words(test: DrugTest, results: Sequence[GenomicResult]) -> Mapping[str, JSON]:
    """The results with outcome, method and day; nothing where there are none."""
    if not results:
        return {}
    dates = [each.date for each in results if each.date]
    last = max(dates, key=lambda day: (day.latest, day.earliest), default=None)
    words: dict[str, JSON] = {"value": "; ".join(words_of(each, test) for each in results)}
    return words if last is None else {**words, "date": str(last)}


def beside(test: DrugTest, results: Sequence[GenomicResult]) -> Iterator[str]:
    """What else was tested, the newest result of each that says something."""
    for name in test.beside:
        mine = [each for each in results if each.biomarker == name and each.outcome != "unknown"]
        for each in sorted(mine, key=lambda one: (str(one.date or ""), one.reference))[-1:]:
            kind = "" if each.kind in {"unknown", "instability"} else f" {each.kind}"
            yield f"{name}{kind} {each.outcome}" + (f" ({each.date})" if each.date else "")
