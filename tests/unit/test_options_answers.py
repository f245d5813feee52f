"""Each fact that an option may ask answers yes, no or not known: at, below and above each edge."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from pydantic import TypeAdapter

from clinical_rules.call import Call
from clinical_rules.facts import (
    BodySite,
    CancerDiagnosis,
    ClinicalEvent,
    DoseToVolume,
    GenomicResult,
    Modality,
    PartialDate,
    Patient,
    PatientFacts,
    RadiotherapyCourse,
    SystemicTherapy,
    TumourSize,
)
from clinical_rules.knowledge import load_knowledge
from clinical_rules.knowledge.schema_condition import Condition
from clinical_rules.options.answers import Answer, Asking
from clinical_rules.options.ask import answer
from clinical_rules.options.listed import listed
from clinical_rules.options.names import asked, supposed
from clinical_rules.picture import PresentTumour, RuleSettings, TumourSign
from clinical_rules.reirradiation import look_before

ON = date(2026, 11, 20)
KNOWLEDGE = load_knowledge().on(ON)
CONDITION: TypeAdapter[Condition] = TypeAdapter(Condition)
BACK = PartialDate.of(2026, 5, 1)
ENDED = PartialDate.of(2020, 3, 27)
RECTUM = BodySite(region="rectum", label="rectum")
T10 = BodySite(region="spine-thoracic", label="T10", subsite="T10")


def sign(number: int = 1, **given) -> TumourSign:
    return TumourSign(**{
        "reference": f"Condition/{number}", "certainty": "documented", "words": "metastasis", "parts": ("distant",),
        "date": BACK, "by_code": True, **given,
    })  # fmt: skip


def tumour(*signs: TumourSign, **given) -> PresentTumour:
    return PresentTumour(**{
        "reference": "Condition/1", "references": ("Condition/1", "Condition/2", "Condition/primary"),
        "kind": "recurrence", "site": "rectum", "sites": (RECTUM,), "certainty": "documented", "courses": (),
        "date": BACK, "treatment_end": ENDED, "signs": signs, "pattern": "local", **given,
    })  # fmt: skip


def asking_of(facts: PatientFacts, present: PresentTumour) -> Asking:
    return Asking(present, look_before((present,), Call(facts, KNOWLEDGE, "patient-view", ON, RuleSettings())))


def told(condition: dict[str, object], present: PresentTumour | None = None, **facts) -> Answer:
    found = PatientFacts(Patient("Patient/1"), **facts)
    return answer(CONDITION.validate_python(condition), asking_of(found, present or tumour()))


def state(condition: dict[str, object], present: PresentTumour | None = None, **facts) -> str:
    return told(condition, present, **facts).state


def diagnosis(reference: str = "Condition/primary", **given) -> CancerDiagnosis:
    return CancerDiagnosis(
        **{"reference": reference, "role": "primary", "site": "rectum", "body_site": RECTUM, **given}
    )


def event(kind, value=None, day: str | None = "2026-11-01", number: int = 1, item: str | None = None) -> ClinicalEvent:
    when = PartialDate.on(date.fromisoformat(day)) if day else None
    return ClinicalEvent(f"Observation/{number}", kind, item or kind, date=when, value=value)


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


# --- earlier treatment --------------------------------------------------------------------------------------------

PLATINUM = {"fact": "agent-given", "any": ["platinum"]}


def course(region: str = "rectum", end: str | None = "2020-03-27", number: int = 1, **given) -> RadiotherapyCourse:
    reference = f"Procedure/{number}"
    return RadiotherapyCourse(**{
        "reference": reference, "references": (reference,), "status": "completed", "modalities": (Modality.PHOTON,),
        "sites": (BodySite(region=region, label=region),), "fractions": 25,
        "end": PartialDate.on(date.fromisoformat(end)) if end else None, **given,
    })  # fmt: skip


def after(*courses: RadiotherapyCourse, **given) -> dict[str, object]:
    return {"present": tumour(courses=tuple(each.reference for each in courses), **given), "courses": courses}


@pytest.mark.parametrize(
    ("agent", "status", "expected"),
    [
        ("Cisplatin", "completed", "yes"), ("carboplatin", "active", "yes"), ("platinum", "completed", "yes"),
        ("cisplatin", "draft", "unknown"), ("cisplatin", "entered-in-error", "unknown"),
        ("gemcitabine", "completed", "unknown"),
    ],
)  # fmt: skip
def test_a_drug_counts_for_its_class_unless_it_is_a_draft_or_an_error(agent, status, expected):
    assert state(PLATINUM, systemic=(SystemicTherapy("MedicationRequest/1", agent, status),)) == expected


def test_no_drug_on_file_is_never_no():
    assert told(PLATINUM).words == "earlier platinum"


@pytest.mark.parametrize(
    ("courses", "expected"),
    [
        ([course()], "yes"), ([course("brain")], "no"), ([], "unknown"), ([course("pelvis")], "yes"),
        ([course("unspecified")], "unknown"), ([course("brain"), course(number=2)], "yes"),
    ],
)  # fmt: skip
def test_irradiated_is_told_by_region_and_without_a_course_not_at_all(courses, expected):
    assert state({"fact": "irradiated"}, **after(*courses)) == expected


YEAR = {"fact": "interval", "at_least_months": 12}


@pytest.mark.parametrize(
    ("courses", "expected"),
    [
        ([course(end="2025-11-20")], "yes"), ([course(end="2025-11-21")], "no"), ([], "unknown"),
        ([course(end=None)], "unknown"), ([course("brain", end="2026-10-01")], "unknown"),
        ([course(), course(end="2026-10-01", number=2)], "no"), ([course(), course(end=None, number=2)], "unknown"),
    ],
)  # fmt: skip
def test_the_interval_counts_from_every_course_that_overlaps(courses, expected):
    assert state(YEAR, **after(*courses)) == expected


CORD = BodySite(region="spine-thoracic", label="spinal cord", structures=("SpinalCord",))


def dosed(gy: str, *, kind="organ-at-risk", metric: str | None = "Dmax") -> RadiotherapyCourse:
    place = CORD if kind == "organ-at-risk" else T10
    dose = DoseToVolume("delivered", place, Decimal(gy), 25, volume_type=kind, metric=metric)
    return course(sites=(T10,), volumes=(dose,))


@pytest.mark.parametrize(
    ("gy", "kind", "expected"),
    [("75", "organ-at-risk", "yes"), ("40", "organ-at-risk", "no"), ("40", "target", "unknown")],
)
def test_only_a_documented_sum_tells_whether_it_is_over_its_limit(gy, kind, expected):
    assert state({"fact": "structure-exceeds"}, **after(dosed(gy, kind=kind), sites=(T10,))) == expected


def test_without_doses_no_sum_is_known():
    assert state({"fact": "structure-exceeds"}) == "unknown"


@pytest.mark.parametrize(
    ("courses", "expected"),
    [
        ([dosed("40")], "yes"), ([dosed("40", kind="target")], "unknown"), ([], "unknown"),
        ([course(sites=(T10,))], "no"), ([course("brain")], "unknown"),
    ],
)  # fmt: skip
def test_organ_doses_of_the_earlier_course_are_dosimetry(courses, expected):
    assert state({"fact": "dosimetry"}, **after(*courses, sites=(T10,))) == expected


# --- the extent ---------------------------------------------------------------------------------------------------

LIVER = sign(1, metastatic_site="liver-metastasis")
LUNG = sign(2, metastatic_site="lung-metastasis", sites=(BodySite(region="lung", label="lung"),))
LOCAL = sign(1, parts=("local",))


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


# --- the patient --------------------------------------------------------------------------------------------------

ECOG_2 = {"fact": "performance-status", "at_most": 2}


@pytest.mark.parametrize(
    ("item", "value", "expected"),
    [
        ("ECOG", "2", "yes"), ("ECOG", "3", "no"), ("ECOG", None, "unknown"), ("ECOG", "NaN", "unknown"),
        ("WHO", "1", "unknown"), ("Karnofsky", "70 %", "yes"), ("Karnofsky", "60", "unknown"),
        ("Karnofsky", "50", "unknown"), ("Karnofsky", "40", "no"),
    ],
)  # fmt: skip
def test_performance_status_is_ecog_or_karnofsky_where_its_conversions_agree(item, value, expected):
    assert state(ECOG_2, events=(event("performance-status", value, item=item),)) == expected


@pytest.mark.parametrize(
    ("day", "expected"),
    [("2026-05-01", "yes"), ("2026-04-30", "unknown"), (None, "unknown"), ("2026-11-21", "unknown")],
)
def test_a_performance_status_from_before_the_recurrence_is_not_read(day, expected):
    assert state(ECOG_2, events=(event("performance-status", "1", day, item="ECOG"),)) == expected


def test_one_within_the_window_is_read_whatever_the_date_of_the_recurrence():
    later, status = (
        tumour(date=PartialDate.of(2026, 11, 10)),
        {"kind": "performance-status", "value": "1", "item": "ECOG"},
    )
    assert state(ECOG_2, later, events=(event(day="2026-10-23", **status),)) == "yes"
    assert state(ECOG_2, later, events=(event(day="2026-10-22", **status),)) == "unknown"
    assert state(ECOG_2, tumour(date=None), events=(event(day="2026-10-22", **status),)) == "unknown"


def test_two_of_one_day_that_differ_do_not_decide():
    found = [event("performance-status", str(grade), number=grade, item="ECOG") for grade in (1, 3)]
    assert told(ECOG_2, events=tuple(found)).words == "ECOG (values do not decide)"


@pytest.mark.parametrize(
    ("value", "expected"), [("13", "yes"), ("12 {score}", "no"), ("high", "unknown"), (None, "unknown")]
)
def test_the_spine_score_is_read_as_a_number(value, expected):
    assert state({"fact": "sins", "at_least": 13}, events=(event("spine-instability", value),)) == expected


def test_of_several_spine_scores_the_newest_counts_and_of_one_day_the_highest():
    days = [event("spine-instability", "14", "2026-01-01"), event("spine-instability", "7", number=2)]
    assert state({"fact": "sins", "at_least": 13}, events=tuple(days)) == "no"
    same = [event("spine-instability", "14", None), event("spine-instability", "7", None, number=2)]
    assert told({"fact": "sins", "at_least": 13}, events=tuple(same)) == Answer("yes", "SINS 14", ("Observation/1",))


@pytest.mark.parametrize(
    ("fact", "kind"), [("castration-resistance", "hormone-resistance"), ("psma-imaging", "psma-imaging")]
)
@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["positive"], "yes"),
        (["negative"], "no"),
        ([None], "unknown"),
        ([], "unknown"),
        (["positive", "negative"], "unknown"),
    ],
)  # fmt: skip
def test_a_statement_with_an_outcome_answers_by_it(fact, kind, values, expected):
    events = tuple(event(kind, value, number=place) for place, value in enumerate(values))
    assert state({"fact": fact}, events=events) == expected
    undated = tuple(replace(each, date=None) for each in events)
    assert state({"fact": fact}, events=undated) == expected


@pytest.mark.parametrize(
    ("kind", "item", "expected"),
    [("symptom", "fracture", "yes"), ("pain", "neoplasm related pain", "yes"), ("symptom", "dysphagia", "no")],
)
def test_a_symptom_is_on_file_by_its_item_or_kind(kind, item, expected):
    assert state({"fact": "symptom", "any": ["fracture", "pain"]}, events=(event(kind, item=item),)) == expected


# --- the words ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        ({"fact": "histology", "any": ["squamous", "small-cell"]}, "squamous or small-cell histology"),
        (
            {"fact": "organs", "only": ["liver"], "at_most": 1},
            "metastases only in liver, 1 organ with metastases at most",
        ),
        ({"fact": "organs", "at_least": 2}, "2 organs with metastases or more"),
        ({"fact": "lesions", "at_most": 1}, "number of lesions"),
        ({"fact": "sins", "at_least": 7}, "SINS"),
        ({"fact": "performance-status", "at_most": 0}, "ECOG"),
        ({"fact": "biomarker", "name": "MSI", "kind": "instability", "outcome": "positive"}, "MSI positive"),
        ({"fact": "biomarker", "name": "RAS", "kind": "mutation", "outcome": "negative"}, "RAS wild type"),
        ({"fact": "biomarker", "name": "HER2", "kind": "protein", "outcome": "negative"}, "HER2 protein negative"),
        ({"fact": "nodes", "any": ["C77.5"]}, "nodes of the pelvis"),
        ({"fact": "metastatic-site", "any": ["bone-metastasis"]}, "bone metastasis"),
    ],
)
def test_what_is_asked_is_put_into_plain_words(condition, words):
    assert asked(CONDITION.validate_python(condition)) == words


@pytest.mark.parametrize(
    ("condition", "words"),
    [({"fact": "sins", "at_least": 7}, "SINS 7 or more"), ({"fact": "irradiated"}, "irradiated before")],
)
def test_a_caution_that_may_hold_is_told_as_a_supposition(condition, words):
    assert supposed(CONDITION.validate_python(condition)) == words


def test_what_is_not_known_of_a_class_of_drugs_is_silent_and_of_an_irradiated_region_told():
    held = next(each for each in KNOWLEDGE.options if each.option.id == "nasopharynx-chemoradiation")
    facts = PatientFacts(Patient("Patient/1"))
    found = listed(held, asking_of(facts, tumour(LOCAL)))
    assert found is not None
    assert found.cautions == ("if irradiated before: risk of severe harm to brain, cord, large vessels",)
    cisplatin = (SystemicTherapy("MedicationRequest/1", "cisplatin", "completed"),)
    given = replace(facts, systemic=cisplatin)
    told_again = listed(held, asking_of(given, tumour(LOCAL)))
    assert told_again is not None
    assert told_again.cautions[1:] == ("check kidneys, hearing and nerves before platinum again",)
