"""The rows of the anatomy tables, and the closed sets of words they use."""

from dataclasses import dataclass
from typing import Literal, get_args

from clinical_rules.anatomy_levels import Levels
from clinical_rules.facts import DiagnosisRole, Side

Relation = Literal["in-region", "adjacent", "junction", "none-found", "unknown"]
RegionKind = Literal["site", "container", "field", "unknown"]
SameRegion = Literal["in-region", "unknown", "by-level"]
Placement = Literal["inside", "adjacent"]
LateralityRule = Literal["midline", "both", "same-side"]
Laterality = Literal["left", "right", "midline"]
Match = Literal["exact", "prefix"]

MOST_URGENT_FIRST: tuple[Relation, ...] = ("in-region", "unknown", "junction", "adjacent", "none-found")
"""Relations by urgency: what is unknown counts as possible overlap."""

NODE_GROUPS = ("C77.0", "C77.1", "C77.2", "C77.3", "C77.4", "C77.5", "C77.8", "C77.9")
DIAGNOSIS_ROLES: tuple[DiagnosisRole, ...] = get_args(DiagnosisRole)


@dataclass(frozen=True, slots=True)
class Region:
    """A region of the closed set: what it holds, and what the same region and the other side mean."""

    id: str
    kind: RegionKind
    definition: str
    members: tuple[str, ...]
    paired: bool
    same_region: SameRegion
    opposite_side: Relation


@dataclass(frozen=True, slots=True)
class SiteRow:
    """A SNOMED CT body-site code: region, subsite, side if the code tells it, TG-263 names."""

    code: str
    display: str
    region: str
    subsite: str | None
    paired: bool
    tg263: tuple[str, ...]
    side: Side | None
    source: str
    note: str


@dataclass(frozen=True, slots=True)
class DiagnosisRow:
    """A diagnosis code or prefix: site of the site files, region, subsite, role."""

    system: str
    code: str
    match: Match
    site: str
    region: str
    subsite: str | None
    role: DiagnosisRole
    note: str
    source: str


@dataclass(frozen=True, slots=True)
class Neighbours:
    """An unordered pair of regions, and how they lie."""

    regions: frozenset[str]
    relation: Relation
    basis: str
    note: str


@dataclass(frozen=True, slots=True)
class StructureRow:
    """A structure inside or beside a region; of the spine, between which vertebrae that holds."""

    region: str
    structure: str
    relation: Placement
    serial: bool
    laterality_rule: LateralityRule
    levels: Levels | None
    note: str


@dataclass(frozen=True, slots=True)
class Drainage:
    """Whether a node group is regional for a primary, and what the code alone suggests where that depends."""

    primary_site: str
    node_group: str
    regional: Literal["yes", "no", "depends"]
    condition: str
    source: str
    verified: bool
    default: Literal["regional", "distant", "unknown"]


@dataclass(frozen=True, slots=True)
class StructureAt:
    """A structure at a place: inside the treated region or beside it, and on which sides."""

    name: str
    relation: Placement
    serial: bool
    sides: tuple[Laterality, ...]
