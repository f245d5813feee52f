"""What a trial team asks for, and which of it is on file."""

from collections.abc import Iterator

from clinical_rules.options.answers import Asking

ROW = "NPC-22"
"""The row of the clinical rules on what eligibility depends on; options that carry it out list the facts."""


def words(asking: Asking) -> str:
    """The facts that eligibility depends on, each as on file or not."""
    told = list(_facts(asking))
    on_file = [name for name, there in told if there]
    missing = [name for name, there in told if not there]
    parts = [f"on file for a trial team: {', '.join(on_file)}"]
    parts += [f"not on file: {', '.join(missing)}"] if missing else []
    return "; ".join(parts)


def _facts(asking: Asking) -> Iterator[tuple[str, bool]]:
    facts = asking.call.facts
    surgery = any(each.kind == "surgery" for each in facts.events)
    yield "stage", bool(facts.stages)
    yield "site", bool(asking.tumour.sites)
    yield "earlier treatment", bool(facts.courses or facts.systemic or surgery)
    yield "performance status", bool(asking.events("performance-status"))
    yield "molecular results", bool(facts.genomics)
    yield "age", facts.patient.birth_date is not None
