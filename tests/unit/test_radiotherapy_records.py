"""Procedures of mCODE and CodeX, every version."""

from decimal import Decimal

import pytest

from clinical_rules.facts import BodySite, EquieffectiveDose, Modality
from fhir_mappings.code_table import ICD10CM, SCT, CodeTable, DiagnosisCode, RoleCode
from fhir_mappings.prefetch import Selected
from fhir_mappings.radiotherapy import read_procedure
from fhir_mappings.radiotherapy_record import RadiotherapyRecord
from fhir_mappings.resources import Resources

MCODE = "http://hl7.org/fhir/us/mcode/StructureDefinition/mcode-"
CODEX = "http://hl7.org/fhir/us/codex-radiation-therapy/StructureDefinition/codexrt-"
UCUM = "http://unitsofmeasure.org"
PROSTATE = BodySite("prostate", "Prostate", "prostate", code="41216001", system=SCT)
CODES = CodeTable(
    body_sites={(SCT, "41216001"): PROSTATE},
    icd_prefixes={ICD10CM: {"C61": DiagnosisCode("prostate", "prostate", "prostate", "primary")}},
    bounds={
        "plausible.min-gy-per-fraction": Decimal("0.5"),
        "plausible.max-course-gy": Decimal(120),
        "plausible.max-gy-per-fraction": Decimal(36),
    },
)
Json = dict[str, object]


def concept(code: str, system: str = SCT, **other: str) -> Json:
    return {"coding": [{"system": system, "code": code}], **other}


def coded(url: str, code: str, system: str = SCT, **other: str) -> Json:
    return {"url": url, "valueCodeableConcept": concept(code, system, **other)}


def kind(modality: Json, *techniques: Json) -> Json:
    parts = [{"url": MCODE + "radiotherapy-modality", "valueCodeableConcept": modality}]
    parts += [{"url": MCODE + "radiotherapy-technique", "valueCodeableConcept": one} for one in techniques]
    return {"url": MCODE + "radiotherapy-modality-and-technique", "extension": parts}


def dose(cgy: object = 5000, fractions: object = 25, *more: Json, volume: str = "BodyStructure/v") -> Json:
    parts: list[Json] = [{"url": "volume", "valueReference": {"reference": volume}}]
    if cgy is not None:
        quantity = cgy if isinstance(cgy, dict) else {"value": cgy, "system": UCUM, "code": "cGy"}
        parts.append({"url": "totalDoseDelivered", "valueQuantity": quantity})
    if fractions is not None:
        parts.append({"url": "fractionsDelivered", "valueUnsignedInt": fractions})
    return {"url": MCODE + "radiotherapy-dose-delivered-to-volume", "extension": [*parts, *more]}


def read(resource: Json, *others: Selected, codes: CodeTable = CODES) -> RadiotherapyRecord | None:
    entry = Selected("Procedure/p", "Procedure", resource, None, "procedures")
    return read_procedure(entry, Resources([entry, *others]), codes)


def course(*extensions: Json, **other: object) -> RadiotherapyRecord:
    resource = {"code": concept("1217123003"), "status": "completed", "bodySite": [concept("41216001")]}
    record = read({**resource, "extension": list(extensions), **other})
    assert record is not None
    return record


def test_a_course_summary_gives_dose_place_dates_and_identity() -> None:
    record = course(
        kind(concept("1156506007"), concept("441799006")),
        dose(),
        coded(MCODE + "procedure-intent", "373808002"),
        {"url": MCODE + "radiotherapy-sessions", "valueUnsignedInt": 26},
        {"url": CODEX + "radiotherapy-course-involves-reirradiation", "valueBoolean": True},
        identifier=[
            {"use": "usual", "system": "http://example.org", "value": "C1"},
            {"use": "official", "system": "urn:dicom:uid", "value": "urn:oid:1.2"},
        ],
        meta={"versionId": "5", "lastUpdated": "2021-09-10T13:21:17+01:00"},
        performedPeriod={"start": "2021-09-06T13:15:17+01:00", "end": "2021-10-10"},
        reasonCode=[concept("C61", ICD10CM)],
        basedOn=[{"reference": "https://ehr.example.org/fhir/ServiceRequest/o/_history/2"}],
        partOf=[{"reference": "Procedure/parent"}],
    )
    volume = record.volumes[0]
    assert (volume.total_dose_gy, volume.fractions, volume.fractions_from) == (Decimal(50), 25, "stated")
    assert (volume.basis, volume.site, volume.unusable) == ("delivered", PROSTATE, None)
    assert (record.level, record.status, record.modalities) == ("course", "completed", (Modality.PHOTON,))
    assert record.techniques == ("IMRT",)
    assert (str(record.start), str(record.end)) == ("2021-09-06", "2021-10-10")
    assert record.official_ids == ("urn:dicom:uid|urn:oid:1.2",)
    assert record.version == (25, "2021-09-10T12:21:17+00:00", "00000000000000000005")
    assert (record.based_on, record.part_of) == (("ServiceRequest/o",), ("Procedure/parent",))
    assert (record.intent, record.reason_site, record.reirradiation) == ("curative", "prostate", True)
    assert (record.sessions, record.fractions, record.problems) == (26, 25, ())


