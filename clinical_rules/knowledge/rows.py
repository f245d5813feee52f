"""One function a table: the cells of a row -> the row, or ValueError with what is wrong in it."""

from collections.abc import Collection
from typing import get_args

from clinical_rules.anatomy_levels import Levels, vertebrae
from clinical_rules.anatomy_rows import (
    DIAGNOSIS_ROLES,
    NODE_GROUPS,
    DiagnosisRow,
    Drainage,
    LateralityRule,
    Match,
    Neighbours,
    Placement,
    Region,
    RegionKind,
    Relation,
    SameRegion,
    SiteRow,
    StructureRow,
)
from clinical_rules.facts import Side
from clinical_rules.knowledge.cells import Cells, filled, one_of, region, words, yes_or_no

DIAGNOSIS_SYSTEMS = ("ICD-10-CM", "ICD-O-3", "SNOMED CT")
SITES = (
    "nasopharynx", "head-and-neck", "salivary-gland", "brain", "brain-metastasis", "lung", "lung-metastasis",
    "prostate", "bone-metastasis", "rectum", "anus", "cervix", "uterus", "liver-metastasis", "other",
)  # fmt: skip


def region_row(cells: Cells) -> Region:
    """A row of regions.csv."""
    return Region(
        id=filled(cells, "region"),
        kind=one_of(cells, "kind", get_args(RegionKind)),
        definition=filled(cells, "definition"),
        members=words(cells, "members", " "),
        paired=yes_or_no(cells, "paired"),
        same_region=one_of(cells, "same_region", get_args(SameRegion)),
        opposite_side=one_of(cells, "opposite_side", get_args(Relation)),
    )


def site_row(cells: Cells, regions: Collection[str]) -> SiteRow:
    """A row of sites.csv."""
    sides: tuple[Side, ...] = get_args(Side)
    return SiteRow(
        code=filled(cells, "code"),
        display=filled(cells, "display"),
        region=region(cells, "parent_region", regions),
        subsite=cells["subsite"] or None,
        paired=yes_or_no(cells, "paired"),
        tg263=words(cells, "tg263", "|"),
        side=one_of(cells, "side", sides) if cells["side"] else None,
        source=filled(cells, "source"),
        note=cells["note"],
    )


def diagnosis_row(cells: Cells, regions: Collection[str], sites: Collection[str] = SITES) -> DiagnosisRow:
    """A row of icd10_sites.csv, or one that a site file adds."""
    return DiagnosisRow(
        system=one_of(cells, "system", DIAGNOSIS_SYSTEMS),
        code=filled(cells, "code"),
        match=one_of(cells, "match", get_args(Match)),
        site=one_of(cells, "site", sites),
        region=region(cells, "region", regions),
        subsite=cells["subsite"] or None,
        role=one_of(cells, "role", DIAGNOSIS_ROLES),
        note=cells["note"],
        source=filled(cells, "source"),
    )


def neighbours_row(cells: Cells, regions: Collection[str]) -> Neighbours:
    """A row of region_neighbours.csv."""
    pair = frozenset((region(cells, "region_a", regions), region(cells, "region_b", regions)))
    if len(pair) == 1:
        raise ValueError("region_a and region_b are the same; same_region in regions.csv tells that")
    relation: Relation = one_of(cells, "relation", ("in-region", "adjacent", "junction"))
    return Neighbours(pair, relation, filled(cells, "basis"), cells["note"])


def structure_row(cells: Cells, regions: Collection[str]) -> StructureRow:
    """A row of region_structures.csv."""
    return StructureRow(
        region=region(cells, "region", regions),
        structure=filled(cells, "structure"),
        relation=one_of(cells, "relation", get_args(Placement)),
        serial=one_of(cells, "serial_or_parallel", ("serial", "parallel", "mixed")) == "serial",
        laterality_rule=one_of(cells, "laterality_rule", get_args(LateralityRule)),
        levels=_levels(cells),
        note=cells["note"],
    )


def drainage_row(cells: Cells) -> Drainage:
    """A row of nodal_drainage.csv."""
    return Drainage(
        primary_site=filled(cells, "primary_site"),
        node_group=one_of(cells, "node_group", NODE_GROUPS),
        regional=one_of(cells, "regional", ("yes", "no", "depends")),
        condition=filled(cells, "condition"),
        source=filled(cells, "source"),
        verified=yes_or_no(cells, "verified"),
        default=one_of(cells, "default_if_unclear", ("regional", "distant", "unknown")),
    )


def _levels(cells: Cells) -> Levels | None:
    levels = vertebrae(cells["levels"])
    if cells["levels"] and levels is None:
        raise ValueError(f"levels is {cells['levels']!r}; expected vertebrae such as C5-C7 or T12")
    return levels
