"""load_knowledge(): reads the packaged files and a site's own, checks everything, freezes."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

from clinical_rules.anatomy import Anatomy, LevelSteps
from clinical_rules.errors import KnowledgeError
from clinical_rules.knowledge.cited import (
    ComparisonInForce,
    DrugTestInForce,
    OptionInForce,
    RefusalInForce,
    SchemeInForce,
    SiteFactInForce,
    SupportiveInForce,
)
from clinical_rules.knowledge.consistency import conflicts
from clinical_rules.knowledge.consistency_options import option_problems
from clinical_rules.knowledge.files import EntryFile, EntryReader
from clinical_rules.knowledge.in_force import KnowledgeOn, LimitInForce, value_on, with_level_steps
from clinical_rules.knowledge.schema import (
    CodeList,
    Comparison,
    DoseLimit,
    DrugTest,
    Families,
    KnowledgeEntry,
    Parameter,
    RecoveryRefusal,
    RecoveryScheme,
    SiteFact,
    SiteFile,
    SupportiveLine,
)
from clinical_rules.knowledge.site_folder import digest, toml_files
from clinical_rules.knowledge.site_rows import with_site_rows
from clinical_rules.knowledge.tables import read_anatomy

VERSION = "2026.11.1"
"""Of the packaged knowledge; a new one with every change that a reader of a card could notice."""

Held = TypeVar("Held")

_TABLES = "anatomy"
_EASTERNMOST = timedelta(hours=14)  # a file checked today in the first time zone is not from the future


@dataclass(frozen=True, slots=True, eq=False)
class Knowledge:
    """All that the rules rest on, with every value it ever had; `on` gives those of one day."""

    version: str
    parameters: Mapping[str, Parameter]
    limits: tuple[DoseLimit, ...]
    code_lists: tuple[CodeList, ...]
    anatomy: Anatomy
    comparisons: tuple[Comparison, ...] = ()
    recovery_schemes: tuple[RecoveryScheme, ...] = ()
    recovery_refusals: tuple[RecoveryRefusal, ...] = ()
    site_facts: tuple[SiteFact, ...] = ()
    sites: tuple[SiteFile, ...] = ()
    families: tuple[Families, ...] = ()
    drug_tests: tuple[DrugTest, ...] = ()
    supportive_lines: tuple[SupportiveLine, ...] = ()
    _days: dict[date, KnowledgeOn] = field(default_factory=dict, repr=False)

    @property
    def entries(self) -> tuple[KnowledgeEntry, ...]:
        """Every entry kind by kind, each sorted by id."""
        return (
            *self.parameters.values(),
            *self.limits,
            *self.code_lists,
            *self.comparisons,
            *self.recovery_schemes,
            *self.recovery_refusals,
            *self.site_facts,
            *self.sites,
            *self.families,
            *self.drug_tests,
            *self.supportive_lines,
        )

    @property
    def recovery_scheme_names(self) -> tuple[str, ...]:
        """What the setting for the recovery scheme may be; `none` is no scheme."""
        return ("none", *(scheme.name for scheme in self.recovery_schemes))

    def on(self, day: date) -> KnowledgeOn:
        """The knowledge in force on a day; made once a day."""
        if day not in self._days:
            self._days[day] = self._made_for(day)
        return self._days[day]

    def _made_for(self, day: date) -> KnowledgeOn:
        limits = tuple(LimitInForce(limit, value_on(limit.values, day)) for limit in self.limits)
        comparisons = tuple(ComparisonInForce(entry, value_on(entry.values, day)) for entry in self.comparisons)
        parameters = {name: value_on(parameter.values, day) for name, parameter in self.parameters.items()}
        return KnowledgeOn(
            version=self.version,
            day=day,
            anatomy=with_level_steps(self.anatomy, parameters),
            code_lists=self.code_lists,
            all_limits=limits,
            parameters=MappingProxyType(parameters),
            limits_by_structure=_by_structure((held.limit, held) for held in limits),
            all_comparisons=comparisons,
            comparisons_by_structure=_by_structure((held.comparison, held) for held in comparisons),
            recovery_schemes=tuple(
                SchemeInForce(entry, value_on(entry.values, day)) for entry in self.recovery_schemes
            ),
            recovery_refusals=tuple(
                RefusalInForce(entry, value_on(entry.values, day)) for entry in self.recovery_refusals
            ),
            all_site_facts=tuple(SiteFactInForce(entry, value_on(entry.values, day)) for entry in self.site_facts),
            options_by_file=tuple(
                (file, tuple(OptionInForce(file, option, value_on(option.values, day)) for option in file.options))
                for file in self.sites
                if file.options
            ),
            families=self.families,
            drug_tests=tuple(DrugTestInForce(entry, value_on(entry.values, day)) for entry in self.drug_tests),
            supportive_lines=tuple(
                SupportiveInForce(entry, value_on(entry.values, day)) for entry in self.supportive_lines
            ),
        )


def load_knowledge(
    site_folder: Path | None = None, *, today: date | None = None, packaged: Traversable | None = None
) -> Knowledge:
    """The knowledge, with a site's own files in place of ours by id; KnowledgeError lists all that is wrong."""
    root = packaged or files("clinical_rules.knowledge")
    reader = EntryReader(today or (datetime.now(UTC) + _EASTERNMOST).date())
    ours = [entry for file, name in _packaged_files(root) for entry in reader.read(file, name)]
    site = [entry for file, name in toml_files(site_folder, reader.problems) for entry in reader.read(file, name)]
    reader.problems.extend(conflicts(ours, site))
    anatomy = _anatomy(root, reader.problems)
    held = _in_place(ours, site)
    if anatomy is not None:
        anatomy = with_site_rows(anatomy, held, reader.problems)
        reader.problems.extend(option_problems(held, anatomy))
    if reader.problems or anatomy is None:
        raise KnowledgeError(tuple(reader.problems))
    version = VERSION if site_folder is None else f"{VERSION}+site.{digest(site_folder)}"
    return _frozen(version, [file.entry for file in held], anatomy)


