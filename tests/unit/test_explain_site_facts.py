"""`rert-cds explain` tells what is published on re-irradiation at the patient's sites, and only there."""

from datetime import date

from cds_service.explain_site_facts import site_fact_lines
from clinical_rules.facts import CancerDiagnosis, Patient, PatientFacts
from clinical_rules.findings import Finding
from clinical_rules.knowledge import Knowledge

OVERLAP = Finding("reirradiation.overlap", "present", "reirradiation", {"overlap": "in-region"})


def said(knowledge: Knowledge, site: str, *findings: Finding) -> str:
    facts = PatientFacts(Patient("Patient/p"), diagnoses=(CancerDiagnosis("Condition/c", "primary", site, None),))
    return "\n".join(site_fact_lines(facts, findings, knowledge.on(date(2026, 11, 20))))


def test_the_classes_for_head_and_neck_are_told_with_population_evidence_and_source(knowledge: Knowledge) -> None:
    told = said(knowledge, "head-and-neck", OVERLAP)
    assert "Class I: more than 2 years apart and resected." in told
    assert "not confirmed by one of two validations" in told
    assert "source: Ward et al. 2018, MIRI" in told


def test_the_classes_left_by_what_is_on_file_are_told_with_what_is_not_known(knowledge: Knowledge) -> None:
    values = {"site": "head-and-neck", "classes": ["I", "II"], "missing": ["resection"]}
    rule = "reirradiation.site-fact.head-and-neck.miri-classes"
    told = said(knowledge, "other", Finding(rule, "present", "reirradiation", values))
    assert "by what is on file: class I or II\n  not known: resection\n  source: Ward et al. 2018, MIRI" in told
    assert "Carotid blowout" not in told


def test_facts_of_other_sites_are_not_told(knowledge: Knowledge) -> None:
    assert "MIRI" not in said(knowledge, "rectum", OVERLAP)
    assert said(knowledge, "other", OVERLAP) == ""


def test_nothing_is_told_where_no_re_irradiation_is_in_question(knowledge: Knowledge) -> None:
    assert said(knowledge, "head-and-neck") == ""