@pytest.mark.parametrize(
    ("code", "system", "level"),
    [
        ("1222565005", SCT, "phase"),
        ("1255724003", SCT, "plan"),
        ("1297069006", SCT, "fraction"),
        ("USCRS-33529", "http://hl7.org/fhir/us/mcode/CodeSystem/snomed-requested-cs", "course"),
        ("USCRS-33527", "http://hl7.org/fhir/us/mcode/CodeSystem/snomed-requested-cs", "phase"),
        ("SUMMARY", "http://hl7.org/fhir/us/mcode/CodeSystem/mcode-radiotherapy-cs", "course"),
        ("152198000", SCT, "generic"),
        ("395096001", SCT, "generic"),
    ],
)
def test_the_code_names_the_level(code: str, system: str, level: str) -> None:
    record = read({"code": concept(code, system)})
    assert record is not None
    assert record.level == level


def test_a_profile_names_the_level_where_the_code_does_not() -> None:
    record = read({"meta": {"profile": [CODEX + "radiotherapy-treated-phase|2.0.0"]}})
    assert record is not None
    assert record.level == "phase"


def test_the_first_version_states_modality_as_code_and_one_date() -> None:
    record = read(
        {
            "status": "completed",
            "category": [concept("53438000")],
            "code": concept("448385000"),
            "performedDateTime": "2019-03-01",
            "extension": [coded(MCODE + "treatment-intent", "363676003")],
        }
    )
    assert record is not None
    assert (record.modalities, record.volumes, record.intent) == ((Modality.PHOTON,), (), "palliative")
    assert (str(record.start), str(record.end)) == ("2019-03-01", "2019-03-01")


def test_a_single_date_of_a_course_of_many_fractions_is_its_start() -> None:
    record = course(dose(), performedDateTime="2019-03-01")
    assert (str(record.start), record.end) == ("2019-03-01", None)


def test_the_draft_names_its_volume_and_states_delivered_fractions() -> None:
    parts: list[Json] = [
        {"url": "targetVolume", "valueString": "Prostate"},
        {"url": "dosePerFraction", "valueQuantity": {"value": 200, "unit": "cGy"}},
        {"url": "prescribedFractions", "valuePositiveInt": 39},
        {"url": "deliveredFractions", "valueUnsignedInt": 20},
        {"url": "totalDoseDelivered", "valueQuantity": {"value": 4000, "unit": "cGy"}},
    ]
    volume = course({"url": MCODE + "radiotherapy-dose-delivered-to-volume", "extension": parts}).volumes[0]
    assert (volume.total_dose_gy, volume.fractions, volume.fraction_dose_gy) == (Decimal(40), 20, Decimal(2))
    assert (volume.name, volume.site) == ("Prostate", PROSTATE)


def test_phase_fractions_stand_beside_the_dose() -> None:
    delivered = {"url": CODEX + "radiotherapy-fractions-delivered", "valueUnsignedInt": 25}
    volume = course(delivered, dose(5000, None), code=concept("1222565005")).volumes[0]
    assert (volume.fractions, volume.fractions_from) == (25, "stated")


def test_one_fraction_is_one_fraction() -> None:
    assert course(dose(180, None), code=concept("1297069006")).volumes[0].fractions == 1


