from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from clinical_rules.call import Call
from clinical_rules.errors import KnowledgeError
from clinical_rules.facts import (
    BodySite,
    DoseToVolume,
    Modality,
    PartialDate,
    Patient,
    PatientFacts,
    RadiotherapyCourse,
)
from clinical_rules.findings import SourceReference
from clinical_rules.knowledge import load_knowledge
from clinical_rules.knowledge.listing import listing
from clinical_rules.picture import RuleSettings
from clinical_rules.reirradiation import look_before
from clinical_rules.reirradiation.recovery import scheme_findings

TODAY = date(2026, 11, 23)
KNOWLEDGE = load_knowledge(today=TODAY)
ON = KNOWLEDGE.on(TODAY)
CITATION = """
  [[values.citations]]
  title = "Protocol of the General Hospital, 2026"
  label = "General Hospital protocol"
  where = "page 3"
  flag  = "Y1"
  primary_opened = true
"""
COMPARISON = """
id = "reirradiation.heart.ours"
type = "comparison"
title = "Heart"
structure = "Heart"
unit = "Gy"
applies = "adults"
form = "{form}"
{further}
[[values]]
since = 2026-11-01
last_checked = 2026-11-20
agreement = "local protocol"
{value}
"""
SCHEME = """
id = "recovery.{id}"
type = "recovery-scheme"
name = "{name}"
title = "Ours"
unit = "1"
applies = "adults"
form = "{form}"
[[values]]
since = 2026-11-01
last_checked = 2026-11-20
  [[values.organs]]
  structures = {structures}
  bands = {bands}
  agreement = "local protocol"
"""


def problems(folder: Path, text: str) -> str:
    (folder / "ours.toml").write_text(text + CITATION)
    with pytest.raises(KnowledgeError) as caught:
        load_knowledge(folder, today=TODAY)
    return "\n".join(caught.value.problems)


def scheme(name="ours", id_="ours", form="discount", structures='["Heart"]', bands="") -> str:
    bands = bands or "[{ from_months = 0, recovered = 0 }, { from_months = 6, recovered = 0.25 }]"
    return SCHEME.format(id=id_, name=name, form=form, structures=structures, bands=bands)


@pytest.mark.parametrize(
    ("form", "further", "value", "message"),
    [
        ("scalar", "", "", "needs value_gy or points"),
        ("scalar", "", "value_gy = 50", "alpha_beta_gy is missing"),
        ("volumetric", "", "value_gy = 50\nalpha_beta_gy = 3", "has a statement and no dose"),
        ("none", "", "", "has a statement and no dose"),
        ("scalar", 'quantity = "physical"', "value_gy = 50", "never added"),
        ("scalar", "", "alpha_beta_gy = 3\npoints = [{ fractions = 5, dose_gy = 30 }]", "are physical doses"),
        ("scalar", "", "value_gy = 0\nalpha_beta_gy = 3", "greater than 0"),
        ("scalar", 'boundary = "equal-is-over"', "value_gy = 50\nalpha_beta_gy = 3", "equal-is-not-over"),
    ],
)
def test_a_comparison_that_compares_nothing_is_refused(tmp_path, form, further, value, message) -> None:
    assert message in problems(tmp_path, COMPARISON.format(form=form, further=further, value=value))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (scheme(id_="other"), 'id is "recovery." and the name'),
        (scheme(name="none", id_="none"), 'the name "none" is no scheme'),
        (scheme(name="Our scheme"), "pattern"),
        (scheme(form="limits-by-time"), "takes nothing off"),
        (scheme(structures='["Heart", "Heart"]'), "stands once"),
        (scheme(bands="[{ from_months = 3, recovered = 0.1 }]"), "begin at 0 months"),
        (scheme(bands="[{ from_months = 0, recovered = 0 }, { from_months = 0, recovered = 0.1 }]"), "rising order"),
        (scheme(bands="[{ from_months = 0, recovered = 1.1 }]"), "less than or equal to 1"),
    ],
)
def test_a_scheme_that_contradicts_itself_is_refused(tmp_path, text, message) -> None:
    assert message in problems(tmp_path, text)


