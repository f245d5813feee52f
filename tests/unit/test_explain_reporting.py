"""`rert-cds explain`: the items to report, each as known or not known."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from cds_service.explain_reporting import reporting_lines
from clinical_rules.facts import (
    BodySite,
    CancerDiagnosis,
    ClinicalEvent,
    DiseaseStatus,
    DoseToVolume,
    Modality,
    PartialDate,
    Patient,
    PatientFacts,
    RadiotherapyCourse,
    SystemicTherapy,
)
from clinical_rules.findings import Finding

ON = date(2026, 11, 20)
COURSE = RadiotherapyCourse(
    "Procedure/rt-1", ("Procedure/rt-1",), "completed", (Modality.PHOTON,),
    volumes=(DoseToVolume("delivered", None, Decimal("50.40"), 28, volume_type="target"),),
    sites=(BodySite("rectum", "rectum"),), start=PartialDate.of(2023, 3), end=PartialDate.of(2023, 4, 13),
)  # fmt: skip
FACTS = PatientFacts(Patient("Patient/p", birth_date=PartialDate.of(1960), gender="female"), courses=(COURSE,))


def lines(facts: PatientFacts = FACTS, *findings: Finding) -> list[str]:
    return list(reporting_lines(facts, findings, ON))


def group(name: str, facts: PatientFacts = FACTS, *findings: Finding) -> str:
    """The lines of one group."""
    told = lines(facts, *findings)
    after = told[told.index(name) + 1 :]
    end = next((index for index, line in enumerate(after) if not line.startswith(" ")), len(after))
    return "\n".join(after[:end])


def overlap(kind: str, *, possible: bool = False) -> Finding:
    values = {"overlap": "in-region", "type": kind}
    return Finding("reirradiation.overlap", "present", "reirradiation", values, words={"possibleTypeI": possible})


def test_without_radiotherapy_there_is_nothing_to_report() -> None:
    assert not lines(replace(FACTS, courses=()))


def test_every_course_is_told_with_what_is_missing() -> None:
    said = group("radiotherapy given, Procedure/rt-1")
    for known in (
        "start: 2023-03", "end: 2023-04-13", "dose: 50.4 Gy delivered", "fractions: 28", "modality: photon",
        "site: rectum",
    ):  # fmt: skip
        assert f"  known: {known}" in said
    assert "  not known: technique, intent, dose to organs at risk" in said


def test_a_modality_that_is_not_stated_is_not_known() -> None:
    facts = replace(FACTS, courses=(replace(COURSE, modalities=(Modality.UNKNOWN,), techniques=("VMAT",)),))
    assert "known: technique: VMAT" in group("radiotherapy given, Procedure/rt-1", facts)
    assert "not known: modality, intent" in group("radiotherapy given, Procedure/rt-1", facts)


def test_an_order_is_a_course_to_report_too() -> None:
    order = replace(COURSE, reference="ServiceRequest/o", planned=True)
    assert "known: fractions: 28" in group("radiotherapy ordered, ServiceRequest/o", replace(FACTS, orders=(order,)))


def test_patient_and_tumour_are_told() -> None:
    tumour = CancerDiagnosis("Condition/1", "primary", "rectum", None, histology="8140/3", label="Cancer of rectum")
    said = group("patient and tumour", replace(FACTS, diagnoses=(tumour,)))
    assert "known: age: 65 to 66 years" in said
    assert "known: tumour: Cancer of rectum (primary)" in said
    assert "known: histology: 8140/3" in said
    assert "not known: stage, recurrence, disease status" in said


def test_the_type_is_never_guessed() -> None:
    assert "  not known: type (I, II or neither)" in lines()
    assert "type I" in group("type of re-irradiation", FACTS, overlap("I"))
    said = group("type of re-irradiation", FACTS, overlap("unknown", possible=True))
    assert "possibly type I: the same region, fields not compared" in said
    assert "not known" in group("type of re-irradiation", FACTS, overlap("unknown"))


def test_a_sum_is_told_with_its_method_alpha_beta_and_recovery() -> None:
    values = {"structure": "SpinalCord", "alphaBetaGy": 2, "cumulativeEqd2Gy": 73.33, "basis": "documented"}
    found = Finding("reirradiation.spinal-cord.cumulative-eqd2", "exceeds", "reirradiation", values)
    said = group("cumulative dose", FACTS, found)
    assert "SpinalCord: 73.33 Gy EQD2, alpha/beta 2 Gy, documented, no recovery assumed" in said
    assert "known: method: " in said
    assert "not known: cumulative dose to the target, dose-volume data of a registered sum" in said
    without = replace(found, values={"structure": "SpinalCord", "basis": "unknown"})
    assert "not known: method, SpinalCord, " in group("cumulative dose", FACTS, without)


def test_what_the_decision_rests_on_is_told_as_far_as_it_is_on_file() -> None:
    facts = replace(
        FACTS,
        events=(ClinicalEvent("Observation/1", "performance-status", "ECOG", PartialDate.of(2026, 11, 1), "1"),),
        systemic=(SystemicTherapy("MedicationRequest/1", "capecitabine", "completed", PartialDate.of(2023, 3)),),
        statuses=(
            DiseaseStatus("Observation/3", "recurrence", date=PartialDate.of(2026, 10)),
            DiseaseStatus("Observation/2", "remission", date=PartialDate.of(2023, 9)),
            DiseaseStatus("Observation/4", "stable", date=PartialDate.of(2023, 1)),
        ),
    )
    said = group("decision", facts)
    assert "known: performance status: ECOG 1 2026-11-01" in said
    assert "known: response to the first radiotherapy: remission 2023-09" in said
    assert "known: systemic treatment: capecitabine 2023-03" in said
    assert "survival estimate, tumour board and shared decision, toxicity of earlier treatment, follow-up" in said


def test_a_recurrence_is_no_response() -> None:
    facts = replace(FACTS, statuses=(DiseaseStatus("Observation/3", "recurrence", date=PartialDate.of(2026, 10)),))
    assert "response to the first radiotherapy" in group("decision", facts).partition("not known: ")[2]


def test_the_order_of_records_changes_nothing() -> None:
    later = replace(COURSE, reference="Procedure/rt-2", end=PartialDate.of(2025, 1, 1))
    statuses = (
        DiseaseStatus("Observation/3", "recurrence", date=PartialDate.of(2026, 10)),
        DiseaseStatus("Observation/2", "remission", date=PartialDate.of(2023, 9)),
    )
    one = replace(FACTS, courses=(COURSE, later), statuses=statuses)
    other = replace(FACTS, courses=(later, COURSE), statuses=tuple(reversed(statuses)))
    assert "remission 2023-09" in group("decision", one)
    assert group("decision", one) == group("decision", other)
