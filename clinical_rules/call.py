"""One call as every rule reads it: the facts, the knowledge in force, the hook, the day, and what the site has set."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Literal

from clinical_rules.facts import PatientFacts, RadiotherapyCourse
from clinical_rules.findings import Hook
from clinical_rules.intervals import TimeRules, add_months
from clinical_rules.knowledge import KnowledgeOn
from clinical_rules.picture import RuleSettings

ORDER_HOOKS = frozenset({"order-select", "order-sign"})
MONTHS_A_YEAR = 12
Guard = Literal["under-18", "pregnancy"]


@dataclass(frozen=True)  # no slots: what several rules ask for is worked out once
class Call:
    """What every rule reads beside the tumours."""

    facts: PatientFacts
    knowledge: KnowledgeOn
    hook: Hook
    on: date
    settings: RuleSettings

    @property
    def ordering(self) -> bool:
        """Whether an order is judged, not a chart."""
        return self.hook in ORDER_HOOKS

    @property
    def signing(self) -> bool:
        """Whether it is the full check at signing."""
        return self.hook == "order-sign"

    @cached_property
    def time_rules(self) -> TimeRules:
        """The numbers that intervals are judged by."""
        return TimeRules(
            bounds_months=tuple(int(bound) for bound in self.knowledge.numbers("interval.bands-months")),
            days_per_month=self.knowledge.number("time.days-per-month"),
            fractions_per_week=self.knowledge.number("time.fractions-per-week"),
        )

    @cached_property
    def guard(self) -> Guard | None:
        """Why nothing may reassure: under age now (a birth date known in part may mean that), or pregnant."""
        if self.under_age(self.on):
            return "under-18"
        return "pregnancy" if self._pregnant else None

    def under_age(self, day: date) -> bool:
        """Whether the patient was, or may have been, under age on a day; not where no birth date is on file."""
        birth = self.facts.patient.birth_date
        return birth is not None and add_months(birth.latest, self._months_of_age) > day

    def given_under_age(self, course: RadiotherapyCourse) -> bool:
        """Whether a course was given under age, as far as the dates tell."""
        when = course.start or course.end
        return when is not None and self.under_age(when.earliest)

    @cached_property
    def _months_of_age(self) -> int:
        return int(self.knowledge.number("adult.min-age-years")) * MONTHS_A_YEAR

    @property
    def _pregnant(self) -> bool:
        """A dated pregnancy code counts as long as a pregnancy can last."""
        window = int(self.knowledge.number("pregnancy.window-days"))
        return any(
            event.kind == "pregnancy" and event.date is not None and (self.on - event.date.latest).days <= window
            for event in self.facts.events
        )