def test_a_comparison_without_source_is_refused(tmp_path) -> None:
    (tmp_path / "ours.toml").write_text(
        COMPARISON.format(form="scalar", further="", value="value_gy = 50\nalpha_beta_gy = 3")
    )
    with pytest.raises(KnowledgeError, match="at least one citation"):
        load_knowledge(tmp_path, today=TODAY)


def test_the_schemes_are_found_by_name() -> None:
    names = [held.scheme.name for held in ON.recovery_schemes]
    assert names == ["michigan-2019", "nieder-bands", "pelvic-delphi-2021", "price-2021"]
    assert KNOWLEDGE.recovery_scheme_names == ("none", *names)
    held = ON.recovery_scheme("price-2021")
    assert held.sources[0] == SourceReference(
        "Price et al. 2021",
        "https://doi.org/10.1016/j.adro.2020.09.027",
        "abstract: no recovery under 6 months, half above one year",
    )


def test_an_unknown_scheme_is_refused_with_those_there_are() -> None:
    with pytest.raises(KnowledgeError, match="no recovery scheme 'mayo'; expected one of none, michigan-2019, "):
        ON.recovery_scheme("mayo")


SERIAL = ((0, "0"), (3, "0.10"), (6, "0.25"), (12, "0.50"))
GUT = ((0, "0"), (6, "0.25"), (12, "0.40"), (36, "0.50"))
MICHIGAN = {
    "SpinalCord": (50, SERIAL), "CaudaEquina": (60, SERIAL), "Brainstem": (64, SERIAL), "OpticNrv": (54, SERIAL),
    "OpticChiasm": (54, SERIAL), "Retina": (50, SERIAL), "Cochlea": (45, SERIAL), "BrachialPlex": (70, SERIAL),
    "SacralPlex": (70, SERIAL), "Trachea": (70, SERIAL), "AirWay_Prox": (70, SERIAL), "Esophagus": (70, SERIAL),
    "GreatVes": (100, SERIAL), "Heart": (70, SERIAL), "Stomach": (54, GUT), "Bowel_Small": (54, GUT),
    "Duodenum": (54, ((0, "0"), (6, "0.25"), (36, "0.50"))), "Colon": (70, SERIAL), "Rectum": (80, SERIAL),
    "Bladder": (85, SERIAL), "Kidney": (None, ((0, "0"),)), "Lung": (None, ((0, "0"), (6, "0.25"), (24, "0.50"))),
    "Liver": (None, ((0, "0"), (6, "0.50"), (24, "1"))),
}  # fmt: skip


@pytest.mark.parametrize("structure", MICHIGAN)
def test_the_michigan_table_is_as_read(structure) -> None:
    limit, bands = MICHIGAN[structure]
    held = ON.recovery_scheme("michigan-2019")
    organ = held.organ(structure)
    assert organ is not None
    assert organ.limit_gy == limit
    assert [(band.from_months, band.recovered) for band in organ.bands] == [(at, Decimal(part)) for at, part in bands]
    assert held.value.alpha_beta_gy == Decimal("2.5")
    assert [(citation.flag, citation.primary_opened) for citation in held.value.citations] == [("Y2", False)]


def test_a_scheme_says_nothing_of_structures_it_does_not_name() -> None:
    assert ON.recovery_scheme("nieder-bands").organ("Brainstem") is None


@pytest.mark.parametrize(
    "structure", ["Kidney", "Bladder", "Heart", "GreatVes", "A_Carotid", "OpticNrv", "OpticChiasm"]
)
def test_no_discount_is_given_where_it_is_refused(structure) -> None:
    held = ON.recovery_refusal(structure)
    assert held is not None
    assert held.sources[-1].label == "rert-cds, project decision"


def test_nerve_tissue_may_have_a_discount() -> None:
    assert ON.recovery_refusal("SpinalCord") is None


