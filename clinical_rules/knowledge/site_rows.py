"""Rows that site files add to the anatomy: a new site needs one file, read with the same checks as the tables."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from clinical_rules.anatomy import Anatomy
from clinical_rules.anatomy_rows import DiagnosisRow, Drainage
from clinical_rules.knowledge.files import EntryFile
from clinical_rules.knowledge.rows import diagnosis_row, drainage_row
from clinical_rules.knowledge.schema import SiteFile

UNNAMED = "other"
"""The site of cancers without a file of their own: their rows a site file takes over."""


def with_site_rows(anatomy: Anatomy, held: Sequence[EntryFile], problems: list[str]) -> Anatomy:
    """The anatomy with the rows of all site files; what is wrong in them is added to the problems."""
    diagnoses = {(row.system, row.code): row for row in anatomy.diagnoses}
    drainages = dict(anatomy.drainages)
    added: dict[object, str] = {}
    for file in held:
        for row in _rows(file, anatomy, problems):
            key = (row.system, row.code) if isinstance(row, DiagnosisRow) else (row.primary_site, row.node_group)
            if key in added or _taken(row, diagnoses, drainages):
                problems.append(f"{file.name}: {' '.join(key)} is in {added.get(key, 'the anatomy tables')} already")
                continue
            added[key] = file.name
            if isinstance(row, DiagnosisRow):
                diagnoses[row.system, row.code] = row
            else:
                drainages[row.primary_site, row.node_group] = row
    return replace(anatomy, diagnoses=tuple(diagnoses.values()), drainages=drainages) if added else anatomy


def _taken(
    row: DiagnosisRow | Drainage,
    diagnoses: dict[tuple[str, str], DiagnosisRow],
    drainages: dict[tuple[str, str], Drainage],
) -> bool:
    """Whether the tables hold the row for another named site; what is of no named site may be taken over."""
    if isinstance(row, Drainage):
        return (row.primary_site, row.node_group) in drainages
    other = diagnoses.get((row.system, row.code))
    return other is not None and other.site != UNNAMED


def _rows(file: EntryFile, anatomy: Anatomy, problems: list[str]) -> Iterator[DiagnosisRow | Drainage]:
    entry = file.entry
    if not isinstance(entry, SiteFile):
        return
    for index, code in enumerate(entry.codes):
        try:
            yield diagnosis_row({**code.model_dump(), "site": entry.site}, anatomy.regions, (entry.site,))
        except ValueError as error:
            problems.append(f"{file.name}: codes[{index}]: {error}")
    for index, drainage in enumerate(entry.drainage):
        try:
            yield drainage_row({**drainage.model_dump(), "primary_site": entry.site})
        except ValueError as error:
            problems.append(f"{file.name}: drainage[{index}]: {error}")
