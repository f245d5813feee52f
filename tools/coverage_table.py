"""What the coverage tables rest on: items and rows, the rules that carry them, and the case files behind those."""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from clinical_rules.knowledge import Knowledge, load_knowledge

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "tests" / "coverage"
CASES = ROOT / "tests" / "cases"
RUNNER = "tests/test_cases.py::test_case"


@dataclass(frozen=True, slots=True)
class Case:
    """One case: its file, its name, the rules without which it fails, and the items that it is a case of."""

    file: Path
    name: str
    proves: tuple[str, ...]
    items: tuple[int, ...]

    @property
    def node_id(self) -> str:
        """How pytest names its run."""
        return f"{RUNNER}[{self.file.parent.name}/{self.file.stem}: {self.name}]"


@dataclass(frozen=True, slots=True)
class Item:
    """A named system, treatment, test or state, with all rules that carry it."""

    number: int
    group: str
    name: str
    kind: str
    rules: tuple[str, ...] = ()
    says: tuple[str, ...] = ()
    tests: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the clinical rules, and what becomes of it."""

    id: str
    safe: str
    rules: tuple[str, ...] = ()
    says: tuple[str, ...] = ()
    never: str = ""


def cases() -> tuple[Case, ...]:
    """All cases, by file and place."""
    return tuple(_cases())


def _cases() -> Iterator[Case]:
    for file in sorted(CASES.rglob("*.toml")):
        content = tomllib.loads(file.read_text("utf-8"))
        for case in content.get("case", [content]):
            yield Case(file, case["name"], tuple(case.get("proves", ())), tuple(case.get("items", ())))


def items(knowledge: Knowledge | None = None) -> dict[int, Item]:
    """All items by number; their rules are those that the table names and those whose knowledge names the item."""
    carried: dict[int, list[str]] = {}
    for rule, _, numbers in carriers(knowledge or load_knowledge()):
        for number in numbers:
            carried.setdefault(number, []).append(rule)
    return {item.number: item for item in _items(carried)}


def _items(carried: Mapping[int, list[str]]) -> Iterator[Item]:
    table = _read("items.toml")
    for group in groups():
        for key, members in table[group].items():
            rules = tuple(dict.fromkeys((*members.pop("rules", ()), *carried.get(int(key), ()))))
            yield Item(int(key), group, rules=rules, **_tuples(members))


def rows(knowledge: Knowledge | None = None) -> dict[str, Row]:
    """All rows by id; their rules are those that the table names and those whose knowledge names the row."""
    carried: dict[str, list[str]] = {}
    for rule, names, _ in carriers(knowledge or load_knowledge()):
        for name in names:
            carried.setdefault(name, []).append(rule)
    found: dict[str, Row] = {}
    for name, members in _read("rows.toml").items():
        rules = tuple(dict.fromkeys((*members.pop("rules", ()), *carried.get(name, ()))))
        found[name] = Row(name, rules=rules, **_tuples(members))
    return found


def carriers(knowledge: Knowledge) -> Iterator[tuple[str, tuple[str, ...], tuple[int, ...]]]:
    """Each rule whose knowledge names rows and items, with these."""
    for site in knowledge.sites:
        for option in site.options:
            yield option.rule, option.rows, option.items
    for line in knowledge.supportive_lines:
        yield line.id, line.rows, line.items


def groups() -> dict[str, str]:
    """The groups of items: titles by letter."""
    titles: dict[str, str] = _read("items.toml")["groups"]
    return titles


def behind(item: Item, every: Iterable[Case]) -> tuple[Case, ...]:
    """The cases that name an item and prove one of its rules."""
    return tuple(case for case in every if item.number in case.items and not set(case.proves).isdisjoint(item.rules))


def unproven(item: Item, every: Iterable[Case]) -> tuple[str, ...]:
    """The rules of an item that no case which names it proves."""
    shown = {rule for case in behind(item, every) for rule in case.proves}
    return tuple(rule for rule in item.rules if rule not in shown)


def is_done(item: Item, every: Iterable[Case]) -> bool:
    """Whether each rule of an item has its case; an item without a rule has a test."""
    return bool(item.rules or item.tests) and not unproven(item, every)


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / name).read_text("utf-8"))


def _tuples(members: Mapping[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in members.items()}
