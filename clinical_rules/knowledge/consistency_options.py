"""What options of site files may not say: a name twice, or a name that no fact could ever bear."""

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import get_args

from clinical_rules.anatomy import Anatomy
from clinical_rules.anatomy_rows import NODE_GROUPS
from clinical_rules.facts import EventKind
from clinical_rules.knowledge.files import EntryFile
from clinical_rules.knowledge.schema import CodeList, Families, SiteFile, SiteOption
from clinical_rules.knowledge.schema_condition import Condition

METASTATIC_ORGANS = ("bone", "brain", "liver", "lung", "lymph-node")
BY_CODE_OR_MORPHOLOGY = ("melanoma",)


MORPHOLOGY = re.compile(r"\d{4}").fullmatch


@dataclass(frozen=True, slots=True)
class Names:
    """The names that conditions may use."""

    drugs: frozenset[str]
    histologies: frozenset[str]
    biomarkers: frozenset[str]
    symptoms: frozenset[str]
    sites: frozenset[str]
    places: frozenset[str]

    def of(self, fact: str) -> Collection[str] | None:
        """The names that a fact knows; None where it takes no names."""
        return {
            "histology": self.histologies,
            "agent-given": self.drugs,
            "nodes": NODE_GROUPS,
            "metastatic-site": self.sites,
            "primary": self.sites | self.places | self.histologies | set(BY_CODE_OR_MORPHOLOGY),
            "symptom": self.symptoms,
        }.get(fact)


def option_problems(held: Sequence[EntryFile], anatomy: Anatomy) -> Iterator[str]:
    """Every problem of the options, file by file."""
    names = _names(held, anatomy)
    seen: dict[str, str] = {}
    for file in held:
        if isinstance(file.entry, Families):
            yield from _spans(file.name, file.entry)
        if not isinstance(file.entry, SiteFile):
            continue
        for biomarker in sorted(set(file.entry.biomarkers) - names.biomarkers):
            yield f"{file.name}: biomarkers names {biomarker!r}, which is no item of the biomarker or marker codes"
        for option in file.entry.options:
            if option.id in seen:
                yield f"{file.name}: option {option.id!r} is that of {seen[option.id]}; each id stands once"
            seen.setdefault(option.id, file.name)
            yield from (f"{file.name}: option {option.id!r}, {told}" for told in _of_option(option, names))


def _of_option(option: SiteOption, names: Names) -> Iterator[str]:
    for agent in sorted(set(option.agents) - names.drugs):
        yield f"agents names {agent!r}, which is no drug of the codes and no class of families/drug-class.toml"
    for condition in (*option.require, *option.avoid, *option.factors, *option.cautions):
        yield from _of_condition(condition, names)


def _of_condition(condition: Condition, names: Names) -> Iterator[str]:
    known = names.of(condition.fact)
    for name in sorted(set(getattr(condition, "any", ())) - set(known or ())):
        yield f"{condition.fact} asks for {name!r}, which no record could bear; known are {_some(known or ())}"
    if condition.fact == "biomarker" and condition.name not in names.biomarkers:
        yield f"biomarker {condition.name!r} is no item of the biomarker or marker codes"
    if condition.fact == "organs":
        for organ in sorted(set(condition.only) - {*METASTATIC_ORGANS, *names.places}):
            yield f"organs asks for {organ!r}, which is no organ or region"


def _names(held: Sequence[EntryFile], anatomy: Anatomy) -> Names:
    entries = [file.entry for file in held]
    lists = [entry for entry in entries if isinstance(entry, CodeList)]
    families = [entry for entry in entries if isinstance(entry, Families)]
    classes = [entry.families for entry in families if entry.role == "drug-class"]
    rows = anatomy.diagnoses
    return Names(
        drugs=_items(lists, lambda role: role == "drug").union(
            *classes, *(n for each in classes for n in each.values())
        ),
        histologies=frozenset(name for each in families if each.role == "histology" for name in each.families),
        biomarkers=_items(lists, lambda role: role in ("biomarker", "gene", "tumour-marker")),
        symptoms=_items(lists, lambda role: role in ("symptom", "emergency", "pain")) | set(get_args(EventKind)),
        sites=frozenset(row.site for row in rows) | {entry.site for entry in entries if isinstance(entry, SiteFile)},
        places=frozenset(place for row in rows for place in (row.region, row.subsite) if place),
    )


def _items(lists: Sequence[CodeList], wanted: Callable[[str], bool]) -> frozenset[str]:
    mine = [each for each in lists if wanted(each.role)]
    return frozenset(item for each in mine for item in (*(code.item for code in each.codes), *each.texts.values()))


def _spans(name: str, families: Families) -> Iterator[str]:
    if families.role != "histology":
        return
    for family, spans in families.families.items():
        for span in spans:
            bounds = span.split("-")
            if not all(map(MORPHOLOGY, bounds)) or bounds != sorted(bounds)[:2]:
                yield f"{name}: {family} holds {span!r}; expected a morphology such as 8140, or a span as 8070-8078"


def _some(known: Collection[str]) -> str:
    return ", ".join(sorted(known)[:30])