def test_sessions_stand_in_for_fractions_and_say_so() -> None:
    sessions = {"url": MCODE + "radiotherapy-sessions", "valueUnsignedInt": 20}
    volume = course(sessions, dose(4000, None)).volumes[0]
    assert (volume.fractions, volume.fractions_from) == (20, "sessions")


def test_fractions_written_as_text_are_not_read() -> None:
    record = course(dose(5000, "25"))
    assert record.volumes[0].fractions is None
    assert [(problem.problem, problem.read) for problem in record.problems] == [
        ("unreadable", {"element": "fractionsdelivered"})
    ]


def test_dose_in_zero_fractions_is_a_contradiction() -> None:
    record = course(dose(5000, 0))
    assert record.volumes[0].fractions is None
    assert [problem.problem for problem in record.problems] == ["missing-fractions"]


def test_what_stopped_before_the_first_fraction_was_not_given() -> None:
    assert course(dose(0, 0), status="stopped").left_out == "stopped-before-start"
    assert course(dose(0, 0), status="in-progress").left_out is None
    assert course(dose(1000, 5), status="stopped").left_out is None


@pytest.mark.parametrize("status", ["not-done", "entered-in-error", "preparation"])
def test_what_was_not_given_is_left_out(status: str) -> None:
    assert course(dose(), status=status).left_out == status


@pytest.mark.parametrize("status", ["final", "done", None, 5])
def test_a_status_we_cannot_read_still_counts(status: object) -> None:
    record = course(dose(), status=status)
    assert (record.status, record.left_out) == ("unknown", None)


@pytest.mark.parametrize(
    ("quantity", "problem"),
    [
        ({"value": 50}, "missing-unit"),
        ({"value": 50, "unit": "Fx"}, "wrong-unit"),
        ({"value": 50, "unit": "mGy"}, "wrong-unit"),
        ({"value": "50", "unit": "Gy"}, "unreadable"),
        ({"value": 0, "unit": "Gy"}, "implausible-dose"),
        ({"value": -50, "unit": "Gy"}, "implausible-dose"),
        ({"value": 60, "unit": "cGy"}, "implausible-dose"),
        ({"value": 6000, "unit": "Gy"}, "implausible-dose"),
    ],
)
def test_a_dose_that_is_none_is_reported_and_not_used(quantity: Json, problem: str) -> None:
    record = course(kind(concept("1156506007")), dose(quantity))
    assert record.volumes[0].unusable == problem
    assert [(found.problem, found.reference) for found in record.problems] == [(problem, "Procedure/p")]
    assert record.volumes[0].site == PROSTATE


def test_a_volume_without_dose_is_no_problem() -> None:
    record = course(dose(None, None))
    assert (record.volumes[0].total_dose_gy, record.volumes[0].unusable, record.problems) == (None, None, ())


@pytest.mark.parametrize(
    ("stated", "problem"),
    [([], ("volume-not-stated", True)), ([{"url": "volume", "valueCode": "v"}], ("unreadable", True))],
)
def test_a_dose_without_its_volume_is_at_the_site_of_its_record(stated: list[Json], problem: tuple[str, bool]) -> None:
    total = {"url": "totalDoseDelivered", "valueQuantity": {"value": 5000, "system": UCUM, "code": "cGy"}}
    record = course({"url": MCODE + "radiotherapy-dose-delivered-to-volume", "extension": [*stated, total]})
    assert record.volumes[0].site == record.sites[0]
    assert record.volumes[0].total_dose_gy == Decimal("50")
    assert [(each.problem, each.matters) for each in record.problems] == [problem]


def test_two_different_totals_for_one_volume_are_refused() -> None:
    record = course(dose(5000, 25, {"url": "totalDoseDelivered", "valueQuantity": {"value": 60, "unit": "Gy"}}))
    assert (record.volumes[0].total_dose_gy, record.volumes[0].unusable) == (None, "unreadable")


