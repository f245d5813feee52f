"""For which cancer a drug is ordered, as far as the chart tells: some uses rest on no test."""

from collections.abc import Sequence
from typing import Literal

from clinical_rules.facts import CancerDiagnosis, DrugOrder, PatientFacts
from clinical_rules.knowledge.schema import DrugTest

Use = Literal["asked", "exempt", "unknown"]
OF_A_PRIMARY = frozenset({"primary", "local-recurrence", "recurrence", "history"})


def use_of(order: DrugOrder, test: DrugTest, facts: PatientFacts) -> Use:
    """Asked where a cancer of the test is on file, exempt where only others are; unknown where neither is told.

    A reason of the order that names an exempt cancer goes before what else is in the chart.
    """
    primaries = primaries_of(facts)
    exempt = {name for use in test.exempt if use.drug == order.agent for name in use.cancers}
    stated = [each for each in primaries if each.reference in order.reasons]
    considered = stated if stated and all(_is_exempt(each, exempt) for each in stated) else primaries
    if not test.cancers or any(names_of(each) & set(test.cancers) for each in considered):
        return "asked"
    return "exempt" if any(_is_exempt(each, exempt) for each in considered) else "unknown"


def primaries_of(facts: PatientFacts) -> list[CancerDiagnosis]:
    """The entries that name the cancer itself and not what it has spread to."""
    return [each for each in facts.diagnoses if each.role in OF_A_PRIMARY]


def _is_exempt(diagnosis: CancerDiagnosis, exempt: set[str]) -> bool:
    """Codings that contradict each other exempt from nothing."""
    return diagnosis.conflict is None and bool(names_of(diagnosis) & exempt)


def names_of(diagnosis: CancerDiagnosis) -> set[str]:
    """Site, organ, region and subsite of a cancer."""
    place = diagnosis.body_site
    names: Sequence[str | None] = (diagnosis.site, diagnosis.organ, *((place.region, place.subsite) if place else ()))
    return {name for name in names if name}
