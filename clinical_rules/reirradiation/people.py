"""For whom the limits are not meant: children and pregnancy."""

from typing import Literal

from clinical_rules.facts import RadiotherapyCourse
from clinical_rules.intervals import add_months
from clinical_rules.reirradiation.targets import Setting

MONTHS_A_YEAR = 12
Guard = Literal["under-18", "pregnancy"]


def guard(setting: Setting) -> Guard | None:
    """Why nothing may reassure: under age now (a birth date known in part may mean that), or pregnant."""
    birth = setting.facts.patient.birth_date
    if birth is not None and add_months(birth.latest, _months_of_age(setting)) > setting.on:
        return "under-18"
    return "pregnancy" if _pregnant(setting) else None


def given_under_age(course: RadiotherapyCourse, setting: Setting) -> bool:
    """Whether a course was given under age, as far as the dates tell."""
    birth, when = setting.facts.patient.birth_date, course.start or course.end
    if birth is None or when is None:
        return False
    return add_months(birth.latest, _months_of_age(setting)) > when.earliest


def _months_of_age(setting: Setting) -> int:
    return int(setting.knowledge.number("adult.min-age-years")) * MONTHS_A_YEAR


def _pregnant(setting: Setting) -> bool:
    """A dated pregnancy code counts as long as a pregnancy can last."""
    window = int(setting.knowledge.number("pregnancy.window-days"))
    return any(
        event.kind == "pregnancy" and event.date is not None and (setting.on - event.date.latest).days <= window
        for event in setting.facts.events
    )
