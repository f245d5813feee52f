from dataclasses import replace

import pytest

from clinical_rules.facts import BodySite
from fhir_mappings.body_sites import read_body_site
from fhir_mappings.code_table import ICDO3, SCT, CodeTable, DiagnosisCode
from fhir_mappings.prefetch import Selected
from fhir_mappings.resources import Resources
from fhir_mappings.volumes import Volume, read_metric, read_volume

BREAST = BodySite("breast", "Breast structure", "breast", structures=("Breast",), code="76752008", system=SCT)
LEFT_BREAST = BodySite("breast", "Left breast", "breast", "left", code="80248007", system=SCT)
LOBE = BodySite("lung", "Lobe of lung", "lobe", code="31094006", system=SCT)
CORD = BodySite("spine-cervical", "Spinal cord", structures=("SpinalCord",), code="2748008", system=SCT)
PAROTID = BodySite("parotid", "Parotid", structures=("Parotid",), code="45289007", system=SCT)
CODES = CodeTable(
    body_sites={(SCT, str(site.code)): site for site in (BREAST, LEFT_BREAST, LOBE, CORD, PAROTID)},
    icd_prefixes={ICDO3: {"C50": DiagnosisCode("breast", "breast", None, "primary")}},
    texts={"body-site": {"neck": "neck", "left breast": "80248007"}},
)
MCODE = "http://hl7.org/fhir/us/mcode/StructureDefinition/"
MII = "https://www.medizininformatik-initiative.de/fhir/ext/modul-onko/StructureDefinition/"


def concept(code: str, system: str = SCT) -> dict[str, object]:
    return {"coding": [{"system": system, "code": code}]}


def sided(code: str, url: str, side: str) -> dict[str, object]:
    return {**concept(code), "extension": [{"url": url, "valueCodeableConcept": concept(side)}]}


def volume_of(structure: dict[str, object] | None, reference: str, full_url: str | None = None) -> Volume:
    contained = [{**structure, "id": reference[1:]}] if structure and reference.startswith("#") else []
    base = Selected("Procedure/p", "Procedure", {"contained": contained}, None, "procedures")
    entries = [base]
    if structure and not contained:
        entries.append(Selected("BodyStructure/v", "BodyStructure", structure, full_url, "volumes"))
    return read_volume({"reference": reference, "display": "PTV 50"}, base, Resources(entries), CODES, [PAROTID])


@pytest.mark.parametrize(
    ("reference", "full_url"),
    [
        ("BodyStructure/v", None),
        ("https://ehr.example.org/fhir/BodyStructure/v", None),
        ("urn:uuid:5d2b1a0e-4a0c-4b58-8a53-1d8f0b7d1c11", "urn:uuid:5d2b1a0e-4a0c-4b58-8a53-1d8f0b7d1c11"),
        ("#v", None),
    ],
)
def test_a_volume_is_found_by_every_form_of_reference(reference: str, full_url: str | None) -> None:
    found = volume_of({"location": concept("76752008")}, reference, full_url)
    assert found.site == BREAST


def test_an_unresolved_volume_falls_back_to_the_one_place_of_the_record() -> None:
    found = volume_of(None, "BodyStructure/v")
    assert (found.key, found.site, found.name, found.volume_type) == ("BodyStructure/v", PAROTID, "PTV 50", "target")


def test_an_organ_at_risk_without_place_does_not_take_that_of_the_treatment() -> None:
    found = volume_of({"morphology": concept("1162586008")}, "BodyStructure/v")
    assert (found.volume_type, found.site) == ("organ-at-risk", None)


def test_the_official_identifier_names_the_volume_across_records() -> None:
    identifiers = [
        {"use": "usual", "value": "SpinalCord_Dmax"},
        {"use": "official", "system": "urn:dicom:uid", "value": "urn:oid:1.2.3"},
    ]
    found = volume_of({"identifier": identifiers, "morphology": concept("1162586008")}, "BodyStructure/v")
    assert (found.key, found.metric, found.name) == ("urn:dicom:uid|urn:oid:1.2.3", "Dmax", "SpinalCord_Dmax")
    assert found.site is not None
    assert (found.site.structures, found.site.coded) == (("SpinalCord",), False)


def test_a_tg263_name_gives_structure_and_side() -> None:
    site = volume_of({"description": "Parotid_L_Dmean"}, "BodyStructure/v").site
    assert site is not None
    assert (site.region, site.side, site.structures) == ("parotid", "left", ("Parotid",))


