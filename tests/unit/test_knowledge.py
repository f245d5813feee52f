from datetime import date
from decimal import Decimal

import pytest

from clinical_rules.errors import KnowledgeError
from clinical_rules.findings import SourceReference
from clinical_rules.knowledge import load_knowledge
from clinical_rules.knowledge.listing import NOT_REVIEWED, listing
from clinical_rules.knowledge.schema import CodeList

TODAY = date(2026, 11, 23)
KNOWLEDGE = load_knowledge(today=TODAY)
ON = KNOWLEDGE.on(TODAY)

NUMBERS = {
    "interval.one-treatment-weeks": "8", "miri.interval-months": "24", "miri.min-course-gy": "40",
    "interval.running-course-weeks": "6", "dose.near-fraction": "0.9", "dose.lq-best-supported-gy-per-fraction": "8",
    "dose.stereotactic-min-gy-per-fraction": "5", "dose.stereotactic-max-fractions": "8",
    "dose.whole-brain-max-gy-per-fraction": "5", "time.days-per-month": "30.4375", "time.fractions-per-week": "5",
    "plausible.min-gy-per-fraction": "0.5", "plausible.max-course-gy": "120", "plausible.max-gy-per-fraction": "36",
    "plausible.fraction-fit-gy": "0.5", "plausible.fraction-fit-share": "0.01",
    "recurrence.synchronous-metastasis-days": "120", "recurrence.early-months": "24",
    "recurrence.early-documented-alert-days": "90", "recurrence.duplicate-onset-days": "60",
    "recurrence.disease-free-gap-months": "6", "recurrence.treatment-block-gap-days": "90",
    "treatment-effect.brain-months": "6", "treatment-effect.any-weeks": "12", "second-primary.histology-years": "5",
    "adult.min-age-years": "18", "anatomy.same-level-steps": "1", "anatomy.adjacent-level-steps": "3",
}  # fmt: skip


@pytest.mark.parametrize(("parameter", "number"), NUMBERS.items())
def test_every_agreed_parameter_holds_its_number(parameter, number):
    assert ON.number(parameter) == Decimal(number)
    assert ON.numbers(parameter) == (Decimal(number),)


def test_the_bands_of_the_interval_are_several_numbers():
    assert ON.numbers("interval.bands-months") == (Decimal(3), Decimal(6), Decimal(12))
    with pytest.raises(KnowledgeError, match="several numbers"):
        ON.number("interval.bands-months")


def test_an_unknown_parameter_is_refused_with_the_file_expected():
    with pytest.raises(KnowledgeError, match=r"parameters/nothing\.like-it\.toml"):
        ON.number("nothing.like-it")


def test_every_value_has_a_source_or_a_reason():
    for name in KNOWLEDGE.parameters:
        assert all(source.label and source.where for source in ON.sources(name)), name
    for held in ON.all_limits:
        assert held.sources, held.limit.id


def test_a_decision_of_our_own_names_its_reason_after_its_citations():
    sources = ON.sources("dose.lq-best-supported-gy-per-fraction")
    assert sources[0].label == "HypoFracCalc, public calculator"
    assert sources[0].url == "https://github.com/mesava/HFC-HypoFracCalc-"
    assert sources[-1].label == "rert-cds, project decision"
    assert sources[-1].where is not None


def test_a_citation_with_a_doi_is_linked():
    assert SourceReference(
        "Price et al. 2021",
        "https://doi.org/10.1016/j.adro.2020.09.027",
        "abstract: no recovery under 6 months, half above one year",
    ) in ON.sources("interval.bands-months")


def test_no_packaged_value_claims_a_reviewer():
    assert {row["reviewed_by"] for row in listing(KNOWLEDGE)} == {NOT_REVIEWED}


def test_the_days_of_one_date_are_made_once():
    assert KNOWLEDGE.on(TODAY) is ON
    assert KNOWLEDGE.on(date(2026, 12, 1)) is not ON


def test_before_the_first_value_the_oldest_is_read():
    assert KNOWLEDGE.on(date(2019, 1, 1)).number("recurrence.early-months") == 24


