"""Genomic results with their kind, value and method; drugs by every code; sizes, scores and imaging of the tracer."""

from decimal import Decimal

import pytest
from table_of_codes import LOINC, RXNORM, SCT, SUBJECT, concept, condition, observation, procedure

from cds_service.code_table import build_code_table
from clinical_rules.facts import DataProblem, TumourSize
from clinical_rules.knowledge import load_knowledge
from fhir_mappings.events import read_events
from fhir_mappings.genomics import read_genomic_results
from fhir_mappings.medications import read_drug_order, read_medication
from fhir_mappings.prefetch import Selected
from fhir_mappings.resources import Resources
from fhir_mappings.tumour_sizes import read_tumour_size

CODES = build_code_table(load_knowledge())
STRICT = build_code_table(load_knowledge(), unverified="refuse")
ATC = "http://www.whocc.no/atc"
HCPCS = "http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets"
HGNC = "http://www.genenames.org/geneId"


def chosen(resource, key="observations"):
    return Selected(f"{resource['resourceType']}/{resource['id']}", resource["resourceType"], resource, None, key)


def results(resource, codes=CODES):
    return read_genomic_results(chosen(resource), codes)


def one(resource, codes=CODES):
    (found,) = results(resource, codes)
    return found


def part(code, value):
    return {"code": concept(LOINC, code), "valueCodeableConcept": value}


def variant(*components, value="LA9633-4"):
    return observation("v", "69548-6", valueCodeableConcept=concept(LOINC, value), component=list(components))


def test_a_stain_of_the_protein_is_no_mutation_of_the_gene():
    stain = one(observation("e", "39004-7", valueCodeableConcept=concept(LOINC, "LA6576-8")))
    assert (stain.biomarker, stain.kind, stain.outcome) == ("EGFR protein", "protein", "positive")
    gene = one(observation("e", "21665-5", valueCodeableConcept=concept(LOINC, "LA9633-4")))
    assert (gene.biomarker, gene.kind, gene.coded) == ("EGFR", "mutation", False)
    assert one(observation("b", "85299-6")).kind == "protein"


def test_a_rearrangement_is_a_fusion():
    assert one(observation("a", "78205-2", valueCodeableConcept=concept(LOINC, "LA9633-4"))).kind == "fusion"
    stated = {"text": "Rearrangement detected"}
    ros1 = one(observation("r", "102038-7", valueCodeableConcept=stated))
    assert (ros1.kind, ros1.outcome) == ("fusion", "positive")
    assert one(observation("r", "102038-7", valueCodeableConcept={"text": "detected"})).kind == "unknown"


@pytest.mark.parametrize(
    ("elements", "score"),
    [
        ({"code": concept(LOINC, "83053-9")}, "TPS"),
        ({"code": concept(LOINC, "83055-4")}, None),
        ({"code": concept(LOINC, "83055-4"), "component": [part("105302-4", {"text": "CPS"})]}, "CPS"),
        ({"code": concept(LOINC, "83055-4"), "component": [part("105302-4", {"text": "something else"})]}, None),
        ({"code": {"text": "PD-L1 CPS"}}, "CPS"),
    ],
)
def test_what_a_pd_l1_number_counts_is_read_and_never_guessed(elements, score):
    quantity = {"value": Decimal("50"), "unit": "%", "code": "%"}
    found = one(observation("p", "83053-9", valueQuantity=quantity) | elements)
    assert (found.biomarker, found.kind, found.value, found.unit, found.score) == (
        "PD-L1", "protein", Decimal(50), "%", score,
    )  # fmt: skip


def test_a_number_given_as_a_bound_is_no_number_and_a_scoring_method_alone_no_result():
    assert one(observation("p", "83053-9", valueQuantity={"value": 1, "comparator": "<"})).value is None
    assert results(observation("p", "105302-4", valueCodeableConcept={"text": "CPS"})) == ()


@pytest.mark.parametrize(
    ("elements", "value", "below"),
    [
        ({"valueQuantity": {"value": 0}}, 0, None),
        ({"valueInteger": 0}, 0, None),
        ({"valueInteger": 12}, 12, None),
        ({"valueQuantity": {"value": 1, "comparator": "<"}}, None, 1),
        ({"valueQuantity": {"value": 1, "comparator": ">="}}, None, None),
        ({}, None, None),
    ],
)
def test_nought_is_a_number_and_less_than_a_bound_is_kept_as_such(elements, value, below):
    found = one(observation("p", "x", **elements) | {"code": {"text": "PD-L1 CPS"}})
    assert (found.value, found.below, found.score) == (value, below, "CPS")


