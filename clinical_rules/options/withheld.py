"""When options are withheld: under age, in hospice, or treatment declined after the recurrence."""

from collections.abc import Iterable

from clinical_rules.facts import ClinicalEvent
from clinical_rules.findings import Finding
from clinical_rules.options.answers import Asking
from clinical_rules.picture import PresentTumour

NOTES = {
    "under-18": "under 18 years: the options are for adults",
    "hospice": "hospice care on file",
    "treatment-declined": "cancer treatment was declined after the recurrence",
}


def reason_of(asking: Asking) -> tuple[str, tuple[str, ...]] | None:
    """Why options are withheld for a recurrence, with the records that say so."""
    if asking.call.guard == "under-18":
        return "under-18", ()
    if hospice := asking.events("hospice"):
        return "hospice", _references(hospice)
    declined = [each for each in asking.events("treatment-declined") if _after_recurrence(each, asking.tumour)]
    return ("treatment-declined", _references(declined)) if declined else None


def finding(reason: str, evidence: Iterable[str]) -> Finding:
    """That options are withheld, and why."""
    return Finding(
        rule="supportive.options-withheld",
        status="present",
        topic="supportive-care",
        values={"topic": "options-withheld", "reason": reason},
        evidence=tuple(sorted(set(evidence))),
        words={"label": "Options are withheld", "note": NOTES[reason]},
    )


def _after_recurrence(event: ClinicalEvent, tumour: PresentTumour) -> bool:
    """A refused Procedure must be tied to the cancer by its reason; a statement must be dated after the recurrence."""
    came_back = tumour.date
    if not event.reasons:
        by_itself = event.reference.startswith("Condition/")
        return by_itself and event.date is not None and (came_back is None or event.date.latest >= came_back.earliest)
    tied = not set(event.reasons).isdisjoint(tumour.references)
    return tied and (event.date is None or came_back is None or event.date.latest >= came_back.earliest)


def _references(events: Iterable[ClinicalEvent]) -> tuple[str, ...]:
    return tuple(sorted({each.reference for each in events}))
