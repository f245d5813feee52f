"""Whether the test that the use of an ordered drug rests on is on file, and what it says."""

from collections.abc import Iterator, Sequence
from datetime import date

from clinical_rules.biomarkers.results import Reading, read_results
from clinical_rules.biomarkers.uses import primaries_of, use_of
from clinical_rules.biomarkers.words import beside, lead_of, result_words
from clinical_rules.call import Call
from clinical_rules.facts import DrugOrder, GenomicResult, PatientFacts
from clinical_rules.findings import Finding, Status, Urgency
from clinical_rules.knowledge import KnowledgeOn
from clinical_rules.knowledge.cited import DrugTestInForce
from clinical_rules.knowledge.schema import DrugTest

RULE = "workup.biomarker"
SOURCES = ("observations", "reports")
"""Prefetch keys in which a result would be found."""
UNANSWERED = frozenset({"failed", "not-asked", "incomplete"})
STATUSES: dict[str, Status] = {
    "as-wanted": "found", "against": "caution", "contradictory": "caution", "unreadable": "cannot-assess",
    "incomplete": "missing", "none": "missing",
}  # fmt: skip
URGENCY = Urgency.INFO
"""Of all but a result on which the use can rest. A result against the drug informs as well: the table of indicators
names what warns, a drug test is not among it, and a draft that rests on a newer result not yet coded is common."""


def is_tested(agent: str, knowledge: KnowledgeOn) -> bool:
    """Whether the use of a drug rests on a test."""
    return any(agent in held.test.drugs for held in knowledge.drug_tests)


def findings(call: Call) -> tuple[Finding, ...]:
    """For each test that an ordered drug rests on, whether it is on file: a result to go by stays quiet."""
    if not call.ordering:
        return ()
    return tuple(finding for held in call.knowledge.drug_tests for finding in _of_test(held, call.facts, call.on))


def _of_test(held: DrugTestInForce, facts: PatientFacts, on: date) -> Iterator[Finding]:
    ordered = sorted((each for each in facts.drug_orders if each.agent in held.test.drugs), key=lambda o: o.reference)
    uses = [(order, use_of(order, held.test, facts)) for order in ordered]
    asked = [order for order, use in uses if use != "exempt"]
    if not asked:
        return
    notes = _use_not_known(facts) if all(use == "unknown" for _, use in uses if use != "exempt") else ()
    reading = read_results(held.test, facts.genomics, on)
    other = None if reading.answer == "as-wanted" else _other_that_settles(asked, held.test, facts.genomics, on)
    test, reading = other or (held.test, reading)
    yield _finding(DrugTestInForce(test, held.value), asked, reading, facts, notes)


def _use_not_known(facts: PatientFacts) -> tuple[str, ...]:
    return ("the cancer on file is not one this test is for" if primaries_of(facts) else "primary not known",)


def _other_that_settles(
    asked: Sequence[DrugOrder], test: DrugTest, results: Sequence[GenomicResult], on: date
) -> tuple[DrugTest, Reading] | None:
    """Another test on whose result the use of all the ordered drugs can rest."""
    for other in test.instead:
        stand_in = test.model_copy(update={"name": other.name, "biomarkers": (other.biomarker,)})
        reading = read_results(stand_in, results, on)
        if {order.agent for order in asked} <= set(other.drugs) and reading.answer == "as-wanted":
            return stand_in, reading
    return None


def _finding(
    held: DrugTestInForce, asked: Sequence[DrugOrder], reading: Reading, facts: PatientFacts, notes: Sequence[str]
) -> Finding:
    status = STATUSES[reading.answer]
    found = status == "found"
    told = [*reading.notes, *beside(held.test, facts.genomics), *notes, *_unavailable(facts, found=found)]
    told += [] if all(order.coded for order in asked) else ["the drug was recognised with low confidence"]
    return Finding(
        rule=RULE,
        status=status,
        topic="workup",
        values={"item": held.test.item},
        urgency=None if found else URGENCY,
        evidence=tuple(sorted({*(order.reference for order in asked), *(each.reference for each in reading.results)})),
        sources=held.sources,
        words={
            "drug": " and ".join(sorted({order.agent for order in asked})),
            "lead": lead_of(held, reading),
            "note": "; ".join(dict.fromkeys(told)),
            **result_words(held.test, reading.results),
        },
    )


def _unavailable(facts: PatientFacts, *, found: bool) -> Iterator[str]:
    keys = [key for key in SOURCES if facts.availability.get(key) in UNANSWERED]
    if keys and not found:
        yield f"not available in full: {', '.join(keys)}"
