"""The knowledge as rows of text, for `rert-cds knowledge list` and the transparency page."""

from collections.abc import Iterator
from typing import TypedDict

from clinical_rules.anatomy import Anatomy
from clinical_rules.knowledge.cited import source_references
from clinical_rules.knowledge.listing_cited import CitedEntry, cited_words
from clinical_rules.knowledge.listing_options import ListedOption, family_words, listed_options
from clinical_rules.knowledge.loading import Knowledge
from clinical_rules.knowledge.schema import (
    CodeList,
    DatedValue,
    DoseLimit,
    DoseLimitValue,
    Families,
    KnowledgeEntry,
    Parameter,
    ParameterValue,
    SiteFile,
)

DatedEntry = Parameter | DoseLimit | CitedEntry | ListedOption
NOT_REVIEWED = "not clinically reviewed"
UNITLESS = "1"


class ListedSource(TypedDict):
    """A source as listed; `flag` and `primary_opened` are empty for a decision of our own."""

    label: str
    where: str
    url: str
    flag: str
    primary_opened: bool | None


class Row(TypedDict):
    """One value of one entry."""

    id: str
    type: str
    title: str
    applies: str
    value: str
    since: str
    last_checked: str
    kind: str
    sources: tuple[ListedSource, ...]
    reviewed_by: str
    note: str


def listing(knowledge: Knowledge) -> tuple[Row, ...]:
    """One row a value, by id and day: what it is, since when, from where, and who reviewed it."""
    rows = [row for entry in knowledge.entries for row in _rows(entry)]
    rows += _tables(knowledge.anatomy)
    return tuple(sorted(rows, key=lambda row: (row["id"], row["applies"], row["since"])))


def _rows(entry: KnowledgeEntry) -> Iterator[Row]:
    if isinstance(entry, CodeList):
        yield _codes(entry)
    elif isinstance(entry, Parameter):
        for number in entry.values:
            yield _dated(entry, number, _number(entry, number))
    elif isinstance(entry, DoseLimit):
        for limit in entry.values:
            yield _dated(entry, limit, _limit(limit))
    elif isinstance(entry, SiteFile):
        for option, value, words in listed_options(entry):
            yield _dated(option, value, words)
    elif isinstance(entry, Families):
        source = ListedSource(label=entry.source, where="", url="", flag="", primary_opened=None)
        yield _undated(entry.id, entry.type, entry.title, entry.role, family_words(entry), source)
    else:
        for value, words in cited_words(entry):
            yield _dated(entry, value, words)


def _dated(entry: DatedEntry, value: DatedValue, words: str) -> Row:
    return Row(
        id=entry.id,
        type=entry.type,
        title=entry.title,
        applies=entry.applies,
        value=words,
        since=value.since.isoformat(),
        last_checked=value.last_checked.isoformat(),
        kind=value.kind,
        sources=tuple(_sources(value)),
        reviewed_by=", ".join(value.reviewed_by) or NOT_REVIEWED,
        note=value.note or "",
    )


def _sources(value: DatedValue) -> Iterator[ListedSource]:
    flags = [(citation.flag, citation.primary_opened) for citation in value.citations]
    for index, source in enumerate(source_references(value)):
        flag, opened = flags[index] if index < len(flags) else ("", None)
        yield ListedSource(
            label=source.label, where=source.where or "", url=source.url or "", flag=flag, primary_opened=opened
        )


def _number(entry: Parameter, value: ParameterValue) -> str:
    numbers = value.value if isinstance(value.value, tuple) else (value.value,)
    unit = "" if entry.unit == UNITLESS else f" {entry.unit}"
    return ", ".join(f"{number:f}" for number in numbers) + unit


def _limit(value: DoseLimitValue) -> str:
    parts = [f"{value.limit_gy:f} Gy EQD2, alpha/beta {value.alpha_beta_gy:f} Gy, {value.metric}"]
    if value.line_gy is not None:
        parts.append(f"single-course line {value.line_gy:f} Gy")
    if value.span_from_gy is not None:
        parts.append(f"caution from {value.span_from_gy:f} Gy")
    return "; ".join((*parts, value.agreement))


def _codes(entry: CodeList) -> Row:
    verified = sum(code.verified is not None for code in entry.codes)
    words = f"{len(entry.codes)} codes, {verified} of them verified; {len(entry.texts)} texts"
    source = ListedSource(label=entry.source, where="", url="", flag="", primary_opened=None)
    return _undated(entry.id, entry.type, entry.title, f"{entry.resource}, {entry.role}", words, source)


def _tables(anatomy: Anatomy) -> Iterator[Row]:
    counts = {
        "regions": len(anatomy.regions),
        "site codes": len(anatomy.sites),
        "diagnosis codes": len(anatomy.diagnoses),
        "neighbours": len(anatomy.neighbours),
        "structures": sum(len(rows) for rows in anatomy.structure_rows.values()),
        "nodal drainage": len(anatomy.drainages),
    }
    source = ListedSource(label="knowledge/anatomy/README.md", where="", url="", flag="", primary_opened=None)
    for name, count in counts.items():
        title = f"Anatomy table: {name}"
        yield _undated(f"anatomy.{name.replace(' ', '-')}", "table", title, "codes only", f"{count} rows", source)


def _undated(id_: str, type_: str, title: str, applies: str, value: str, source: ListedSource) -> Row:
    return Row(
        id=id_,
        type=type_,
        title=title,
        applies=applies,
        value=value,
        since="",
        last_checked="",
        kind="cited",
        sources=(source,),
        reviewed_by=NOT_REVIEWED,
        note="",
    )
