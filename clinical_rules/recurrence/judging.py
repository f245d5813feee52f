"""How sure a dated sign makes a recurrence: against the end of treatment and the first diagnosis."""

from datetime import timedelta
from typing import Literal

from clinical_rules.diseases import SUSPICION
from clinical_rules.facts import CancerDiagnosis, PartialDate
from clinical_rules.intervals import add_months
from clinical_rules.picture import Certainty

Answer = Literal["yes", "no", "unclear"]
LESS_SURE: dict[Certainty, Certainty] = {"documented": "probable", "probable": "possible", "possible": "possible"}
SURENESS: tuple[Certainty, ...] = ("possible", "probable", "documented")


def capped(certainty: Certainty, entry: CancerDiagnosis) -> Certainty:
    """A suspicion is never more than possible; an entry known from its text alone is one step less sure."""
    if entry.verification in SUSPICION:
        return "possible"
    return certainty if entry.coded else LESS_SURE[certainty]


def surest(certainties: set[Certainty]) -> Certainty:
    """The surest of some."""
    return max(certainties, key=SURENESS.index)


def more_than_days_after(day: PartialDate, start: PartialDate, days: int) -> Answer:
    """Whether a date lies more than so many days after another; `unclear` where imprecise dates allow both."""
    span = timedelta(days=days)
    if day.earliest > start.latest + span:
        return "yes"
    return "no" if day.latest <= start.earliest + span else "unclear"


def months_after(day: PartialDate, start: PartialDate, months: int) -> Answer:
    """Whether a date lies at least so many calendar months after another."""
    if day.earliest >= add_months(start.latest, months):
        return "yes"
    return "no" if day.latest < add_months(start.earliest, months) else "unclear"


def after(day: PartialDate, other: PartialDate) -> bool:
    """Whether a date certainly lies after another."""
    return day.earliest > other.latest
