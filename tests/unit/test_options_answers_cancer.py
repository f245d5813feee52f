"""What an option may ask of the cancer and its biomarkers: yes, no or not known, at and beside each edge."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from option_questions import diagnosis, state, told, tumour

from clinical_rules.facts import GenomicResult, PartialDate
from clinical_rules.options.answers import Answer

# --- the cancer ---------------------------------------------------------------------------------------------------

ADENO = {"fact": "histology", "any": ["adenocarcinoma"]}


@pytest.mark.parametrize(
    ("morphologies", "expected"),
    [
        (["8140/3"], "yes"), (["8139/3"], "no"), (["8149/3"], "yes"), (["8072/3"], "no"), (["M8140/3"], "yes"),
        (["8010/3"], "unknown"), (["8014/3"], "unknown"), (["words"], "unknown"), ([], "unknown"),
        (["8010/3", "8140/3"], "yes"), (["8072/3", "8140/3"], "unknown"),
    ],
)  # fmt: skip
def test_histology_goes_by_family_and_a_morphology_without_a_kind_decides_nothing(morphologies, expected):
    entries = [diagnosis(f"Condition/{place}", histology=code) for place, code in enumerate(morphologies, 1)]
    assert state(ADENO, diagnoses=tuple(entries)) == expected


def test_the_histology_of_another_cancer_is_not_read():
    assert state(ADENO, diagnoses=(diagnosis("Condition/other", histology="8140/3"),)) == "unknown"


@pytest.mark.parametrize(
    ("names", "entry", "expected"),
    [
        (["rectum"], {}, "yes"), (["kidney"], {}, "no"), (["kidney"], {"organ": "kidney"}, "yes"),
        (["melanoma"], {"code": "C43.51"}, "yes"), (["melanoma"], {"histology": "8720/3"}, "yes"),
        (["melanoma"], {"code": "C20"}, "no"), (["rectum"], {"body_site": None}, "yes"),
    ],
)  # fmt: skip
def test_the_primary_goes_by_site_organ_place_morphology_and_code(names, entry, expected):
    assert state({"fact": "primary", "any": names}, diagnoses=(diagnosis(**entry),)) == expected


def test_a_primary_without_a_name_is_not_known():
    unnamed = tumour(site="other", organ=None)
    assert state({"fact": "primary", "any": ["kidney"]}, unnamed) == "unknown"


# --- biomarkers ---------------------------------------------------------------------------------------------------

FUSION = {"fact": "biomarker", "name": "NTRK", "kind": "fusion", "outcome": "positive"}
CPS = {"fact": "biomarker", "name": "PD-L1", "score": "CPS", "at_least": 1}


def result(name="NTRK", outcome="positive", day: str | None = "2026-01-10", number: int = 1, **given) -> GenomicResult:
    when = PartialDate.on(date.fromisoformat(day)) if day else None
    return GenomicResult(f"Observation/{number}", name, outcome, date=when, **given)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ([], "unknown"),
        ([result(kind="fusion")], "yes"),
        ([result(kind="fusion", outcome="negative")], "no"),
        ([result(kind="fusion", outcome="indeterminate")], "unknown"),
        ([result(kind="mutation")], "unknown"),
        ([result()], "unknown"),
        ([result(kind="fusion", day="2026-11-21")], "unknown"),
        ([result(kind="fusion", day=None)], "yes"),
        ([result(kind="fusion", day="2025-01-01"), result(kind="fusion", outcome="negative", number=2)], "no"),
        ([result(kind="fusion"), result(kind="fusion", outcome="negative", number=2)], "unknown"),
        ([result("EGFR", kind="fusion")], "unknown"),
    ],
)
def test_only_a_fusion_answers_a_question_for_a_fusion_and_the_newest_decides(given, expected):
    assert state(FUSION, genomics=tuple(given)) == expected


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"score": "CPS", "value": Decimal(1)}, "yes"),
        ({"score": "CPS", "value": Decimal("0.9")}, "no"),
        ({"score": "CPS", "value": Decimal(0)}, "no"),
        ({"score": "CPS", "below": Decimal(1)}, "no"),
        ({"score": "CPS", "below": Decimal("1.1")}, "unknown"),
        ({"score": "TPS", "below": Decimal(1)}, "unknown"),
        ({"score": "CPS", "value": Decimal(50), "unit": "%"}, "yes"),
        ({"score": "TPS", "value": Decimal(50)}, "unknown"),
        ({"value": Decimal(50)}, "unknown"),
        ({"score": "CPS"}, "unknown"),
    ],
)
def test_a_score_is_read_as_itself_only(given, expected):
    assert state(CPS, genomics=(result("PD-L1", **given),)) == expected


def test_the_reason_is_told_where_another_kind_or_score_is_on_file():
    mutation = told(FUSION, genomics=(result(kind="mutation"),))
    assert mutation == Answer("unknown", "NTRK fusion (NTRK mutation on file is not a fusion)", ("Observation/1",))
    assert told(FUSION, genomics=(result(),)).words == "NTRK fusion (kind of test not stated)"
    tps = result("PD-L1", score="TPS", value=Decimal(60))
    assert told(CPS, genomics=(tps,)).words == "PD-L1 CPS (PD-L1 as TPS is not CPS)"
    assert told(CPS, genomics=(result("PD-L1", score="CPS"),)).words == "PD-L1 CPS (no usable number)"
    unscored = result("PD-L1", value=Decimal(60))
    assert told(CPS, genomics=(unscored,)).words == "PD-L1 CPS (PD-L1 without a stated CPS)"
    both = (result(kind="fusion"), result(kind="fusion", outcome="negative", number=2))
    assert told(FUSION, genomics=both).words == "NTRK fusion (results disagree)"


def test_a_result_is_told_with_its_number_and_day():
    cps = result("PD-L1", score="CPS", value=Decimal(10))
    assert told(CPS, genomics=(cps,)).words == "PD-L1 positive CPS 10, 2026-01-10"
    assert told(CPS, genomics=(replace(cps, outcome="unknown", date=None),)).words == "PD-L1 CPS 10"
    for unit, shown in (("1", ""), ("{score}", ""), ("%", "%"), ("[IU]/mL", " [IU]/mL")):
        assert told(CPS, genomics=(replace(cps, unit=unit),)).words == f"PD-L1 positive CPS 10{shown}, 2026-01-10"
    below = replace(cps, outcome="unknown", value=None, below=Decimal(1))
    assert told(CPS, genomics=(below,)).words == "PD-L1 CPS <1, 2026-01-10"
