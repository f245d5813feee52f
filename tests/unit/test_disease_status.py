"""Observation -> DiseaseStatus, in the codes of each guide."""

import pytest
from table_of_codes import CODES, SCT, concept, observation

from fhir_mappings.disease_status import read_disease_status
from fhir_mappings.prefetch import Selected
from fhir_mappings.resources import Resources

CODEX = "http://hl7.org/fhir/us/codex-radiation-therapy/StructureDefinition"
GERMAN = "https://www.medizininformatik-initiative.de/fhir/ext/modul-onko/CodeSystem/mii-cs-onko-verlauf"
NZ = "https://nzhts.digital.health.nz/fhir/ValueSet/recurrence-type"


def read(resource):
    entry = Selected(f"Observation/{resource['id']}", "Observation", resource, None, "observations")
    return read_disease_status(entry, Resources([entry]), CODES)


def status(value, code="97509-4", **elements):
    return read(observation("s", code, valueCodeableConcept=value, **elements))


@pytest.mark.parametrize(
    ("code", "value"),
    [
        ("268910001", "improved"),
        ("359746009", "stable"),
        ("271299001", "worsened"),
        ("709137006", "undetermined"),
        ("550991000124107", "remission"),
        ("103338009", "remission"),
    ],
)
def test_each_mcode_value_is_read(code, value):
    assert status(concept(SCT, code)).value == value


def test_distant_metastasis_present_is_progression_at_a_distance():
    found = status(concept(SCT, "399409002"))
    assert (found.value, found.patterns) == ("worsened", ("distant",))


@pytest.mark.parametrize(
    "name", ["codexrt-radiotherapy-disease-progression-qualifier", "codexrt-radiotherapy-progression-qualifier"]
)
def test_the_progression_qualifiers_of_both_codex_versions_say_where(name):
    qualifiers = [
        {"url": f"{CODEX}/{name}", "valueCodeableConcept": concept(SCT, code)} for code in ("263820005", "255470001")
    ]
    found = status(concept(SCT, "271299001", extension=qualifiers))
    assert (found.value, found.patterns) == ("worsened", ("local", "regional"))


@pytest.mark.parametrize(
    ("part", "code", "value", "patterns"),
    [
        ("gesamtbeurteilung", "Y", "recurrence", ()),
        ("primaertumor", "R", "recurrence", ("local",)),
        ("lymphknoten", "R", "recurrence", ("regional",)),
        ("fernmetastasen", "R", "recurrence", ("distant",)),
        ("primaertumor", "T", "residual", ("local",)),
    ],
)
def test_the_german_follow_up_is_read_from_value_and_components(part, code, value, patterns):
    coded = concept(f"{GERMAN}-{part}", code)
    component = {"code": concept(SCT, "277062004"), "valueCodeableConcept": coded}
    found = read(observation("s", "396432002", system=SCT, component=[component]))
    assert (found.value, found.patterns) == (value, patterns)


@pytest.mark.parametrize(
    ("code", "pattern"),
    [("340731000210102", "local"), ("340741000210105", "regional"), ("340761000210106", "systemic"),
     ("distant-recurrence", "distant")],
)  # fmt: skip
def test_recurrence_types_of_new_zealand_and_ichom_are_recurrences(code, pattern):
    found = status(concept(NZ, code))
    assert (found.value, found.patterns) == ("recurrence", (pattern,))


def test_history_of_metastatic_cancer_counts_only_if_it_is_not_denied():
    assert read(observation("s", "1287652008", system=SCT, valueBoolean=True)).patterns == ("distant",)
    assert read(observation("s", "1287652008", system=SCT, valueBoolean=False)) is None


@pytest.mark.parametrize("state", ["entered-in-error", "cancelled"])
def test_a_status_that_does_not_stand_is_not_read(state):
    assert status(concept(SCT, "271299001"), status=state) is None


def test_focus_date_and_sole_evidence_by_imaging_are_kept():
    evidence = {"url": "http://hl7.org/fhir/us/mcode/StructureDefinition/mcode-cancer-disease-status-evidence-type",
                "valueCodeableConcept": concept(SCT, "363679005")}  # fmt: skip
    found = status(
        concept(SCT, "271299001"),
        extension=[evidence],
        focus=[{"reference": "Condition/c/_history/1"}],
        effectiveDateTime="2026-02-03",
    )
    assert (found.focus, str(found.date), found.imaging_only) == (("Condition/c",), "2026-02-03", True)
