from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinical_rules.anatomy import Anatomy, worst
from clinical_rules.facts import BodySite, Side
from clinical_rules.knowledge import load_knowledge

ANATOMY: Anatomy = load_knowledge().on(date(2026, 11, 23)).anatomy
SPINE = {"C": "spine-cervical", "T": "spine-thoracic", "L": "spine-lumbar", "S": "sacrum", "c": "sacrum"}


def at(region: str, subsite: str | None = None, side: Side | None = None) -> BodySite:
    return BodySite(region, region, subsite=subsite, side=side)


def level(name: str) -> BodySite:
    return at(SPINE[name[0]], name)


def names(site: BodySite, relation: str) -> set[str]:
    return {each.name for each in ANATOMY.structures(site) if each.relation == relation}


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("T5", "T5", "in-region"), ("T5", "T6", "in-region"), ("T5", "T7", "adjacent"), ("T5", "T8", "adjacent"),
        ("T5", "T9", "none-found"),
        ("C7", "T1", "in-region"), ("C7", "T2", "adjacent"), ("C7", "T3", "adjacent"), ("C7", "T4", "none-found"),
        ("T12", "L1", "in-region"), ("T12", "L3", "adjacent"), ("T11", "L3", "none-found"),
        ("L5", "S1", "in-region"), ("L5", "S3", "adjacent"), ("L4", "S3", "none-found"),
        ("S5", "coccyx", "in-region"), ("C1", "S5", "none-found"),
    ],
)  # fmt: skip
def test_vertebrae_are_counted_on_across_the_junctions(one, other, expected):
    assert ANATOMY.relation(level(one), level(other)) == expected
    assert ANATOMY.relation(level(other), level(one)) == expected


def test_a_level_that_spans_two_vertebrae_is_measured_from_its_nearer_end():
    junction = at("spine", "C7-T1")
    assert ANATOMY.relation(junction, level("T1")) == "in-region"
    assert ANATOMY.relation(junction, level("T4")) == "adjacent"
    assert ANATOMY.relation(junction, level("T5")) == "none-found"


def test_without_a_level_the_same_spine_region_is_unknown():
    assert ANATOMY.relation(at("spine-thoracic"), level("T5")) == "unknown"
    assert ANATOMY.relation(at("spine-thoracic"), at("spine-thoracic", "spinal-cord")) == "unknown"


def test_without_a_level_neighbouring_spine_regions_have_a_possible_junction():
    assert ANATOMY.relation(at("spine-thoracic"), at("spine-lumbar")) == "junction"
    assert ANATOMY.relation(at("spine-cervical"), at("spine-lumbar")) == "none-found"
    assert ANATOMY.relation(at("spine"), level("T5")) == "in-region"


def test_a_vertebra_that_does_not_exist_is_no_level():
    assert ANATOMY.relation(at("spine-thoracic", "T14"), level("T5")) == "unknown"
    assert ANATOMY.relation(at("spine-thoracic", "T5-T14"), level("T5")) == "unknown"


def test_a_thirteenth_thoracic_vertebra_lies_between_two_that_are_counted():
    assert ANATOMY.relation(at("spine-thoracic", "T13"), level("L2")) == "in-region"
    assert ANATOMY.relation(level("T12"), level("L1")) == "in-region"


def test_the_side_of_a_vertebra_does_not_matter():
    assert ANATOMY.relation(at("spine-thoracic", "T5", "left"), at("spine-thoracic", "T6", "right")) == "in-region"
    assert ANATOMY.relation(at("spine-thoracic", None, "left"), at("spine-thoracic", None, "right")) == "unknown"


@pytest.mark.parametrize("other", ["unspecified", "skin", "not-a-region", "pelvis", "whole-body"])
def test_a_place_that_is_not_known_gives_no_answer(other):
    assert ANATOMY.relation(at("unspecified"), at(other)) == "unknown"
    assert ANATOMY.relation(at(other), at("not-a-region")) == "unknown"


def test_a_pair_of_sites_without_a_row_is_none_found():
    assert ANATOMY.relation(at("brain"), at("prostate")) == "none-found"


def test_rows_are_read_in_either_order():
    assert ANATOMY.relation(at("rectum"), at("anus")) == ANATOMY.relation(at("anus"), at("rectum")) == "in-region"
    assert ANATOMY.relation(at("nasopharynx"), at("brain")) == "adjacent"


@pytest.mark.parametrize(
    ("region", "one", "other", "expected"),
    [
        ("kidney", "left", "right", "adjacent"), ("kidney", "left", "left", "in-region"),
        ("kidney", "left", None, "in-region"), ("kidney", "left", "unknown", "in-region"),
        ("kidney", "left", "both", "in-region"), ("kidney", "right", "both", "in-region"),
        ("axilla", "left", "right", "none-found"), ("breast", "left", "right", "unknown"),
        ("lung", "left", "right", "unknown"), ("prostate", "left", "right", "in-region"),
        ("kidney", "midline", "left", "in-region"),
    ],
)  # fmt: skip
def test_sides_count_only_where_both_are_known_and_differ(region, one, other, expected):
    assert ANATOMY.relation(at(region, side=one), at(region, side=other)) == expected