def _packaged_files(root: Traversable) -> Iterator[tuple[Traversable, str]]:
    """Every TOML file one folder below the root, sorted; the tables have a reader of their own."""
    folders = (folder for folder in root.iterdir() if folder.is_dir() and folder.name != _TABLES)
    for folder in sorted(folders, key=lambda folder: folder.name):
        for file in sorted(folder.iterdir(), key=lambda file: file.name):
            if file.name.endswith(".toml"):
                yield file, f"{folder.name}/{file.name}"


def _anatomy(root: Traversable, problems: list[str]) -> Anatomy | None:
    try:
        return read_anatomy(root / _TABLES, LevelSteps(same=0, adjacent=0))
    except KnowledgeError as error:
        problems.extend(error.problems)
        return None


def _in_place(ours: Sequence[EntryFile], site: Sequence[EntryFile]) -> tuple[EntryFile, ...]:
    """Our files without those whose id the site has, and the site's; in an order of their own."""
    local = {file.entry.id for file in site}
    held = [file for file in ours if file.entry.id not in local] + list(site)
    return tuple(sorted(held, key=lambda file: _order(file.entry)))


def _order(entry: KnowledgeEntry) -> tuple[str, str, int, int]:
    if isinstance(entry, DoseLimit):
        return entry.id, entry.earlier_courses, entry.new_fractions_min or 0, entry.interval_from_months or 0
    return entry.id, "", 0, 0


def _frozen(version: str, entries: Sequence[KnowledgeEntry], anatomy: Anatomy) -> Knowledge:
    parameters = {entry.id: entry for entry in entries if isinstance(entry, Parameter)}
    latest = {name: value_on(parameter.values, date.max) for name, parameter in parameters.items()}
    return Knowledge(
        version=version,
        parameters=MappingProxyType(parameters),
        limits=tuple(entry for entry in entries if isinstance(entry, DoseLimit)),
        code_lists=tuple(entry for entry in entries if isinstance(entry, CodeList)),
        anatomy=with_level_steps(anatomy, latest),
        comparisons=tuple(entry for entry in entries if isinstance(entry, Comparison)),
        recovery_schemes=tuple(entry for entry in entries if isinstance(entry, RecoveryScheme)),
        recovery_refusals=tuple(entry for entry in entries if isinstance(entry, RecoveryRefusal)),
        site_facts=tuple(entry for entry in entries if isinstance(entry, SiteFact)),
        sites=tuple(entry for entry in entries if isinstance(entry, SiteFile)),
        families=tuple(entry for entry in entries if isinstance(entry, Families)),
        drug_tests=tuple(entry for entry in entries if isinstance(entry, DrugTest)),
        supportive_lines=tuple(entry for entry in entries if isinstance(entry, SupportiveLine)),
    )


def _by_structure(entries: Iterable[tuple[DoseLimit | Comparison, Held]]) -> Mapping[str, tuple[Held, ...]]:
    """What is held on each structure, in the order of the entries."""
    found: dict[str, list[Held]] = {}
    for entry, held in entries:
        for name in dict.fromkeys((entry.structure, *entry.structures)):
            found.setdefault(name, []).append(held)
    return {name: tuple(found[name]) for name in sorted(found)}
