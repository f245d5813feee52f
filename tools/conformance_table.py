"""The conformance table and its page: the items of tests/conformance/items.toml and the tests marked for them."""

import ast
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any, Literal, get_args

ROOT = Path(__file__).resolve().parents[1]
TABLE = ROOT / "tests" / "conformance" / "items.toml"
MARKER = "conforms"
State = Literal["met", "declined", "open"]
HEAD = """# Conformance to CDS Hooks

Made by `make docs` from `tests/conformance/items.toml` and the tests marked `conforms`; do not edit. Read against CDS
Hooks 2.0.1 and 3.0.0. Of {total} items {met} are met, {declined} are not done or not ours, {open} are open. A full test
run fails if a test behind a row that is met was skipped or did not pass. "Advice" is best practice, not a rule.
"""


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that CDS Hooks asks for or advises."""

    id: str
    level: str
    about: str
    state: State
    reason: str = ""

    @property
    def section(self) -> str:
        """The letter of its section."""
        return "N" if self.id.startswith("cds-") else self.id[0]


@dataclass(frozen=True, slots=True)
class MarkedTest:
    """A test function, where it stands, and the items it is marked for."""

    file: str
    name: str
    items: tuple[str, ...]

    @property
    def node_id(self) -> str:
        """How pytest names it, without parameters."""
        return f"{self.file}::{self.name}"


def sections() -> dict[str, str]:
    """Titles by letter."""
    found: dict[str, str] = _table()["sections"]
    return found


def items() -> dict[str, Item]:
    """All items by id, in the order of the table; ValueError for a state that is none."""
    found = {name: Item(name, **members) for name, members in _table()["items"].items()}
    if wrong := [item.id for item in found.values() if item.state not in get_args(State)]:
        raise ValueError(f"items.toml: state of {', '.join(wrong)} must be one of {', '.join(get_args(State))}")
    return found


def _table() -> dict[str, Any]:
    return tomllib.loads(TABLE.read_text("utf-8"))


def marked_tests(folder: Path = ROOT / "tests") -> tuple[MarkedTest, ...]:
    """All tests that are marked, by file and place; read from the source, so that nothing need be run."""
    return tuple(test for path in sorted(folder.rglob("test_*.py")) for test in _marked_in(path))


def _marked_in(path: Path) -> Iterator[MarkedTest]:
    source = path.read_text("utf-8")
    if f"mark.{MARKER}(" not in source:
        return
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef) and (named := tuple(_named(node))):
            yield MarkedTest(path.relative_to(ROOT).as_posix(), node.name, named)


def _named(function: ast.FunctionDef) -> Iterator[str]:
    for decorator in function.decorator_list:
        if isinstance(decorator, ast.Call) and ast.unparse(decorator.func) == f"pytest.mark.{MARKER}":
            yield from (str(ast.literal_eval(argument)) for argument in decorator.args)


def behind_items(tests: tuple[MarkedTest, ...]) -> dict[str, list[MarkedTest]]:
    """The tests behind each item that has any."""
    found: dict[str, list[MarkedTest]] = {}
    for test in tests:
        for name in test.items:
            found.setdefault(name, []).append(test)
    return found


def page() -> str:
    """The whole page."""
    table, behind, titles = items(), behind_items(marked_tests()), sections()
    count = {state: sum(item.state == state for item in table.values()) for state in get_args(State)}
    parts = [HEAD.format(total=len(table), **count)]
    for letter, group in groupby(table.values(), key=lambda item: item.section):
        parts.append(
            f"\n## {letter}. {titles[letter]}\n\n| item | level | what | state | shown by |\n|---|---|---|---|---|\n"
        )
        parts += [_row(item, behind.get(item.id, [])) for item in group]
    return "".join(parts)


def _row(item: Item, tests: list[MarkedTest]) -> str:
    state = "**open**" if item.state == "open" else item.state
    shown = "; ".join(filter(None, (_link_all(tests), item.reason)))
    return f"| {item.id} | {item.level} | {item.about} | {state} | {shown} |\n"


def _link_all(tests: list[MarkedTest]) -> str:
    return ", ".join(f"[{test.name.removeprefix('test_').replace('_', ' ')}](../{test.file})" for test in tests)