def test_opposite_sides_of_two_regions_are_never_more_urgent_than_their_row():
    assert ANATOMY.relation(at("breast", side="left"), at("chest-wall", side="left")) == "in-region"
    assert ANATOMY.relation(at("breast", side="left"), at("chest-wall", side="right")) == "unknown"
    assert ANATOMY.relation(at("upper-limb", side="left"), at("axilla", side="right")) == "none-found"
    assert ANATOMY.relation(at("nasopharynx", side="left"), at("skull-base", side="right")) == "adjacent"


@pytest.mark.parametrize(
    ("region", "one", "other", "expected"),
    [
        ("brain", "frontal-lobe", "frontal-lobe", "in-region"), ("brain", "frontal-lobe", "cerebellum", "unknown"),
        ("brain", "whole-brain", "cerebellum", "in-region"), ("brain", None, "whole-brain", "in-region"),
        ("brain", "posterior-fossa", "cerebellum", "in-region"),
        ("brain", "cerebellum", "posterior-fossa", "in-region"),
        ("brain", "brain", "brain", "unknown"), ("brain", "partial-brain", "partial-brain", "unknown"),
        ("brain", None, "cerebellum", "unknown"), ("brain", "cerebellum", None, "unknown"),
        ("lung", "upper-lobe", "lower-lobe", "unknown"), ("chest-wall", "rib-2", "rib-10", "unknown"),
        ("abdomen", None, None, "unknown"), ("pelvis", None, None, "unknown"),
        ("craniospinal", None, None, "in-region"),
    ],
)  # fmt: skip
def test_an_organ_is_decided_by_its_parts_or_not_at_all(region, one, other, expected):
    assert ANATOMY.relation(at(region, one), at(region, other)) == expected


def test_parts_of_brain_lung_and_liver_are_told_apart_for_stereotactic_fields_only():
    one, other = at("lung", "upper-lobe"), at("lung", "lower-lobe")
    assert ANATOMY.relation(one, other, stereotactic=True) == "adjacent"
    assert ANATOMY.relation(one, one, stereotactic=True) == "in-region"
    assert ANATOMY.relation(at("lung"), other, stereotactic=True) == "unknown"
    ribs = at("chest-wall", "rib-2"), at("chest-wall", "rib-10")
    assert ANATOMY.relation(*ribs, stereotactic=True) == "unknown"


def test_a_container_holds_all_its_parts():
    for region in ANATOMY.regions.values():
        for member in region.members:
            assert ANATOMY.relation(at(region.id), at(member)) == "in-region", (region.id, member)


def test_a_container_borders_what_any_of_its_parts_borders():
    for region in ANATOMY.regions.values():
        if region.kind == "container":
            for member in region.members:
                for other, held in ANATOMY.regions.items():
                    if held.kind == "site" and ANATOMY.relation(at(member), at(other)) in ("adjacent", "junction"):
                        assert ANATOMY.relation(at(region.id), at(other)) != "none-found", (region.id, other)


def test_a_container_apart_from_a_region_is_none_found():
    assert ANATOMY.relation(at("pelvis"), at("brain")) == "none-found"
    assert ANATOMY.relation(at("head-neck"), at("pelvis")) == "none-found"


def test_total_body_treatment_is_in_every_region():
    for region in ANATOMY.regions.values():
        expected = "unknown" if region.kind == "unknown" else "in-region"
        assert ANATOMY.relation(at("whole-body"), at(region.id)) == expected


def test_the_worst_relation_counts_unknown_before_a_junction():
    assert worst(["none-found", "adjacent", "junction", "unknown"]) == "unknown"
    assert worst(["unknown", "in-region"]) == "in-region"
    assert worst(["none-found", "adjacent", "junction"]) == "junction"
    assert worst([]) == "unknown"


def test_several_places_are_judged_by_the_most_urgent_pair():
    assert ANATOMY.relation_of_any([at("brain"), at("rectum")], [at("prostate"), at("rectum")]) == "in-region"
    assert ANATOMY.relation_of_any([], [at("prostate")]) == "unknown"


REGIONS = st.sampled_from(sorted(ANATOMY.regions))
SUBSITES = st.sampled_from([None, "T5", "L1", "C7-T1", "frontal-lobe", "whole-brain", "upper-lobe"])
SIDES = st.sampled_from([None, "left", "right", "both", "midline", "unknown"])


@given(REGIONS, SUBSITES, SIDES, REGIONS, SUBSITES, SIDES, st.booleans())
def test_a_relation_does_not_depend_on_the_order_of_the_two(region_a, part_a, side_a, region_b, part_b, side_b, small):
    one, other = at(region_a, part_a, side_a), at(region_b, part_b, side_b)
    assert ANATOMY.relation(one, other, stereotactic=small) == ANATOMY.relation(other, one, stereotactic=small)


