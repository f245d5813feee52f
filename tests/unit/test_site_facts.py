"""What is published for a site: short lines without doses, at most two of them on a card, all of them as findings."""

import re
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from cards import compose
from cards.extension import FINDINGS
from cards.kinds import kind_of
from clinical_rules.facts import Modality, PartialDate, RadiotherapyCourse
from clinical_rules.findings import Assessment, Finding, SourceReference, Urgency
from clinical_rules.intervals import TimeRules, interval_since
from clinical_rules.knowledge import Knowledge
from clinical_rules.reirradiation.miri import longer_than

WARD = SourceReference("Ward et al. 2018, MIRI")
DOSE_OR_SURVIVAL = re.compile(
    r"\bc?Gy\b|\bfractions?\b|\d+(\.\d+)? % (of|were) (alive|cured)|months? of survival", re.I
)


def test_no_short_line_holds_a_dose_or_a_survival_figure(knowledge: Knowledge) -> None:
    facts = knowledge.on(date(2026, 11, 20)).all_site_facts
    assert len(facts) >= 12
    for held in facts:
        assert not DOSE_OR_SURVIVAL.search(held.value.short), held.fact.id
        assert held.sources, held.fact.id


def fact(name: str, **values: Any) -> Finding:
    rule = f"reirradiation.site-fact.head-and-neck.{name}"
    told = {"site": "head-and-neck", "statement": f"statement of {name}", **values}
    words = {"evidenceLevel": "series"}
    return Finding(rule, "present", "reirradiation", told, None, ("Procedure/1",), (WARD,), words)


def detail(*facts: Finding) -> str:
    overlap = Finding(
        "reirradiation.overlap", "present", "reirradiation", {"overlap": "in-region"}, Urgency.WARNING, ("Procedure/1",)
    )
    found = Assessment("order-sign", "2026-11-20", "2026.11.1", (overlap, *facts))
    (card,) = compose(found, base_url="https://cds.example.org", max_cards=3).cards
    assert len(card.extension[FINDINGS]) == 1 + len(facts)
    return str(card.detail)


def test_a_card_prints_two_lines_whatever_the_order_and_keeps_every_finding() -> None:
    facts = [fact("c"), fact("a"), fact("b")]
    for some in (facts, facts[::-1]):
        told = detail(*some)
        assert told.count("statement of") == 2
        assert told.index("Head and neck: statement of a") < told.index("Head and neck: statement of b")
        assert "none of which decides" in told


def test_a_line_tells_the_classes_that_are_left_and_what_is_not_known() -> None:
    told = detail(fact("miri", classes=["I", "II"], missing=["resection"]))
    line = "statement of miri; class I or II by what is on file (not known: resection) (Ward et al. 2018, MIRI; series)"
    assert line in told


def test_a_site_fact_is_no_comparison_of_doses() -> None:
    assert kind_of("reirradiation.site-fact.head-and-neck.miri-classes") == "site-fact"
    assert kind_of("reirradiation.esophagus.other-source") == "comparison"


@pytest.mark.parametrize(("end", "longer"), [("2024-11-19", True), ("2024-11-20", False), ("2024-11-21", False)])
def test_more_than_two_years_means_more_than_two_years(end: str, *, longer: bool) -> None:
    course = RadiotherapyCourse(
        "Procedure/1", (), "completed", (Modality.PHOTON,), end=PartialDate.on(date.fromisoformat(end))
    )
    rules = TimeRules((3, 6, 12), Decimal("30.4375"), Decimal(5))
    assert longer_than(interval_since(course, PartialDate.on(date(2026, 11, 20)), rules), 24) is longer
