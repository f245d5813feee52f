"""What is radiotherapy given, and what only prepares, follows or images it."""

import pytest

from clinical_rules.facts import Modality
from fhir_mappings.code_table import SCT, CodeTable
from fhir_mappings.prefetch import Selected
from fhir_mappings.radiotherapy import read_procedure
from fhir_mappings.radiotherapy_record import RadiotherapyRecord
from fhir_mappings.resources import Resources

CPT = "http://www.ama-assn.org/go/cpt"
HCPCS = "http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets"
PCS = "http://www.cms.gov/Medicare/Coding/ICD10"
OPS = "http://fhir.de/CodeSystem/bfarm/ops"
RADIOTHERAPY = [{"coding": [{"system": SCT, "code": "1287742003"}]}]


def read(code: object, codes: CodeTable | None = None, **other: object) -> RadiotherapyRecord | None:
    resource = {"status": "completed", "code": code, "performedDateTime": "2020-02-03", **other}
    entry = Selected("Procedure/p", "Procedure", resource, None, "procedures")
    return read_procedure(entry, Resources([entry]), codes or CodeTable())


def coded(system: str, code: str) -> dict[str, object]:
    return {"coding": [{"system": system, "code": code}]}


@pytest.mark.parametrize(
    ("system", "code", "modality", "technique"),
    [
        (CPT, "77402", Modality.EXTERNAL_BEAM, None),
        (CPT, "77412", Modality.EXTERNAL_BEAM, None),
        (CPT, "77385", Modality.EXTERNAL_BEAM, "IMRT"),
        (CPT, "77386", Modality.EXTERNAL_BEAM, "IMRT"),
        (CPT, "77373", Modality.EXTERNAL_BEAM, "stereotactic"),
        (CPT, "77371", Modality.EXTERNAL_BEAM, "radiosurgery"),
        (CPT, "77427", Modality.EXTERNAL_BEAM, None),
        (CPT, "77523", Modality.PROTON, None),
        (CPT, "77763", Modality.BRACHYTHERAPY, None),
        (CPT, "77778", Modality.BRACHYTHERAPY, None),
        (CPT, "77425", Modality.INTRA_OPERATIVE, "intra-operative"),
        (HCPCS, "G6003", Modality.EXTERNAL_BEAM, None),
        (HCPCS, "G6015", Modality.EXTERNAL_BEAM, "IMRT"),
        ("urn:oid:2.16.840.1.113883.6.12", "77407", Modality.EXTERNAL_BEAM, None),
        (CPT + "|2021", "77407", Modality.EXTERNAL_BEAM, None),
        ("https://bluebutton.cms.gov/resources/codesystem/hcpcs", "G6016", Modality.EXTERNAL_BEAM, "IMRT"),
        (HCPCS, "G0251", Modality.EXTERNAL_BEAM, "stereotactic"),
        (CPT, "61798", Modality.EXTERNAL_BEAM, "radiosurgery"),
        (CPT, "0394T", Modality.BRACHYTHERAPY, None),
        (CPT, "79101", Modality.RADIONUCLIDE, None),
        (PCS, "D0011ZZ", Modality.PHOTON, None),
        (PCS, "DV1097Z", Modality.BRACHYTHERAPY, None),
        (PCS, "D020DZZ", Modality.PHOTON, "radiosurgery"),
        (PCS, "DWY5GDZ", Modality.RADIONUCLIDE, None),
        (OPS, "8-522.90", Modality.EXTERNAL_BEAM, None),
        (OPS, "8-524.0", Modality.BRACHYTHERAPY, None),
        (OPS, "8-52a.0", Modality.PROTON, None),
        (SCT, "115959002", Modality.EXTERNAL_BEAM, "radiosurgery"),
        (SCT, "764677008", Modality.RADIONUCLIDE, None),
    ],
)
def test_treatment_codes_of_both_eras_are_radiotherapy(
    system: str, code: str, modality: Modality, technique: str | None
) -> None:
    record = read(coded(system, code))
    assert record is not None
    assert record.modalities == (modality,)
    assert record.techniques == ((technique,) if technique else ())


@pytest.mark.parametrize(
    ("system", "code"),
    [
        (CPT, "77263"),  # planning
        (CPT, "77290"),  # simulation
        (CPT, "77301"),  # planning of IMRT
        (CPT, "77336"),  # physics
        (CPT, "77387"),  # image guidance
        (CPT, "99204"),  # consultation
        (PCS, "D0Y08ZZ"),  # hyperthermia
        (PCS, "0DB68ZX"),  # surgery: only the first character D is radiotherapy
        (PCS, "D001"),
        (OPS, "8-528.6"),  # simulation
        (OPS, "8-529.0"),  # planning
        (OPS, "8-543"),
        ("http://example.org/local", "77402"),
        (SCT, "440252007"),  # a radiopharmaceutical is most often for imaging
        (SCT, "241615005"),
    ],
)
def test_preparation_imaging_and_other_treatment_are_not(system: str, code: str) -> None:
    assert read(coded(system, code)) is None


def test_a_category_suffices_unless_the_code_only_prepares() -> None:
    assert read(coded(SCT, "999"), category=RADIOTHERAPY) is not None
    assert read(coded(CPT, "77263"), category=RADIOTHERAPY) is None
    assert read({"text": "Radiotherapy simulation"}, category=RADIOTHERAPY[0]) is None


def test_a_dose_extension_suffices() -> None:
    url = "http://hl7.org/fhir/us/mcode/StructureDefinition/mcode-radiotherapy-dose-delivered-to-volume"
    assert read(coded(SCT, "999"), extension=[{"url": url}]) is not None


def test_text_of_the_closed_list_is_recognised_with_low_confidence() -> None:
    record = read({"text": "External beam radiation therapy"})
    assert record is not None
    assert (record.coded, record.modalities) == (False, (Modality.EXTERNAL_BEAM,))
    assert read({"text": "Discussed radiation therapy, declined"}) is None


def test_a_site_may_add_texts_of_its_own() -> None:
    codes = CodeTable(texts={"radiotherapy": {"bestrahlung": "external-beam"}})
    record = read({"text": "Bestrahlung"}, codes)
    assert record is not None
    assert (record.coded, record.modalities) == (False, (Modality.EXTERNAL_BEAM,))


def test_codes_that_were_not_verified_are_unsure_or_refused() -> None:
    unsure = read(coded(CPT, "77763"))
    assert unsure is not None
    assert not unsure.coded
    assert read(coded(CPT, "77763"), CodeTable(unverified="refuse")) is None
    sure = read(coded(CPT, "77386"), CodeTable(unverified="refuse"))
    assert sure is not None
    assert sure.coded


def test_a_snomed_code_without_system_is_unsure() -> None:
    record = read({"coding": [{"code": "152198000"}]})
    assert record is not None
    assert not record.coded