def test_what_is_only_remembered_is_in_no_file() -> None:
    citations = [c for entry in KNOWLEDGE.comparisons for value in entry.values for c in value.citations]
    assert {citation.flag for citation in citations} == {"Y1", "Y2"}
    assert all(citation.primary_opened == (citation.flag == "Y1") for citation in citations)


def test_every_comparison_has_sources_and_an_id_under_its_structure() -> None:
    for held in ON.all_comparisons:
        assert held.sources, held.comparison.id
        assert held.comparison.id.startswith("reirradiation."), held.comparison.id
        assert held in ON.comparisons(held.comparison.structure)


def test_site_facts_are_found_by_site_and_hold_no_survival_figures() -> None:
    assert [held.fact.id for held in ON.site_facts("brain")] == ["site-fact.brain.glioblastoma"]
    assert ON.site_facts("brain")[0].sources[0].label == "Tsien et al. 2023, RTOG 1205"
    assert not any("survival of" in held.value.statement for held in ON.all_site_facts)


def test_the_listing_tells_values_schemes_and_refusals_in_words() -> None:
    rows = {row["id"]: row["value"] for row in listing(KNOWLEDGE)}
    assert rows["reirradiation.spinal-cord.thoracic-guideline"] == "57 Gy EQD2, alpha/beta 2 Gy, Dmax; guideline"
    assert rows["reirradiation.heart.v40"] == "V40 below 50 %; guideline"
    assert rows["reirradiation.chestwall.single-course-stereotactic"] == (
        "30 Gy physical in 3 fx / 32 Gy physical in 5 fx, D30cc; collected constraints"
    )
    assert rows["reirradiation.lens.single-course"].startswith("4 Gy EQD2, alpha/beta 2 Gy, metric not stated")
    assert rows["recovery.nieder-bands"] == (
        "SpinalCord: 25 % from 6 months, 50 % from 12 months, own limit 50 Gy EQD2 (rule of thumb)"
    )
    assert "Kidney: no discount, at least 200 cc below 23 Gy EQD2" in rows["recovery.michigan-2019"]
    assert "own limit 110 Gy EQD2 from 12 months (consensus)" in rows["recovery.pelvic-delphi-2021"]
    assert rows["recovery.refused.kidney"] == "no discount for Kidney"
    assert rows["site-fact.rectum.reirradiation"].endswith("(systematic review)")


def _course(reference: str, dose_gy: int, end: date | None) -> RadiotherapyCourse:
    mediastinum = BodySite("thorax-mediastinum", label="mediastinum")
    heart = BodySite("thorax-mediastinum", structures=("Heart",), label="heart")
    return RadiotherapyCourse(
        reference=reference,
        references=(reference,),
        status="completed",
        modalities=(Modality.PHOTON,),
        sites=(mediastinum,),
        end=None if end is None else PartialDate.on(end),
        volumes=(DoseToVolume("delivered", heart, Decimal(dose_gy), dose_gy // 2, volume_type="organ-at-risk"),),
        planned=end is None,
    )


@pytest.mark.parametrize(("alpha_beta", "sums"), [("", []), ("alpha_beta_gy = 3", [30])])
def test_a_scheme_without_any_alpha_beta_has_no_sum(tmp_path, alpha_beta, sums) -> None:
    (tmp_path / "ours.toml").write_text(scheme() + f"  {alpha_beta}\n" + CITATION)
    facts = PatientFacts(
        Patient("Patient/1"),
        courses=(_course("Procedure/1", 20, date(2020, 5, 10)),),
        orders=(_course("ServiceRequest/1", 10, None),),
    )
    knowledge = load_knowledge(tmp_path, today=TODAY).on(TODAY)
    call = Call(facts, knowledge, "order-sign", TODAY, RuleSettings(recovery_scheme="ours"))
    found = scheme_findings(look_before((), call).cases, (), ())
    assert [finding.values["cumulativeEqd2Gy"] for finding in found] == sums