def test_qualifiers_of_the_location_give_side_part_and_lobe() -> None:
    left_part = {"location": concept("76752008"), "locationQualifier": [concept("7771000"), concept("255609007")]}
    lobe = {"location": concept("31094006"), "locationQualifier": [concept("261122009"), concept("7771000")]}
    breast, lung = volume_of(left_part, "BodyStructure/v").site, volume_of(lobe, "BodyStructure/v").site
    assert breast is not None
    assert lung is not None
    assert (breast.side, breast.partial) == ("left", True)
    assert (lung.side, lung.subsite) == ("left", "lower-lobe")


@pytest.mark.parametrize("url", [MCODE + "mcode-laterality-qualifier", MCODE + "mcode-laterality"])
def test_every_spelling_of_laterality_is_read(url: str) -> None:
    site = read_body_site(sided("76752008", url, "24028007"), CODES)
    assert site is not None
    assert site.side == "right"


@pytest.mark.parametrize(
    ("code", "side"), [("L", "left"), ("R", "right"), ("B", "both"), ("M", "midline"), ("T", None)]
)
def test_german_sides_are_read(code: str, side: str | None) -> None:
    site = read_body_site(sided("76752008", MII + "mii-ex-onko-bestrahlung-seitenlokalisation", code), CODES)
    assert site is not None
    assert site.side == side


def test_a_side_in_the_code_that_a_qualifier_contradicts_is_unknown() -> None:
    site = read_body_site(sided("80248007", MCODE + "mcode-laterality-qualifier", "24028007"), CODES)
    assert site is not None
    assert site.side == "unknown"


def test_a_code_we_do_not_know_is_an_unspecified_place_with_a_short_label() -> None:
    site = read_body_site({"coding": [{"system": SCT, "code": "1", "display": "x" * 200}]}, CODES)
    assert site is not None
    assert (site.region, len(site.label), site.code) == ("unspecified", 60, "1")


def test_icd_o_topography_names_a_place() -> None:
    site = read_body_site(concept("C50.4", ICDO3), CODES)
    assert site is not None
    assert site.region == "breast"


def test_text_is_read_against_the_closed_list_only_and_with_low_confidence() -> None:
    left = read_body_site({"text": "Left  breast"}, CODES)
    assert left is not None
    assert (left.side, left.coded) == ("left", False)
    other = read_body_site({"text": "somewhere near the neck"}, CODES)
    assert other is not None
    assert other.region == "unspecified"
    assert read_body_site({}, CODES) is None


@pytest.mark.parametrize(
    ("stated", "metric"), [("D0.03cc", "D0.03cc"), ("dmean", "Dmean"), ("D2%", "D2%"), ("V20", None)]
)
def test_metrics_are_read_in_one_spelling(stated: str, metric: str | None) -> None:
    assert read_metric(stated) == metric


def named(name: str, code: str, *qualifiers: str) -> dict[str, object]:
    qualified = {"locationQualifier": [concept(one) for one in qualifiers]} if qualifiers else {}
    return {"identifier": [{"use": "usual", "value": name}], "location": concept(code), **qualified}


def test_a_tg263_name_gives_the_side_that_the_location_leaves_out() -> None:
    site = volume_of(named("Parotid_L_Dmean", "45289007"), "BodyStructure/v").site
    assert site is not None
    assert (site.side, site.coded) == ("left", True)


def test_a_name_of_another_kind_gives_no_side() -> None:
    site = volume_of(named("PTV_L", "45289007"), "BodyStructure/v").site
    assert site is not None
    assert site.side is None


def test_a_name_and_a_qualifier_that_disagree_leave_the_side_unknown() -> None:
    found = volume_of(named("Parotid_R", "45289007", "7771000"), "BodyStructure/v")
    assert found.site is not None
    assert (found.site.side, found.doubt) == ("unknown", "conflicting-side")


def test_a_record_that_names_the_other_side_only_leaves_the_side_of_its_volume_unknown() -> None:
    left = {"location": concept("76752008"), "locationQualifier": [concept("7771000")]}
    base = Selected("Procedure/p", "Procedure", {}, None, "procedures")
    entries = [base, Selected("BodyStructure/v", "BodyStructure", left, None, "volumes")]

    def side_beside(*stated: str) -> str | None:
        sites = [replace(BREAST, side=side) for side in stated]
        site = read_volume({"reference": "BodyStructure/v"}, base, Resources(entries), CODES, sites).site
        return site and site.side

    assert (side_beside("right"), side_beside("right", "left"), side_beside("left")) == ("unknown", "left", "left")


def test_a_volume_that_did_not_come_along_and_has_no_other_place_says_so() -> None:
    base = Selected("Procedure/p", "Procedure", {}, None, "procedures")
    found = read_volume({"reference": "BodyStructure/v"}, base, Resources([base]), CODES)
    assert (found.site, found.doubt) == (None, "volume-not-found")
    assert volume_of(None, "BodyStructure/v").doubt is None
