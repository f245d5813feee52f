"""What an option may ask of the extent: yes, no or not known, at, below and above each edge."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from option_questions import LOCAL, T10, diagnosis, sign, state, told, tumour

from clinical_rules.facts import BodySite, CancerDiagnosis, PartialDate, TumourSize
from clinical_rules.options.answers import Answer

LIVER = sign(1, metastatic_site="liver-metastasis")
LUNG = sign(2, metastatic_site="lung-metastasis", sites=(BodySite(region="lung", label="lung"),))


@pytest.mark.parametrize(
    ("signs", "arguments", "expected"),
    [
        ([LIVER], {"only": ["liver"]}, "yes"), ([LIVER, LUNG], {"only": ["liver"]}, "no"),
        ([LIVER], {"at_most": 1}, "yes"), ([LIVER, LUNG], {"at_most": 1}, "no"),
        ([LIVER, LUNG], {"at_least": 2}, "yes"), ([LIVER], {"at_least": 2}, "no"),
        ([replace(LIVER, metastatic_site=None, by_code=False)], {"at_most": 1}, "unknown"),
        ([replace(LIVER, metastatic_site=None)], {"at_most": 1}, "unknown"),
    ],
)  # fmt: skip
def test_organs_are_those_on_file(signs, arguments, expected):
    assert state({"fact": "organs", **arguments}, tumour(*signs, pattern="distant")) == expected


def test_a_local_recurrence_has_no_organ_with_metastases():
    assert state({"fact": "organs", "at_most": 1}, tumour(LOCAL)) == "yes"
    assert state({"fact": "organs", "only": ["liver"]}, tumour(LOCAL)) == "no"


def test_distant_nodes_count_as_an_organ_and_others_by_their_entry():
    nodes = diagnosis("Condition/1", role="nodes", site="other", node_group="C77.1")
    adrenal = diagnosis("Condition/2", role="secondary", site="other", organ="adrenal")
    present = tumour(sign(1), sign(2, metastatic_site="other"), pattern="distant")
    found = told({"fact": "organs", "at_least": 2}, present, diagnoses=(nodes, adrenal))
    assert found == Answer("yes", "metastases in adrenal, lymph node", ("Condition/1", "Condition/2"))


FRONTAL, CEREBELLUM = (BodySite(region="brain", label=part, subsite=part) for part in ("frontal-lobe", "cerebellum"))
BRAIN = BodySite(region="brain", label="brain")


@pytest.mark.parametrize(
    ("sites", "arguments", "expected"),
    [
        ((), {"at_most": 1}, "unknown"), ((FRONTAL,), {"at_most": 1}, "unknown"),
        ((FRONTAL, CEREBELLUM), {"at_most": 1}, "no"), ((FRONTAL, BRAIN), {"at_most": 1}, "unknown"),
        ((FRONTAL, CEREBELLUM), {"at_least": 2}, "yes"), ((FRONTAL,), {"at_least": 2}, "unknown"),
        ((replace(BRAIN, side="left"), replace(BRAIN, side="right")), {"at_most": 1}, "no"),
    ],
)  # fmt: skip
def test_lesions_on_file_are_a_lower_bound(sites, arguments, expected):
    present = tumour(sign(1, metastatic_site="brain-metastasis", sites=sites), pattern="distant")
    assert state({"fact": "lesions", **arguments}, present) == expected


def test_without_a_code_no_lesion_is_counted():
    assert told({"fact": "lesions", "at_most": 5}, tumour(sign(by_code=False))).words == "number of lesions"


FIVE_CM = {"fact": "size", "at_most_mm": 50}


def measured(mm: str, day: str | None = "2026-05-02", number: int = 1, focus: tuple[str, ...] = ()) -> TumourSize:
    when = PartialDate.on(date.fromisoformat(day)) if day else None
    return TumourSize(f"Observation/{number}", Decimal(mm), when, focus)


@pytest.mark.parametrize(
    ("sizes", "expected"),
    [
        ([measured("50")], "yes"), ([measured("50.1")], "no"), ([], "unknown"),
        ([measured("50", day=None)], "unknown"), ([measured("50", day="2020-03-26")], "unknown"),
        ([measured("50", day="2020-03-27")], "yes"), ([measured("50", day="2026-11-21")], "unknown"),
        ([measured("50", focus=("Condition/else",))], "unknown"), ([measured("50", focus=("Condition/1",))], "yes"),
        ([measured("60"), measured("40", day="2026-06-01", number=2)], "yes"),
        ([measured("60"), measured("40", number=2)], "no"),
    ],
)  # fmt: skip
def test_the_largest_of_the_newest_sizes_since_treatment_decides(sizes, expected):
    assert state(FIVE_CM, sizes=tuple(sizes)) == expected


def test_without_any_date_of_treatment_or_recurrence_every_size_may_be_of_it():
    undated = tumour(date=None, treatment_end=None)
    assert state(FIVE_CM, undated, sizes=(measured("50", day="2020-01-01"),)) == "yes"


def node(group: str, reference: str = "Condition/1") -> CancerDiagnosis:
    return diagnosis(reference, role="nodes", site="other", node_group=group)


@pytest.mark.parametrize(
    ("group", "pattern", "expected"),
    [
        ("C77.5", "regional", "yes"), ("C77.0", "regional", "no"), ("C77.9", "regional", "unknown"),
        (None, "regional", "unknown"), (None, "local", "no"), (None, "distant", "no"),
    ],
)  # fmt: skip
def test_nodes_go_by_their_group(group, pattern, expected):
    entries = (node(group),) if group else ()
    present = tumour(sign(1, parts=(pattern,)), pattern=pattern)
    assert state({"fact": "nodes", "any": ["C77.5"]}, present, diagnoses=entries) == expected


@pytest.mark.parametrize(
    ("sites", "pattern", "expected"),
    [(("liver-metastasis",), "distant", "yes"), (("lung-metastasis",), "distant", "no"), ((), "distant", "unknown"),
     ((), "local", "no")],
)  # fmt: skip
def test_a_metastatic_site_is_the_one_on_file(sites, pattern, expected):
    present = tumour(*(sign(1, metastatic_site=site) for site in sites), metastatic_sites=sites, pattern=pattern)
    assert state({"fact": "metastatic-site", "any": ["liver-metastasis"]}, present) == expected


@pytest.mark.parametrize(
    ("sites", "expected"),
    [((T10,), "yes"), ((), "unknown"), ((BodySite(region="unspecified", label="bone"),), "unknown"),
     ((BodySite(region="femur", label="femur"),), "no")],
)  # fmt: skip
def test_a_vertebra_is_a_named_bone_of_the_spine(sites, expected):
    present = tumour(sign(1, metastatic_site="bone-metastasis", sites=sites), pattern="distant")
    assert state({"fact": "vertebra"}, present) == expected
    assert state({"fact": "vertebra"}, tumour(LOCAL)) == "no"
