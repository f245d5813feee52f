"""The tests before drugs as knowledge, and the lists of drugs they rest on."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from cds_service.code_table import build_code_table
from clinical_rules.biomarkers import is_tested
from clinical_rules.errors import KnowledgeError
from clinical_rules.knowledge import Knowledge, load_knowledge
from fhir_mappings.prefetch import Prefetch
from fhir_mappings.reading import read_facts

ON = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("agent", "tested"),
    [("cetuximab", True), ("panitumumab", True), ("larotrectinib", True), ("entrectinib", True),
     ("repotrectinib", True), ("cisplatin", False), ("", False)],
)  # fmt: skip
def test_the_drugs_whose_use_rests_on_a_test(knowledge: Knowledge, agent: str, tested: bool) -> None:
    assert is_tested(agent, knowledge.on(ON)) is tested


def test_every_drug_biomarker_and_item_of_a_test_is_one_that_is_read(knowledge: Knowledge) -> None:
    codes = build_code_table(knowledge)
    drugs = set(codes.texts["drug"].values())
    results = {
        code.item for listed in knowledge.code_lists for code in listed.codes if listed.role in {"biomarker", "gene"}
    }
    results |= set(codes.texts["biomarker"].values())
    for held in knowledge.on(ON).drug_tests:
        test = held.test
        assert {*test.drugs, *(use.drug for use in test.exempt), *(d for o in test.instead for d in o.drugs)} <= drugs
        assert {*test.biomarkers, *test.parts, *test.beside, *(other.biomarker for other in test.instead)} <= results
        assert held.sources


def test_every_member_of_a_drug_class_is_read_by_its_name(knowledge: Knowledge) -> None:
    table = build_code_table(knowledge)
    read = (
        set(table.texts["drug"])
        | set(table.texts["drug"].values())
        | {role.item for known in (table.roles, table.role_prefixes) for role in known["MedicationRequest"].values()}
    )
    for families in knowledge.families:
        if families.role == "drug-class":
            members = {member for listed in families.families.values() for member in listed}
            assert members - read <= {"chemotherapy"}  # recorded as a Procedure


def test_a_hospital_may_replace_a_test_and_a_wrong_one_is_refused(tmp_path: Path) -> None:
    ours = Path(__file__).parents[2] / "clinical_rules/knowledge/drug_tests/ras_before_anti_egfr.toml"
    text = ours.read_text(encoding="utf-8")
    (tmp_path / "ras.toml").write_text(
        text.replace('["cetuximab", "panitumumab"]', '["panitumumab"]'), encoding="utf-8"
    )
    assert not is_tested("cetuximab", load_knowledge(tmp_path).on(ON))
    (tmp_path / "ras.toml").write_text(text.replace('"negative"', '"absent"'), encoding="utf-8")
    with pytest.raises(KnowledgeError, match=r"ras\.toml: wanted"):
        load_knowledge(tmp_path)


@pytest.mark.parametrize(("link", "told"), [("replaced-by", True), ("replaces", False), ("seealso", False)])
def test_a_patient_whose_record_was_merged_into_another_is_told(knowledge: Knowledge, link: str, told: bool) -> None:
    links = [{"type": link, "other": {"display": "replaced-by"}}]
    raw = json.dumps({"resourceType": "Patient", "id": "p", "link": links}).encode()
    facts = read_facts(Prefetch("p", {"patient": raw}), build_code_table(knowledge))
    assert [problem.problem for problem in facts.problems] == (["replaced-patient"] if told else [])


@pytest.mark.parametrize(
    ("elements", "unreadable"),
    [
        ({"birthDate": "1960-05"}, []),
        ({"_birthDate": {"extension": []}}, []),
        ({"birthDate": "05/1960"}, ["birthDate"]),
        ({"birthDate": "0001-01-01"}, ["birthDate"]),
        ({"birthDate": None, "deceasedBoolean": None}, []),
        ({"deceasedBoolean": False}, []),
        ({"deceasedBoolean": "true"}, ["deceasedBoolean"]),
    ],
)
def test_age_and_death_that_cannot_be_read_are_told(knowledge: Knowledge, elements: Any, unreadable: list[str]) -> None:
    raw = json.dumps({"resourceType": "Patient", "id": "p", **elements}).encode()
    facts = read_facts(Prefetch("p", {"patient": raw}), build_code_table(knowledge))
    assert [problem.read["element"] for problem in facts.problems] == unreadable