@given(REGIONS, SUBSITES)
def test_not_knowing_the_side_never_lowers_the_urgency(region, part):
    with_sides = ANATOMY.relation(at(region, part, "left"), at(region, part, "right"))
    without = ANATOMY.relation(at(region, part), at(region, part, "right"))
    assert worst([with_sides, without]) == without


def test_the_cord_is_inside_to_l2_beside_at_l3_and_gone_below():
    assert "SpinalCord" in names(level("L2"), "inside")
    assert "SpinalCord" in names(level("L3"), "adjacent")
    assert "SpinalCord" not in names(level("L4"), "inside") | names(level("L4"), "adjacent")
    assert "CaudaEquina" in names(level("L1"), "inside")
    assert "CaudaEquina" in names(level("T12"), "adjacent")


def test_without_a_level_every_row_of_the_region_holds_and_inside_wins():
    assert "SpinalCord" in names(at("spine-lumbar"), "inside")
    assert "SpinalCord" not in names(at("spine-lumbar"), "adjacent")


def test_a_level_across_two_regions_has_the_structures_of_both():
    held = names(at("spine", "T12-L1"), "inside")
    assert {"SpinalCord", "CaudaEquina"} <= held
    assert "Lung" in names(at("spine", "T12-L1"), "adjacent")
    assert "A_Carotid" not in names(at("spine", "T12-L1"), "adjacent")


def test_structures_carry_the_sides_their_rule_says():
    def sides(site: BodySite, name: str) -> tuple[str, ...]:
        return next(each.sides for each in ANATOMY.structures(site) if each.name == name)

    assert sides(at("kidney", side="left"), "Kidney") == ("left",)
    assert sides(at("kidney"), "Kidney") == ("left", "right")
    assert sides(at("kidney", side="both"), "Kidney") == ("left", "right")
    assert sides(at("brain", side="left"), "OpticNrv") == ("left", "right")
    assert sides(at("brain", side="left"), "Brainstem") == ("midline",)


def test_serial_is_told_from_parallel():
    serial = {each.name: each.serial for each in ANATOMY.structures(at("thorax"))}
    assert serial["SpinalCord"] is True
    assert serial["Lung"] is False


def test_the_structure_a_code_stands_for_is_inside():
    site = BodySite("neck", "parotid of the left", side="left", structures=("Parotid", "Not_A_Structure"))
    parotid = next(each for each in ANATOMY.structures(site) if each.name == "Parotid")
    assert (parotid.relation, parotid.sides) == ("inside", ("left",))
    assert "Not_A_Structure" not in names(site, "inside")
    brainstem = BodySite("unspecified", "brainstem", structures=("Brainstem",))
    assert [(each.name, each.sides) for each in ANATOMY.structures(brainstem)] == [("Brainstem", ("midline",))]


def test_the_thecal_sac_stands_for_cord_above_and_cauda_below():
    stands_for = ANATOMY.groups.stands_for
    assert stands_for(["ThecalSac"], None) == ("SpinalCord", "CaudaEquina")
    held = names(BodySite("spine", "thecal sac", structures=("ThecalSac",)), "inside")
    assert {"SpinalCord", "CaudaEquina"} <= held
    low = BodySite("spine-lumbar", "thecal sac at L4", subsite="L4", structures=("ThecalSac",))
    assert "CaudaEquina" in names(low, "inside")
    assert "SpinalCord" not in names(low, "inside")


def test_an_unknown_region_has_no_structures():
    assert ANATOMY.structures(at("unspecified")) == ()
    assert ANATOMY.structures(at("not-a-region")) == ()


def test_structures_do_not_depend_on_the_order_of_the_rows():
    found = [each.name for each in ANATOMY.structures(at("pelvis"))]
    assert found == sorted(set(found))


def test_structures_judged_as_one_know_their_group():
    assert "Carina" in ANATOMY.structure_groups["airway"]
    assert "V_Venacava_S" in ANATOMY.groups.members("GreatVes")
    assert ANATOMY.groups.members("SpinalCord") == ("SpinalCord",)


def test_drainage_is_what_the_table_says():
    found = ANATOMY.drainage("nasopharynx", "C77.0")
    assert found is not None
    assert (found.regional, found.default, found.verified) == ("yes", "regional", True)
    assert ANATOMY.drainage("rectum", "C77.4").regional == "depends"
    assert ANATOMY.drainage("brain", "C77.0").default != "regional"
    assert ANATOMY.drainage("nasopharynx", "C77.7") is None
    assert ANATOMY.drainage("not-a-site", "C77.0") is None


def test_drainage_is_asked_by_the_finest_name_known():
    assert ANATOMY.drainage_of("other", "bowel", "sigmoid", "C77.2").primary_site == "colon"
    assert ANATOMY.drainage_of("other", "breast", None, "C77.3").primary_site == "breast"
    assert ANATOMY.drainage_of("rectum", "rectum", "mesorectum", "C77.5").primary_site == "rectum"
    assert ANATOMY.drainage_of("other", None, None, "C77.5").primary_site == "other"
    assert ANATOMY.drainage_of("nowhere", None, None, "C77.5") is None
