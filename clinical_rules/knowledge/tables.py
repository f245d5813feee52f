"""The anatomy of a folder: reads and checks its tables, and makes the indices once."""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from importlib.resources.abc import Traversable

from clinical_rules.anatomy import Anatomy, LevelSteps
from clinical_rules.anatomy_groups import Groups
from clinical_rules.anatomy_rows import Region, StructureRow
from clinical_rules.anatomy_structures import places, traits
from clinical_rules.errors import KnowledgeError
from clinical_rules.knowledge.csv_tables import TableReader
from clinical_rules.knowledge.groups import read_groups
from clinical_rules.knowledge.rows import (
    diagnosis_row,
    drainage_row,
    neighbours_row,
    region_row,
    site_row,
    structure_row,
)

REGIONS = "region,kind,definition,members,paired,same_region,opposite_side"
SITES = "code,display,parent_region,subsite,paired,tg263,source,side,note"
DIAGNOSES = "system,code,match,site,region,subsite,role,note,source"
NEIGHBOURS = "region_a,region_b,relation,basis,note"
STRUCTURES = "region,structure,relation,serial_or_parallel,laterality_rule,note,levels"
DRAINAGE = "primary_site,node_group,regional,condition,source,verified,default_if_unclear"


def read_anatomy(folder: Traversable, level_steps: LevelSteps) -> Anatomy:
    """The anatomy of a folder; KnowledgeError with every problem of every table."""
    reader = TableReader(folder)
    regions = {row.id: row for row in reader.rows("regions.csv", REGIONS, region_row, lambda row: row.id)}
    sites = reader.rows("sites.csv", SITES, lambda cells: site_row(cells, regions), lambda row: row.code)
    diagnoses = reader.rows(
        "icd10_sites.csv", DIAGNOSES, lambda cells: diagnosis_row(cells, regions), lambda row: (row.system, row.code)
    )
    neighbours = reader.rows(
        "region_neighbours.csv", NEIGHBOURS, lambda cells: neighbours_row(cells, regions), lambda row: row.regions
    )
    structures = reader.rows(
        "region_structures.csv",
        STRUCTURES,
        lambda cells: structure_row(cells, regions),
        lambda row: (row.region, row.structure, row.levels),
    )
    drainages = reader.rows(
        "nodal_drainage.csv", DRAINAGE, drainage_row, lambda row: (row.primary_site, row.node_group)
    )
    groups = _groups(reader)
    reader.problems.extend(_strange_members(regions))
    if reader.problems or groups is None:
        raise KnowledgeError(tuple(f"anatomy/{problem}" for problem in reader.problems))
    rows = _by_region(structures)
    return Anatomy(
        regions=regions,
        sites=sites,
        diagnoses=diagnoses,
        neighbours={row.regions: row for row in neighbours},
        structure_rows=rows,
        drainages={(row.primary_site, row.node_group): row for row in drainages},
        traits=traits(structures),
        groups=groups,
        level_steps=level_steps,
        whole_regions=places(rows),
    )


def _groups(reader: TableReader) -> Groups | None:
    try:
        return read_groups(tomllib.loads((reader.folder / "groups.toml").read_text("utf-8")))
    except (OSError, ValueError) as error:
        reader.problems.append(f"groups.toml: {error}")
        return None


def _strange_members(regions: Mapping[str, Region]) -> Iterator[str]:
    """Members of containers that are no regions themselves."""
    for region in regions.values():
        for member in region.members:
            if member not in regions:
                yield f"regions.csv: {region.id} has the member {member!r}, which is no region of this table"


def _by_region(rows: Iterable[StructureRow]) -> dict[str, tuple[StructureRow, ...]]:
    found: dict[str, tuple[StructureRow, ...]] = {}
    for row in rows:
        found[row.region] = (*found.get(row.region, ()), row)
    return found
