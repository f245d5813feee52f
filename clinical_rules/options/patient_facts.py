"""What is on file of the patient: performance status, scores, symptoms, statements with an outcome."""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal, InvalidOperation

from clinical_rules.facts import ClinicalEvent, EventKind
from clinical_rules.knowledge.schema_condition import PerformanceStatus, PlainFact, Sins, Symptom
from clinical_rules.options.answers import Answer, Asking, newest
from clinical_rules.options.names import asked, either

KARNOFSKY_TABLES = ("performance.karnofsky-for-ecog-common", "performance.karnofsky-for-ecog-lung")
"""Two published conversions, which differ: the lowest Karnofsky value of ECOG 4, 3, 2, 1 and 0."""
SYMPTOMS: tuple[EventKind, ...] = ("symptom", "emergency", "pain")


def performance_status(condition: PerformanceStatus, asking: Asking) -> Answer:
    """The newest ECOG or Karnofsky since the recurrence or within the window; what is older tells of another time."""
    found = newest([each for each in asking.events("performance-status") if _current(each, asking)])
    told = {_at_most(each, condition.at_most, asking) for each in found}
    evidence = tuple(sorted(each.reference for each in found))
    if told in ({True}, {False}):
        words = f"{found[0].item} {found[0].value}, {found[0].date}"
        return Answer("yes" if told == {True} else "no", words, evidence)
    return Answer("unknown", asked(condition) + (" (values do not decide)" if found else ""), evidence)


def sins(condition: Sins, asking: Asking) -> Answer:
    """The newest spine instability score on file; of one day the highest."""
    found = newest(asking.events("spine-instability"))
    scores = [(score, each) for each in found if (score := _number(each.value)) is not None]
    if not scores:
        return Answer("unknown", asked(condition))
    score, event = max(scores, key=lambda each: (each[0], each[1].reference))
    words = f"SINS {score:f}" + (f", {event.date}" if event.date else "")
    return Answer("yes" if score >= condition.at_least else "no", words, (event.reference,))


def castration_resistance(condition: PlainFact, asking: Asking) -> Answer:
    """What is stated of hormone resistance."""
    return _stated(asking.events("hormone-resistance"), condition)


def psma_imaging(condition: PlainFact, asking: Asking) -> Answer:
    """What PSMA imaging showed."""
    return _stated(asking.events("psma-imaging"), condition)


def symptom(condition: Symptom, asking: Asking) -> Answer:
    """Whether one of the symptoms is on file; without an entry there is nothing to act on."""
    events = [each for kind in SYMPTOMS for each in asking.events(kind)]
    found = [each for each in events if each.item in condition.any or each.kind in condition.any]
    if not found:
        return Answer("no", f"no {either(condition.any)} on file")
    names = sorted({each.item.replace("-", " ") for each in found})
    return Answer("yes", f"{', '.join(names)} on file", tuple(sorted({each.reference for each in found})))


def _stated(events: Sequence[ClinicalEvent], condition: PlainFact) -> Answer:
    """A statement with an outcome: the newest decides, two of one day that differ do not."""
    found = newest(events)
    values = {each.value for each in found}
    evidence = tuple(sorted(each.reference for each in found))
    if values in ({"positive"}, {"negative"}):
        day = f", {found[0].date}" if found[0].date else ""
        return Answer("yes" if values == {"positive"} else "no", f"{asked(condition)}: {values.pop()}{day}", evidence)
    return Answer("unknown", asked(condition) + (" (outcome not stated)" if found else ""), evidence)


def _current(event: ClinicalEvent, asking: Asking) -> bool:
    if event.date is None:
        return False
    first = asking.call.on - timedelta(days=asking.call.settings.organ_function_window_days)
    came_back = asking.tumour.date
    return event.date.latest >= first or (came_back is not None and event.date.latest >= came_back.earliest)


def _at_most(event: ClinicalEvent, most: int, asking: Asking) -> bool | None:
    """Whether an ECOG is at most so high; of a Karnofsky value both conversions must say the same."""
    number = _number(event.value)
    if number is None or event.item not in ("ECOG", "Karnofsky"):
        return None
    if event.item == "ECOG":
        return number <= most
    grades = {_ecog(number, asking.call.knowledge.numbers(table)) for table in KARNOFSKY_TABLES}
    told = {grade <= most for grade in grades}
    return told.pop() if len(told) == 1 else None


def _ecog(karnofsky: Decimal, lowest: Sequence[Decimal]) -> int:
    """The ECOG grade of a Karnofsky value: one better with each bound that it reaches.

    >>> [_ecog(Decimal(value), (10, 30, 50, 70, 90)) for value in (100, 90, 80, 0)]
    [0, 0, 1, 5]
    """
    return len(lowest) - sum(karnofsky >= bound for bound in lowest)


def _number(value: str | None) -> Decimal | None:
    """The number a value begins with: `14`, `14 {score}`."""
    try:
        number = Decimal((value or "").split(" ")[0])
    except InvalidOperation:
        return None
    return number if number.is_finite() else None
