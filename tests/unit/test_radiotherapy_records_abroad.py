"""Orders, German irradiations, European dose Observations, and whatever else may stand in a record."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinical_rules.facts import BodySite, Modality
from fhir_mappings.code_table import LOINC, SCT, CodeTable
from fhir_mappings.prefetch import Selected
from fhir_mappings.radiotherapy import read_dose_observation, read_order, read_procedure
from fhir_mappings.radiotherapy_record import RadiotherapyRecord
from fhir_mappings.resources import Resources

CODEX = "http://hl7.org/fhir/us/codex-radiation-therapy/StructureDefinition/codexrt-radiotherapy-"
MCODE = "http://hl7.org/fhir/us/mcode/StructureDefinition/mcode-radiotherapy-"
MII = "https://www.medizininformatik-initiative.de/fhir/ext/modul-onko/"
IRRADIATION = MII + "StructureDefinition/mii-ex-onko-strahlentherapie-bestrahlung"
LUNG = BodySite("lung", "Lung", "lung", code="39607008", system=SCT)
CODES = CodeTable(body_sites={(SCT, "39607008"): LUNG})
Json = dict[str, object]


def concept(code: str, system: str = SCT) -> Json:
    return {"coding": [{"system": system, "code": code}]}


def german(name: str, code: str, kind: str | None = None) -> Json:
    lists = {"Zielgebiet_Lateralitaet": "mii-cs-onko-seitenlokalisation"}
    system = lists.get(name, f"mii-cs-onko-strahlentherapie-{kind or name.lower()}")
    return {"url": name, "valueCodeableConcept": concept(code, f"{MII}CodeSystem/{system}")}


def gray(name: str, value: object, unit: str = "Gy") -> Json:
    return {"url": name, "valueQuantity": {"value": value, "unit": unit}}


def nested(*parts: Json) -> Json:
    return {"url": IRRADIATION, "extension": list(parts)}


def entry(resource_type: str, resource: Json, name: str = "x") -> Selected:
    return Selected(f"{resource_type}/{name}", resource_type, resource, None, "key")


def procedure(*extensions: Json, **other: object) -> RadiotherapyRecord:
    ops = concept("8-52", "http://fhir.de/CodeSystem/bfarm/ops")
    one = entry("Procedure", {"status": "completed", "code": ops, "extension": list(extensions), **other})
    record = read_procedure(one, Resources([one]), CODES)
    assert record is not None
    return record


def order(**resource: object) -> RadiotherapyRecord | None:
    one = entry("ServiceRequest", {"status": "draft", "intent": "order", **resource})
    return read_order(one, Resources([one]), CODES)


def ordered(kind: str, *parts: Json) -> Json:
    volume = {"url": "volume", "valueReference": {"reference": "BodyStructure/v"}}
    return {"url": f"{CODEX}dose-{kind}-to-volume", "extension": [volume, *parts]}


# Germany


def test_a_nested_german_irradiation_is_read() -> None:
    record = procedure(
        nested(
            german("Applikationsart", "P-ST"),
            german("Strahlenart", "UH"),
            german("Zielgebiet", "3.4"),
            german("Zielgebiet_Lateralitaet", "L"),
            gray("Gesamtdosis", 60),
            gray("Einzeldosis", 12),
            german("Boost", "N"),
        ),
        {"url": f"{MII}mii-ex-onko-strahlentherapie-intention", "valueCodeableConcept": concept("P", "intention")},
    )
    volume = record.volumes[0]
    assert (volume.total_dose_gy, volume.fractions, volume.fractions_from) == (Decimal(60), 5, "division")
    assert volume.site is not None
    assert (volume.site.region, volume.site.side) == ("lung", "left")
    assert (record.modalities, record.techniques) == ((Modality.PHOTON,), ("stereotactic",))
    assert (record.intent, record.increment, record.level) == ("palliative", False, "generic")


def test_a_flat_german_irradiation_is_read() -> None:
    record = procedure(
        gray(f"{IRRADIATION}-gesamtdosis", Decimal("50.4")),
        gray(f"{IRRADIATION}-einzeldosis", Decimal("1.8")),
        {**german("Boost", "SIB"), "url": f"{IRRADIATION}-boost"},
        {**german("Applikationsart", "PRCJ"), "url": "http://hl7.org/fhir/StructureDefinition/procedure-method"},
        usedCode=[concept("EL", f"{MII}CodeSystem/mii-cs-onko-strahlentherapie-strahlenart")],
        bodySite=[concept("3.4", f"{MII}CodeSystem/mii-cs-onko-strahlentherapie-zielgebiet")],
    )
    volume = record.volumes[0]
    assert (volume.total_dose_gy, volume.fractions) == (Decimal("50.4"), 28)
    assert (volume.site, record.modalities, record.increment) == (LUNG, (Modality.ELECTRON,), False)


def test_fractions_are_divided_only_where_it_comes_out_even() -> None:
    assert procedure(nested(gray("Gesamtdosis", 50), gray("Einzeldosis", 3))).volumes[0].fractions is None


@pytest.mark.parametrize(
    ("boost", "increment"), [("SEQ", True), ("KON", True), ("SIB", False), ("N", False), ("J", None)]
)
def test_a_boost_of_its_own_record_says_whether_it_adds(boost: str, increment: bool | None) -> None:
    assert procedure(nested(gray("Gesamtdosis", 10), german("Boost", boost))).increment is increment


def test_a_sequential_boost_in_the_same_record_is_added_to_its_base() -> None:
    target = german("Zielgebiet", "3.4")
    base = nested(target, gray("Gesamtdosis", 50), gray("Einzeldosis", 2), german("Boost", "N"))
    boost = nested(target, gray("Gesamtdosis", 9), gray("Einzeldosis", 3), german("Boost", "SEQ"))
    for parts in ((base, boost), (boost, base)):
        record = procedure(*parts)
        assert [(one.total_dose_gy, one.fractions, one.uniform) for one in record.volumes] == [(Decimal(59), 28, False)]
        assert [phase.total_dose_gy for phase in record.volumes[0].phases] == [Decimal(50), Decimal(9)]
        assert record.increment is False


@pytest.mark.parametrize(
    ("application", "beam", "modality"),
    [
        ("P", "UH", Modality.PHOTON),
        ("P", "PN", Modality.PROTON),
        ("P", "SI", Modality.CARBON),
        ("PRCJ", "RO", Modality.PHOTON),
        ("KHDR", "Ir-192", Modality.BRACHYTHERAPY),
        ("ILDR", "UH", Modality.BRACHYTHERAPY),
        ("MPSMA", "Lu-177", Modality.RADIONUCLIDE),
        ("S", "SO", Modality.UNKNOWN),
    ],
)
def test_german_beams_and_applications_name_the_modality(application: str, beam: str, modality: Modality) -> None:
    record = procedure(nested(german("Applikationsart", application), german("Strahlenart", beam)))
    assert record.modalities == (modality,)


def test_activity_is_no_dose() -> None:
    record = procedure(gray(f"{IRRADIATION}-gesamtdosis", 30, "GBq"))
    assert record.volumes[0].unusable == "wrong-unit"
    assert record.problems[0].read["unit"] == "GBq"


# Orders


def test_a_phase_prescription_states_dose_per_fraction_and_its_fractions() -> None:
    record = order(
        code=concept("1222565005"),
        extension=[
            {"url": f"{CODEX}fractions-prescribed", "valuePositiveInt": 25},
            ordered("prescribed", gray("fractionDose", 200, "cGy"), gray("totalDose", 5000, "cGy")),
        ],
        occurrencePeriod={"start": "2026-12-01", "end": "2027-01-10"},
        basedOn=[{"reference": "ServiceRequest/course"}],
    )
    assert record is not None
    volume = record.volumes[0]
    assert (volume.basis, volume.total_dose_gy, volume.fractions) == ("prescribed", Decimal(50), 25)
    assert (record.level, record.status, str(record.start)) == ("phase", "unknown", "2026-12-01")
    assert (record.resource_type, record.based_on) == ("ServiceRequest", ("ServiceRequest/course",))


def test_a_total_follows_from_fractions_and_their_dose() -> None:
    extension = ordered("planned", gray("fractionDose", 3), {"url": "fractions", "valuePositiveInt": 10})
    record = order(code=concept("1217123003"), extension=[extension])
    assert record is not None
    assert (record.volumes[0].basis, record.volumes[0].total_dose_gy) == ("planned", Decimal(30))


@pytest.mark.parametrize("code", ["33195004", "395096001", "115959002", "152198000", "1287742003"])
def test_an_order_by_a_general_code_is_a_radiotherapy_order(code: str) -> None:
    record = order(code=concept(code), bodySite=[concept("39607008")])
    assert record is not None
    assert (record.volumes, record.sites) == ((), (LUNG,))


@pytest.mark.parametrize(
    ("element", "value"),
    [
        ("occurrenceDateTime", "2026-12-01"),
        ("occurrenceTiming", {"event": ["2026-12-02", "2026-12-01"]}),
        ("occurrenceTiming", {"repeat": {"boundsPeriod": {"start": "2026-12-01"}}}),
    ],
)
def test_the_planned_start_is_read_from_every_occurrence(element: str, value: object) -> None:
    record = order(code=concept("33195004"), **{element: value})
    assert record is not None
    assert str(record.start) == "2026-12-01"


def test_other_and_withdrawn_orders_do_not_count() -> None:
    assert order(code=concept("241615005")) is None
    withdrawn = order(code=concept("33195004"), status="revoked")
    forbidden = order(code=concept("33195004"), doNotPerform=True)
    assert withdrawn is not None
    assert forbidden is not None
    assert (withdrawn.left_out, forbidden.left_out) == ("revoked", "do-not-perform")


# Dose Observations


def observe(code: object, *others: Selected, **other: object) -> RadiotherapyRecord | None:
    resource = {"status": "final", "code": code, "valueQuantity": {"value": 54, "unit": "Gy"}, **other}
    one = entry("Observation", resource, "dose")
    return read_dose_observation(one, Resources([one, *others]), CODES)


@pytest.mark.parametrize(("code", "increment"), [("445461008", False), ("445565002", True)])
def test_a_dose_observation_is_a_record_and_a_boost_adds(code: str, increment: bool) -> None:
    record = observe(concept(code), partOf=[{"reference": "Procedure/p"}], bodySite=concept("39607008"))
    assert record is not None
    assert (record.increment, record.part_of, record.sites) == (increment, ("Procedure/p",), (LUNG,))
    assert record.volumes[0].total_dose_gy == Decimal(54)


def test_a_value_set_in_place_of_the_system_is_read() -> None:
    record = observe(concept("445461008", "http://hl7.eu/fhir/ig/pcsp/ValueSet/dose"))
    assert record is not None
    assert not record.coded


def test_a_procedure_may_name_its_dose_observation() -> None:
    url = "http://hl7.eu/fhir/ig/pcsp/StructureDefinition/resource-relatedInfo"
    link = {"url": url, "valueReference": {"reference": "Observation/dose"}}
    record = observe(concept("445461008"), entry("Procedure", {"extension": [link]}, "p"))
    assert record is not None
    assert record.part_of == ("Procedure/p",)


def test_imaging_dose_is_never_therapy() -> None:
    dcm = {"system": "http://dicom.nema.org/resources/ontology/DCM", "code": "113725"}
    assert observe(concept("73569-6", LOINC)) is None
    assert observe({"coding": [dcm]}) is None
    assert observe({"coding": [dcm, {"system": SCT, "code": "445461008"}]}) is None
    milligray = observe(concept("445461008"), valueQuantity={"value": 54, "unit": "mGy"})
    assert milligray is not None
    assert milligray.volumes[0].unusable == "wrong-unit"


def test_a_dicom_total_in_gray_is_therapy_only_where_a_radiotherapy_procedure_names_it() -> None:
    total = concept("113725", "http://dicom.nema.org/resources/ontology/DCM")
    url = "http://hl7.eu/fhir/ig/pcsp/StructureDefinition/resource-relatedInfo"
    link = {"url": url, "valueReference": {"reference": "Observation/dose"}}
    treatment = entry("Procedure", {"code": concept("33195004"), "extension": [link]}, "p")
    angiography = entry("Procedure", {"code": concept("77343006"), "extension": [link]}, "p")
    record = observe(total, treatment)
    assert record is not None
    assert (record.part_of, record.volumes[0].total_dose_gy) == (("Procedure/p",), Decimal(54))
    assert observe(total, angiography) is None
    assert observe(total, treatment, valueQuantity={"value": 54, "unit": "mGy"}) is None


def test_a_dose_observation_without_quantity_is_reported() -> None:
    record = observe(concept("445461008"), valueQuantity=None, valueString="54 Gy", status="entered-in-error")
    assert record is not None
    assert (record.volumes[0].unusable, record.left_out) == ("unreadable", "entered-in-error")


# Anything

URLS = st.sampled_from(
    [
        f"{MCODE}dose-delivered-to-volume",
        f"{MCODE}modality-and-technique",
        f"{MCODE}modality",
        f"{CODEX}fractions-delivered",
        "http://hl7.org/fhir/us/codex-radiation-therapy/StructureDefinition/codexrt-radiobiologic-metric",
        "urn:rert-cds:dose-metric",
        IRRADIATION,
        f"{IRRADIATION}-gesamtdosis",
        "volume",
        "totalDoseDelivered",
        "fractionsDelivered",
        "Einzeldosis",
        "Zielgebiet",
        "Boost",
    ]
)
NAMES = st.sampled_from(
    [
        "extension", "url", "valueQuantity", "valueReference", "valueUnsignedInt", "valueCodeableConcept", "coding",
        "code", "system", "value", "unit", "status", "bodySite", "reference", "meta", "profile", "lastUpdated",
        "versionId", "identifier", "use", "performedPeriod", "start", "category", "reasonReference", "contained",
        "location", "locationQualifier", "text", "display", "usedCode", "partOf", "occurrenceTiming", "event",
    ]
)  # fmt: skip
LEAVES = st.one_of(
    st.none(), st.booleans(), st.integers(-5, 10**18), st.decimals(allow_nan=False), st.text(max_size=5), URLS,
    st.sampled_from([SCT, "1217123003", "cGy", "Gy", "#v", "EQD2Gy(a/b = 3)", "2021-02-30", "SEQ", "UNC"]),
)  # fmt: skip
VALUES = st.recursive(LEAVES, lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(NAMES, inner)))
EXTENSIONS = st.recursive(
    st.fixed_dictionaries({"url": URLS}, optional={"valueQuantity": VALUES, "valueUnsignedInt": VALUES}),
    lambda inner: st.fixed_dictionaries({"url": URLS, "extension": st.lists(inner, max_size=4)}),
)


@given(st.dictionaries(NAMES, VALUES), st.lists(EXTENSIONS, max_size=4))
def test_whatever_stands_in_a_record_it_is_read_without_error(resource: Json, extensions: list[Json]) -> None:
    kinds = (
        ("Procedure", read_procedure, concept("1217123003")),
        ("ServiceRequest", read_order, concept("1217123003")),
        ("Observation", read_dose_observation, concept("445461008")),
    )
    for resource_type, reader, code in kinds:
        for given_code in (code, resource.get("code")):
            one = entry(resource_type, {**resource, "extension": extensions or resource.get("extension")})
            one.resource["code"] = given_code
            record = reader(one, Resources([one]), CODES)
            assert record is None or len(record.volumes) == len(record.volume_keys)
