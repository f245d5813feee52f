"""Options on a card: by category, one line each, further ones by name; and the order of records changes nothing."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cards import compose
from clinical_rules import assess
from clinical_rules.facts import (
    BodySite,
    CancerDiagnosis,
    ClinicalEvent,
    GenomicResult,
    PartialDate,
    Patient,
    PatientFacts,
    SystemicTherapy,
)
from clinical_rules.findings import Assessment, Finding, SourceReference, Urgency
from clinical_rules.knowledge import load_knowledge

ON = date(2026, 11, 20)
KNOWLEDGE = load_knowledge().on(ON)
SOURCE = SourceReference("Liu et al. 2021", None, "abstract")
RECURRENCE = Finding(
    "recurrence.pattern", "present", "recurrence",
    {"site": "nasopharynx", "pattern": "local", "certainty": "documented", "date": "2026-05-01", "early": False},
    Urgency.INFO, ("Condition/npc",),
    words={"options": "for the team to decide: cure, or control of symptoms and time"},
)  # fmt: skip


def option(name: str, category: str, place: int = 0, **words) -> Finding:
    values = {"option": name, "category": category, "grade": "A", **words.pop("values", {})}
    words = {"label": f"Option {name}", "population": "small recurrence", "place": place, **words}
    return Finding(f"salvage.{name}", "option", "recurrence", values, sources=(SOURCE,), words=words)


def detail(*findings: Finding) -> str:
    assessment = Assessment("patient-view", "2026-11-20", "2026.11.1", findings, patient_reference="Patient/1")
    (card,) = compose(assessment, base_url="https://example.org", max_cards=2).cards
    return card.detail or ""


def section(text: str) -> list[str]:
    """What stands between the heading of the options and the next block, without blank lines."""
    told = text.partition("**Options to discuss**")[2].partition("**Limits of this advice**")[0]
    return [line for line in told.splitlines() if line]


def lines(text: str) -> list[str]:
    return [line for line in section(text) if line.startswith(("- ", "**"))]


def test_options_stand_under_their_category_and_as_ranked_within_it():
    listed = (option("a", "trial"), option("b", "systemic", 11), option("c", "systemic", 2), option("d", "surgery", 3))
    found = lines(detail(RECURRENCE, *listed))
    assert [line.split(" (")[0] for line in found] == [
        "**Surgery**", "- Option d", "**Systemic treatment**", "- Option c", "- Option b",
        "**Clinical trial**", "- Option a",
    ]  # fmt: skip


def test_an_option_is_one_line_with_what_speaks_against_it_and_what_is_not_known():
    words = {
        "favouring": ["size 30 mm"], "against": ["ECOG 3"], "notKnown": ["interval"],
        "cautions": ["if irradiated before: carotid artery"], "notes": ["pregnancy on file"],
        "dispute": "sources differ", "notAssessed": ["resectability"], "recurrences": ["Nasopharynx*"],
        "values": {"priorExposure": [{"agent": "cis<b>platin", "last": "2020-03"}, {"agent": "fluorouracil"}]},
    }  # fmt: skip
    _, line = lines(detail(RECURRENCE, option("a", "surgery", **words)))
    assert line == (
        "- Option a (A; Liu et al. 2021), in: Nasopharynx&#42;: small recurrence;"
        " had before: cis&#60;b&#62;platin 2020&#45;03, fluorouracil; against: ECOG 3; not known: interval;"
        " if irradiated before: carotid artery; pregnancy on file; disputed: sources differ"
    )


def test_what_no_record_shows_is_said_once_after_all_options():
    some, more = ["resectability", "lung function"], ["eligibility", "resectability"]
    told = section(
        detail(
            RECURRENCE,
            option("a", "surgery", notAssessed=some),
            option("b", "trial", 1, notAssessed=more),
            option("c", "systemic", 2, brief=True, notAssessed=["organ function"]),
        )
    )
    assert "Not assessed here: resectability, lung function, organ function, eligibility" in told
    assert "".join(told).count("resectability") == 1


@pytest.mark.parametrize(
    ("labels", "basis"),
    [
        (["Liu et al. 2021", "Other"], "(A; Liu et al. 2021)"),
        (["ASTRO 2017, bone metastases"], "(A; ASTRO 2017)"),
        (["systematic review, Radiat Oncol 2021"], "(A; systematic review, Radiat Oncol 2021)"),
        (["Patient page on recurrent nasopharyngeal cancer", "SABR-COMET"], "(A; Patient page)"),
        (["rert-cds, project decision"], "(A; project decision)"),
        (["rert-cds, project decision", "SABR-COMET"], "(A; SABR-COMET)"),
        ([], "(A)"),
    ],
)
def test_an_option_names_its_first_cited_source_in_few_words(labels, basis):
    found = replace(option("a", "surgery"), sources=tuple(SourceReference(label) for label in labels))
    assert f"- Option a {basis}: small recurrence" in section(detail(RECURRENCE, found))


def test_what_is_beyond_the_first_is_named_in_one_line():
    found = section(
        detail(
            RECURRENCE,
            option("a", "surgery"),
            option("b", "trial", 1, brief=True),
            option("c", "systemic", 2, brief=True),
        )
    )
    assert [line for line in found if "Option" in line][1:] == ["Further options: Option c; Option b"]


def test_what_is_disputed_is_never_only_named():
    disputed = option("b", "trial", 9, brief=True, dispute="sources differ")
    found = section(detail(RECURRENCE, option("a", "surgery"), disputed))
    assert "- Option b (A; Liu et al. 2021): small recurrence; disputed: sources differ" in found
    assert not [line for line in found if "Further" in line]


def test_an_option_without_words_is_named_by_its_id_and_an_unknown_category_comes_last():
    bare = Finding("salvage.neck-dissection", "option", "recurrence", {"category": "other"})
    found = lines(detail(RECURRENCE, bare, option("a", "trial")))
    assert found == ["**Clinical trial**", "- Option a (A; Liu et al. 2021): small recurrence", "**other**",
                     "- neck dissection"]  # fmt: skip


def test_the_aim_is_asked_before_the_options():
    told = section(detail(RECURRENCE, option("a", "surgery")))
    assert told[0] == "For the team to decide: cure, or control of symptoms and time"


def test_that_no_option_is_listed_is_told_with_the_recurrence_where_another_has_options():
    other = replace(
        RECURRENCE, evidence=("Condition/2",), words={"options": "no options listed: the pattern is not known"},
        values={**RECURRENCE.values, "site": "rectum", "pattern": "unknown"},
    )  # fmt: skip
    assert section(detail(other)) == ["No options listed: the pattern is not known"]
    assert sorted(section(detail(RECURRENCE, other))) == [
        "Local recurrence of nasopharyngeal cancer: for the team to decide: cure, or control of symptoms and time",
        "Recurrence of rectal cancer: no options listed: the pattern is not known",
    ]


def test_that_options_are_withheld_is_told_with_the_reason():
    withheld = Finding(
        "supportive.options-withheld", "present", "supportive-care", {"topic": "options-withheld", "reason": "hospice"},
        words={"label": "Options are withheld", "note": "hospice care on file"},
    )  # fmt: skip
    assert "- Options are withheld: hospice care on file" in detail(RECURRENCE, withheld)


def chart() -> PatientFacts:
    primary = CancerDiagnosis(
        "Condition/1", "primary", "rectum", BodySite("rectum", "rectum"), onset=PartialDate.of(2020)
    )
    liver = CancerDiagnosis(
        "Condition/2",
        "secondary",
        "liver-metastasis",
        BodySite("liver", "liver"),
        organ="liver",
        onset=PartialDate.of(2025),
    )
    lung = CancerDiagnosis(
        "Condition/3",
        "secondary",
        "lung-metastasis",
        BodySite("lung", "lung"),
        organ="lung",
        onset=PartialDate.of(2025),
    )
    drugs = (("oxaliplatin", 2021), ("capecitabine", 2020), ("bevacizumab", 2022), ("oxaliplatin", 2020))
    tests = (
        ("RAS", "negative", 2021),
        ("RAS", "positive", 2021),
        ("BRAF", "negative", 2021),
        ("MSI", "negative", 2020),
    )
    return PatientFacts(
        Patient("Patient/1"),
        diagnoses=(primary, replace(primary, reference="Condition/4", clinical_status="recurrence"), liver, lung),
        systemic=tuple(
            SystemicTherapy(f"MedicationRequest/{place}", agent, "completed", start=PartialDate.of(year))
            for place, (agent, year) in enumerate(drugs)
        ),
        genomics=tuple(
            GenomicResult(f"Observation/{place}", name, outcome, date=PartialDate.of(year), kind="mutation")
            for place, (name, outcome, year) in enumerate(tests)
        ),
        events=tuple(
            ClinicalEvent(f"Observation/e{grade}", "performance-status", "ECOG", PartialDate.on(ON), str(grade))
            for grade in (1, 2)
        ),
    )


CHART = chart()
ADVICE = assess(CHART, hook="patient-view", knowledge=KNOWLEDGE, on=ON)


@given(
    st.permutations(CHART.diagnoses),
    st.permutations(CHART.systemic),
    st.permutations(CHART.genomics),
    st.permutations(CHART.events),
)
def test_the_order_of_records_changes_no_option(diagnoses, systemic, genomics, events):
    shuffled = replace(
        CHART, diagnoses=tuple(diagnoses), systemic=tuple(systemic), genomics=tuple(genomics), events=tuple(events)
    )
    assert assess(shuffled, hook="patient-view", knowledge=KNOWLEDGE, on=ON) == ADVICE
    assert any(finding.rule.startswith("salvage.") for finding in ADVICE.findings)


def test_where_an_option_of_radiotherapy_in_an_irradiated_region_is_listed_a_referral_is_suggested():
    overlap = Finding(
        "reirradiation.overlap",
        "present",
        "reirradiation",
        {"overlap": "in-region", "type": "unknown"},
        evidence=("Procedure/1",),
    )
    found = (RECURRENCE, overlap, option("reirradiation-review", "radiotherapy"))
    assessment = Assessment("patient-view", "2026-11-20", "2026.11.1", found, patient_reference="Patient/1")
    (card,) = compose(assessment, base_url="https://example.org", max_cards=2).cards
    assert any(each.label.startswith("Referral to radiation oncology") for each in card.suggestions or ())


def test_every_packaged_option_is_printed_without_markup_of_its_own():
    for held in KNOWLEDGE.options:
        text = detail(
            RECURRENCE, option("a", held.option.category, label=held.option.option, dispute=held.option.dispute)
        )
        assert len(lines(text)) == 2, held.option.id
        assert "](" not in text, held.option.id