def test_copies_of_the_virus_are_not_units():
    for code, unit in (("43730-1", "[IU]/mL"), ("47982-4", "{copies}/mL")):
        found = one(observation("e", code, valueQuantity={"value": 1200, "code": unit}))
        assert (found.biomarker, found.kind, found.value, found.unit) == ("EBV DNA", "quantity", 1200, unit)
    assert results(observation("p", "2857-1", valueQuantity={"value": 1})) == ()


def test_the_loss_of_a_repair_protein_is_an_instability_and_one_that_is_there_says_nothing_of_the_others():
    lost = one(observation("m", "x") | {"code": {"text": "MLH1 protein"}, "valueCodeableConcept": {"text": "Loss"}})
    assert (lost.biomarker, lost.kind, lost.outcome) == ("MSI", "instability", "positive")
    kept = one(observation("m", "x") | {"code": {"text": "MLH1 protein"}, "valueCodeableConcept": {"text": "Present"}})
    assert (kept.biomarker, kept.outcome) == ("MSI", "unknown")
    stable = one(observation("m", "81695-9", valueCodeableConcept=concept(LOINC, "LA14122-8")))
    assert (stable.kind, stable.outcome) == ("instability", "negative")


def test_a_variant_of_one_gene_is_a_mutation_and_one_called_a_fusion_is_one():
    gene = part("48018-6", concept(HGNC, "HGNC:8031"))
    point = one(variant(gene, part("48006-1", {"text": "Missense"}), part("48002-0", concept(LOINC, "LA6684-0"))))
    assert (point.biomarker, point.kind, point.outcome, point.method) == ("NTRK", "mutation", "positive", "somatic")
    fused = one(variant(gene, part("83005-9", {"coding": [{"code": "x", "display": "Gene fusion"}]})))
    assert (fused.kind, fused.method) == ("fusion", "fusion")
    two = variant(gene, part("48018-6", {"text": "ETV6"}))
    assert one(two).kind == "fusion"


def test_more_copies_of_a_gene_are_no_mutation_of_it():
    gene, copies = part("48018-6", {"text": "EGFR"}), {"code": concept(LOINC, "82155-3"), "valueQuantity": {"value": 8}}
    assert one(variant(gene, copies)).kind == "unknown"
    assert one(variant(gene, copies, part("48005-3", {"text": "p.Leu858Arg"}))).kind == "mutation"
    assert one(variant(gene)).kind == "mutation"


@pytest.mark.parametrize("gene", ["NTRK1", "ALK", "ROS1"])
def test_a_variant_without_a_change_may_be_either_in_a_gene_of_which_fusions_matter(gene):
    assert one(variant(part("48018-6", {"text": gene}))).kind == "unknown"
    assert one(variant(part("48018-6", {"text": gene}), part("48019-4", {"text": "Substitution"}))).kind == "mutation"


def test_one_change_that_is_absent_does_not_make_the_gene_wild_type():
    gene = part("48018-6", {"coding": [{"system": HGNC, "code": "HGNC:6407", "display": "KRAS"}]})
    change = part("48005-3", {"text": "p.Gly12Cys"})
    assert one(variant(gene, value="LA9634-2")).outcome == "negative"
    assert one(variant(gene, change, value="LA9634-2")).outcome == "unknown"
    assert one(variant(gene, change)).outcome == "positive"
    assert one(variant(gene, part("48006-1", {"text": "Silent"}))).outcome == "unknown"


def test_one_of_several_genes_without_a_variant_does_not_speak_for_the_others():
    found = one(variant(part("48018-6", {"text": "NTRK1"}), value="LA9634-2"))
    assert (found.biomarker, found.outcome, found.method) == ("NTRK", "unknown", None)


def report(*conclusions, code="51969-4"):
    base = {"resourceType": "DiagnosticReport", "id": "r", "status": "final", "subject": SUBJECT}
    return {**base, "code": concept(LOINC, code), "conclusionCode": list(conclusions)}