@pytest.mark.parametrize(
    ("modality", "techniques", "expected"),
    [
        (concept("10611004"), [concept("1156528007")], (Modality.PROTON,)),
        (concept("1156505006"), [], (Modality.CARBON,)),
        (concept("169359004"), [concept("113120007")], (Modality.PERMANENT_IMPLANT,)),
        (concept("394902000"), [concept("UNC", "null", text="Interstitial brachytherapy")], (Modality.BRACHYTHERAPY,)),
        (concept("80347004"), [concept("169317000")], (Modality.NEUTRON_CAPTURE,)),
        (concept("UNC", "null", text="Boron neutron capture therapy (procedure)"), [], (Modality.NEUTRON_CAPTURE,)),
        (concept("UNC", "null", text="something else"), [concept("1156530009")], (Modality.UNKNOWN,)),
        (concept("45643008"), [concept("168524008")], (Modality.ELECTRON, Modality.INTRA_OPERATIVE)),
        (concept("33195004"), [], (Modality.EXTERNAL_BEAM,)),
    ],
)
def test_modality_and_technique_are_read_together(
    modality: Json, techniques: list[Json], expected: tuple[Modality, ...]
) -> None:
    assert course(kind(modality, *techniques), dose()).modalities == expected


def test_all_modalities_of_a_mixed_course_are_listed() -> None:
    mixed = course(kind(concept("1156506007")), kind(concept("10611004")), dose())
    assert mixed.modalities == (Modality.PHOTON, Modality.PROTON)
    unsaid = course(kind(concept("45643008")), kind(concept("UNC", "null", text="own words")), dose())
    assert unsaid.modalities == (Modality.ELECTRON, Modality.UNKNOWN)


def test_a_technique_alone_implies_external_beam() -> None:
    technique = coded(MCODE + "radiotherapy-technique", "1156530009")
    record = course({"url": MCODE + "radiotherapy-modality-and-technique", "extension": [technique]}, dose())
    assert (record.modalities, record.techniques) == ((Modality.EXTERNAL_BEAM,), ("VMAT",))


def test_an_isotope_tells_brachytherapy_where_nothing_else_does() -> None:
    isotope = coded(CODEX + "radiotherapy-energy-or-isotope", "48341001")
    record = course({"url": MCODE + "radiotherapy-modality-and-technique", "extension": [isotope]}, dose())
    assert (record.modalities, record.label) == ((Modality.BRACHYTHERAPY,), "brachytherapy")


def test_a_permanent_implant_is_not_judged_by_the_bounds_of_external_beam() -> None:
    record = course(kind(concept("169359004")), dose(14500, 1))
    assert (record.volumes[0].unusable, record.problems) == (None, ())


@pytest.mark.parametrize(
    ("unit", "expected"),
    [
        ("EQD2Gy(a/b = 2.5)", EquieffectiveDose("EQD2", Decimal(52), Decimal("2.5"))),
        ("EQD2Gy(a/b=2.5)", EquieffectiveDose("EQD2", Decimal(52), Decimal("2.5"))),
        ("EQD2Gy", EquieffectiveDose("EQD2", Decimal(52), None)),
        ("BED", EquieffectiveDose("BED", Decimal(52), None)),
    ],
)
def test_the_radiobiologic_metric_is_read_from_its_unit(unit: str, expected: EquieffectiveDose) -> None:
    metric = {"url": CODEX + "radiobiologic-metric", "valueQuantity": {"value": 52, "unit": unit, "code": "Gy"}}
    assert course(dose(5000, 25, metric)).volumes[0].equieffective == expected


@pytest.mark.parametrize("unit", ["RBE(factor = 1.1)", "RBE", "CGE"])
def test_a_dose_weighted_for_its_kind_of_radiation_is_not_used_as_photons(unit: str) -> None:
    metric = {"url": CODEX + "radiobiologic-metric", "valueQuantity": {"value": 55, "unit": unit}}
    record = course(kind(concept("1156506007")), dose(5000, 25, metric))
    assert record.volumes[0].unusable == "weighted-dose"
    assert Modality.UNKNOWN in record.modalities


def test_point_dose_uniformity_and_our_metric_are_read() -> None:
    record = course(
        dose(
            4500,
            25,
            {"url": CODEX + "radiotherapy-point-dose", "valueBoolean": True},
            {"url": CODEX + "radiotherapy-uniform-fractionation", "valueBoolean": False},
            {"url": "urn:rert-cds:dose-metric", "valueCode": "D0.03cc"},
        )
    )
    volume = record.volumes[0]
    assert (volume.point_dose, volume.uniform, volume.metric) == (True, False, "D0.03cc")