def test_limits_are_found_by_each_structure_they_judge():
    airway = {held.limit.id for held in ON.limits("Trachea")}
    assert airway
    assert airway == {held.limit.id for held in ON.limits("AirWay_Prox")}
    assert len(ON.limits("SpinalCord")) == 3
    assert ON.limits("Not_A_Structure") == ()


def test_every_structure_of_a_limit_is_one_the_anatomy_or_a_group_knows():
    known = set(ON.anatomy.traits) | {name for group in ON.anatomy.structure_groups.values() for name in group}
    for held in ON.all_limits:
        assert {held.limit.structure, *held.limit.structures} & known, held.limit.id


def test_entries_stand_in_an_order_of_their_own():
    ids = [limit.id for limit in KNOWLEDGE.limits]
    assert ids == sorted(ids)
    assert list(KNOWLEDGE.parameters) == sorted(KNOWLEDGE.parameters)


def test_the_version_is_that_of_the_packaged_knowledge():
    assert KNOWLEDGE.version == ON.version == "2026.11.1"


def test_knowledge_cannot_be_changed():
    with pytest.raises(TypeError):
        KNOWLEDGE.parameters["x"] = None
    with pytest.raises(AttributeError):
        ON.version = "other"


def test_the_anatomy_tables_have_all_their_rows():
    rows = {row["id"]: row["value"] for row in listing(KNOWLEDGE) if row["type"] == "table"}
    assert rows == {
        "anatomy.regions": "64 rows",
        "anatomy.site-codes": "668 rows",
        "anatomy.diagnosis-codes": "601 rows",
        "anatomy.neighbours": "746 rows",
        "anatomy.structures": "936 rows",
        "anatomy.nodal-drainage": "304 rows",
    }


def test_the_listing_says_each_value_in_words():
    words = {row["id"]: row["value"] for row in listing(KNOWLEDGE)}
    assert words["interval.bands-months"] == "3, 6, 12 months"
    assert words["dose.near-fraction"] == "0.9"
    assert words["codes.performance-status"] == "2 codes, 2 of them verified; 0 texts"
    assert words["reirradiation.cauda-equina.cumulative-eqd2"].startswith(
        "67 Gy EQD2, alpha/beta 2 Gy, D0.1cc; single-course line 60 Gy"
    )
    assert "caution from 75 Gy" in words["reirradiation.esophagus.cumulative-eqd2"]


def test_the_listing_carries_flags_of_its_sources():
    row = next(row for row in listing(KNOWLEDGE) if row["id"] == "interval.bands-months")
    assert [(source["flag"], source["primary_opened"]) for source in row["sources"]] == [
        ("Y1", True), ("Y1", True), ("Y2", False), ("", None),
    ]  # fmt: skip
    assert row["since"] == "2026-11-01"
    assert row["kind"] == "project-decision"


def test_no_list_of_codes_says_the_same_code_twice_for_one_resource():
    seen: dict[tuple[str, str, str], str] = {}
    for listed in KNOWLEDGE.code_lists:
        for code in listed.codes:
            key = (listed.resource, code.system, code.code)
            assert key not in seen, (key, listed.id, seen.get(key))
            seen[key] = listed.id


def test_a_patient_who_left_without_being_seen_has_not_declined_treatment():
    declined = next(each for each in KNOWLEDGE.code_lists if each.id == "codes.treatment-declined-condition")
    assert isinstance(declined, CodeList)
    assert all(not "Z53.21".startswith(code.code) or code.match == "exact" for code in declined.codes)
    assert "Z53.21" not in {code.code for code in declined.codes}


def test_egfr_protein_is_not_the_egfr_gene():
    biomarkers = next(each for each in KNOWLEDGE.code_lists if each.id == "codes.biomarker")
    items = {code.code: code.item for code in biomarkers.codes}
    assert items["39004-7"] == items["32581-1"] == "EGFR protein"
    assert items["21665-5"] == "EGFR"