def test_a_report_is_read_by_its_coded_conclusions_and_never_by_its_narrative():
    kras = one(report(concept(LOINC, "LA9634-2"), code="103955-1"))
    assert (kras.biomarker, kras.kind, kras.outcome, kras.method) == ("KRAS", "mutation", "negative", "report")
    named = results(report({"text": "KRAS wild type"}, {"text": "NTRK1 fusion detected"}, {"text": "see text"}))
    assert [(each.biomarker, each.kind, each.outcome) for each in named] == [
        ("KRAS", "mutation", "negative"), ("NTRK", "fusion", "positive"),
    ]  # fmt: skip
    whole = one(report() | {"conclusion": "KRAS wild type"})
    assert (whole.biomarker, whole.outcome) == ("genomic report", "unknown")


def test_a_letter_is_an_outcome_only_as_an_interpretation():
    assert one(observation("k", "82535-6", valueCodeableConcept=concept("x", "H"))).outcome == "unknown"
    assert one(observation("k", "82535-6", interpretation=[concept("x", "POS")])).outcome == "positive"


def request(**elements):
    return {"resourceType": "MedicationRequest", "id": "m", "status": "draft", "subject": SUBJECT, **elements}


def ordered(concept_, codes=CODES, **elements):
    entry = chosen(request(medicationCodeableConcept=concept_, **elements), key="context.draftOrders")
    return read_drug_order(entry, Resources([entry]), codes)


@pytest.mark.parametrize(
    ("system", "code", "agent", "coded"),
    [
        (RXNORM, "318341", "cetuximab", True),
        (RXNORM, "263034", "panitumumab", False),
        (RXNORM, "309311", "cisplatin", True),
        (RXNORM, "1790099", "doxorubicin", True),
        (ATC, "L01FE01", "cetuximab", True),
        (ATC, "L01XC06", "cetuximab", True),
        (ATC, "L01XC07", "bevacizumab", True),
        (ATC, "L01XC08", "panitumumab", True),
        (ATC, "L01XE53", "larotrectinib", True),
        (ATC, "L01FF09", "PD-1 or PD-L1 inhibitor", True),
        (ATC, "L02BB04", "enzalutamide", False),
        (ATC, "L02AE51", "androgen deprivation", False),
        ("urn:oid:2.16.840.1.113883.6.88", "318341", "cetuximab", True),
        (HCPCS, "J9055", "cetuximab", False),
        (HCPCS, "J9267", "paclitaxel", True),
    ],
)
def test_a_drug_is_known_by_ingredient_product_class_old_and_new_code(system, code, agent, coded):
    found = ordered(concept(system, code))
    assert (found.agent, found.coded) == (agent, coded)


def test_the_immunosuppressant_is_no_cancer_drug():
    assert ordered(concept(ATC, "L04AX03")) is None
    assert ordered(concept(ATC, "L01BA01")).agent == "methotrexate"


def test_a_product_code_that_is_not_listed_falls_to_its_display_with_low_confidence():
    product = {"coding": [{"system": RXNORM, "code": "1657000", "display": "cetuximab 5 MG/ML Injection [Erbitux]"}]}
    found = ordered(product)
    assert (found.agent, found.coded) == ("cetuximab", False)


def test_where_unverified_codes_are_refused_they_match_nothing():
    assert ordered(concept(RXNORM, "263034"), STRICT) is None
    assert ordered(concept(HCPCS, "J9055"), STRICT) is None
    assert ordered(concept(RXNORM, "318341"), STRICT).agent == "cetuximab"
    assert results(observation("e", "21665-5"), STRICT) == ()
    assert results(variant(part("48018-6", concept(HGNC, "HGNC:8031"))), STRICT) == ()


def test_a_draft_order_carries_date_and_reasons_and_is_no_drug_given():
    order = request(
        medicationCodeableConcept=concept(RXNORM, "318341"),
        authoredOn="2026-11-20",
        reasonReference=[{"reference": "Condition/c"}],
    )
    entry = chosen(order, key="context.draftOrders")
    found = read_drug_order(entry, Resources([entry]), CODES)
    assert (str(found.date), found.reasons) == ("2026-11-20", ("Condition/c",))
    assert read_medication(entry, Resources([entry]), CODES) is None


@pytest.mark.parametrize(
    "elements", [{"status": "entered-in-error"}, {"status": "cancelled"}, {"status": "stopped"}, {"doNotPerform": True}]
)
def test_a_draft_order_that_does_not_stand_is_none(elements):
    assert ordered(concept(RXNORM, "318341"), **elements) is None