def test_a_metric_we_do_not_know_is_not_taken_for_none() -> None:
    record = course(dose(4500, 25, {"url": "urn:rert-cds:dose-metric", "valueCode": "V20"}))
    assert record.volumes[0].metric == "unrecognised"
    assert [problem.problem for problem in record.problems] == ["unreadable"]


def test_a_metric_that_the_name_of_its_volume_contradicts_compares_with_nothing() -> None:
    named = {"url": "volume", "valueReference": {"display": "SpinalCord_Dmean"}}
    stated = {"url": "urn:rert-cds:dose-metric", "valueCode": "Dmax"}
    total = {"url": "totalDoseDelivered", "valueQuantity": {"value": 4500, "code": "cGy"}}
    record = course({"url": MCODE + "radiotherapy-dose-delivered-to-volume", "extension": [named, stated, total]})
    assert record.volumes[0].metric == "unrecognised"
    assert [problem.problem for problem in record.problems] == ["unreadable"]


def test_an_extension_that_may_change_the_meaning_of_a_record_is_told() -> None:
    record = course(dose(), modifierExtension=[{"url": "http://example.org/not-given", "valueBoolean": True}])
    assert [problem.problem for problem in record.problems] == ["unknown-modifier"]
    assert course(dose(), modifierExtension=[]).problems == ()


@pytest.mark.parametrize(("code", "flag"), [("2000100047", True), ("2000100048", None), ("2000100049", True)])
def test_reason_codes_of_reirradiation_count_in_and_at_the_edge_of_the_field(code: str, flag: bool | None) -> None:
    assert course(dose(), reasonCode=[concept(code, "http://example.org/local")]).reirradiation is flag


def test_a_reason_is_read_from_the_condition_it_names() -> None:
    condition = Selected("Condition/c", "Condition", {"code": concept("C61", ICD10CM)}, None, "conditions")
    resource = {"code": concept("1217123003"), "reasonReference": [{"reference": "Condition/c"}]}
    record = read(resource, condition)
    assert record is not None
    assert (record.reasons, record.reason_site) == (("Condition/c",), "prostate")


def test_an_unreadable_date_is_reported_without_its_content() -> None:
    record = course(dose(), performedPeriod={"start": "last spring", "end": "2021-13-01"})
    assert [problem.detail for problem in record.problems] == [
        "Procedure.performedPeriod.start is not a date",
        "Procedure.performedPeriod.end is not a date",
    ]


def test_identifiers_without_system_do_not_name_a_record() -> None:
    assert course(dose(), identifier=[{"value": "1"}, {"system": "http://a", "value": "2"}]).official_ids == (
        "http://a|2",
    )


def test_kinds_of_reason_come_from_the_code_table() -> None:
    roles = {"Condition": {(ICD10CM, "G95.2"): RoleCode("emergency", "cord-compression")}}
    prefixes = {"Condition": {(ICD10CM, "G89.3"): RoleCode("pain", "neoplasm-related pain", verified=False)}}
    bone = {ICD10CM: {"C79.5": DiagnosisCode("bone-metastasis", "unspecified", None, "secondary")}}
    resource = {
        "code": concept("33195004"),
        "reasonCode": [concept(code, ICD10CM) for code in ("C79.51", "G95.2", "G89.3")],
    }
    record = read(resource, codes=CodeTable(roles=roles, role_prefixes=prefixes, icd_prefixes=bone))
    assert record is not None
    assert record.reason_kinds == ("bone-metastasis", "cord-compression", "emergency", "neoplasm-related pain", "pain")
    assert (record.reason_site, record.reason_body_site) == ("bone-metastasis", None)
    sure = read(resource, codes=CodeTable(roles=roles, role_prefixes=prefixes, unverified="refuse"))
    assert sure is not None
    assert sure.reason_kinds == ("cord-compression", "emergency")


def test_a_body_structure_named_without_a_dose_is_a_place() -> None:
    target = Selected("BodyStructure/v", "BodyStructure", {"location": concept("41216001")}, None, "volumes")
    url = "http://hl7.org/fhir/StructureDefinition/procedure-targetBodyStructure"
    link = {"url": url, "valueReference": {"reference": "BodyStructure/v"}}
    record = read({"code": concept("33195004"), "extension": [link]}, target)
    assert record is not None
    assert record.sites == (PROSTATE,)