def size(resource):
    entry = chosen(resource)
    return read_tumour_size(entry, Resources([entry]), CODES)


def length(value, unit="mm", **elements):
    return {"value": value, "unit": unit, "system": "http://unitsofmeasure.org", "code": unit, **elements}


def test_the_longest_diameter_is_read_in_mm_from_the_panel_or_by_itself():
    panel = observation("s", "21889-1", effectiveDateTime="2026-10", focus=[{"reference": "Condition/c"}], component=[
        {"code": concept(LOINC, "33728-7"), "valueQuantity": length(Decimal("4.2"), "cm")},
        {"code": concept(LOINC, "33729-5"), "valueQuantity": length(55)},
    ])  # fmt: skip
    found = size(panel)
    assert isinstance(found, TumourSize)
    assert (found.longest_mm, str(found.date), found.focus) == (Decimal("42.0"), "2026-10", ("Condition/c",))
    assert size(observation("s", "33728-7", valueQuantity=length(50))).longest_mm == 50
    assert size(observation("s", "33728-7", valueQuantity={"value": 5, "unit": "cm"})).longest_mm == 50


@pytest.mark.parametrize(
    ("quantity", "problem"),
    [
        (length(2, "[in_i]"), "wrong-unit"),
        ({"value": 20}, "missing-unit"),
        ({"value": 20, "unit": "mm", "code": "mm", "system": "urn:other"}, "wrong-unit"),
    ],
)
def test_a_size_in_another_unit_or_none_is_a_problem_and_never_guessed(quantity, problem):
    found = size(observation("s", "33728-7", valueQuantity=quantity))
    assert isinstance(found, DataProblem)
    assert (found.problem, found.matters) == (problem, False)


@pytest.mark.parametrize(
    "resource",
    [
        observation("s", "33729-5", valueQuantity=length(50)),
        observation("s", "33728-7"),
        observation("s", "33728-7", valueQuantity=length(0)),
        observation("s", "33728-7", valueQuantity=length(-3)),
        observation("s", "33728-7", valueQuantity=length(50, comparator=">")),
        observation("s", "33728-7", valueQuantity=length(50)) | {"status": "entered-in-error"},
        observation("s", "2160-0", valueQuantity=length(50)),
    ],
)
def test_what_states_no_longest_diameter_is_no_size(resource):
    assert size(resource) is None


def events(resource, codes=CODES):
    entry = chosen(resource)
    return [(event.kind, event.item, event.value) for event in read_events(entry, Resources([entry]), codes)]


@pytest.mark.parametrize(
    ("value", "points"),
    [
        ({"valueInteger": 14}, "14"),
        ({"valueQuantity": {"value": 18, "code": "{score}"}}, "18"),
        ({"valueInteger": 19}, None),
        ({"valueInteger": -1}, None),
        ({"valueQuantity": {"value": 7, "comparator": ">"}}, None),
        ({}, None),
    ],
)
def test_the_spine_score_is_read_by_code_or_closed_text_within_its_scale(value, points):
    named = {"code": {"text": "Spinal instability neoplastic score"}}
    assert events(observation("s", "x", **value) | named) == [("spine-instability", "SINS", points)]
    assert events(observation("s", "sins", system="urn:rert-cds:observation", **value)) == [
        ("spine-instability", "SINS", points)
    ]


def test_resistance_to_hormone_withdrawal_is_a_statement_with_an_outcome():
    assert events(condition("c", "Z19.2")) == [("hormone-resistance", "hormone resistant", "positive")]
    assert events(condition("c", "Z19.1")) == [("hormone-resistance", "hormone sensitive", "negative")]
    assert events(condition("c", "Z19.2"), STRICT) == []


def test_imaging_of_the_tracer_is_told_beside_the_scan_with_its_coded_outcome():
    scan = {"code": {"text": "PSMA PET/CT"}}
    done = events(procedure("p", "x", performedDateTime="2026-10-01") | scan)
    assert ("psma-imaging", "PSMA PET", "unknown") in done
    found = events(report({"text": "positive"}) | scan)
    assert ("psma-imaging", "PSMA PET", "positive") in found
    assert ("cross-sectional-imaging", "PET", None) in found
    assert events(procedure("p", "82918005", system=SCT)) == [("cross-sectional-imaging", "PET", None)]
