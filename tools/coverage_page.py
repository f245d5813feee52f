"""docs/coverage.md: each named item and each row of the clinical rules, with the rules and case files that carry it."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from coverage_table import ROOT, Case, Item, Row, behind, cases, groups, is_done, items, rows, unproven

from clinical_rules.knowledge import load_knowledge

HEAD = """# Coverage

Made by `make docs` from `tests/coverage`, the knowledge and the case files; do not edit. The first table has the
systems, treatments, tests and states that the product has to know by name, the second what becomes of each row of the
clinical rules. `done`: for each of its rules a case file names the item and fails with the rule switched off; a full
test run fails if one of these cases did not run and pass. {done} of {total} items are done.

## Items
"""
ROWS_HEAD = """
## Rows of the clinical rules

State of the source: `ok`, `qual` (only with a qualifier), `contested`, `outdated`, `unverified`, `marketing`. Every
rule named here has a case that fails without it.

| row | source | rules | words, and what is kept off the cards |
|---|---|---|---|
"""


def page() -> str:
    """The whole page."""
    knowledge, every = load_knowledge(), cases()
    table = items(knowledge)
    done = sum(is_done(item, every) for item in table.values())
    parts = [HEAD.format(done=done, total=len(table))]
    for letter, title in groups().items():
        parts.append(
            f"\n### {letter}. {title}\n\n| no. | item | kind | rules | shown by | state |\n|---|---|---|---|---|---|\n"
        )
        parts += [_item(item, every) for item in table.values() if item.group == letter]
    return "".join([*parts, ROWS_HEAD, *map(_row, rows(knowledge).values())])


def _item(item: Item, every: Iterable[Case]) -> str:
    missing = unproven(item, every)
    state = "done" if is_done(item, every) else f"**open**{': ' + _codes(missing) if missing else ''}"
    shown = ", ".join([*_links(behind(item, every)), *_tests(item.tests)])
    return f"| {item.number} | {item.name} | {item.kind} | {_codes(item.rules)} | {shown} | {state} |\n"


def _row(row: Row) -> str:
    said = [f"says “{words}”" for words in row.says]
    silent = "" if row.rules or row.says else "never printed: "
    never = [f"{silent}{row.never}"] if row.never else []
    return f"| {row.id} | {row.safe} | {_codes(row.rules)} | {'; '.join([*said, *never])} |\n"


def _codes(rules: Iterable[str]) -> str:
    return ", ".join(f"`{rule}`" for rule in rules)


def _links(found: Iterable[Case]) -> Iterator[str]:
    for file in dict.fromkeys(case.file for case in found):
        yield _link(f"{file.parent.name}/{file.stem}", file)


def _tests(named: Iterable[str]) -> Iterator[str]:
    for test in named:
        file, _, name = test.partition("::")
        yield _link(name.removeprefix("test_").replace("_", " "), ROOT / file)


def _link(words: str, file: Path) -> str:
    return f"[{words}](../{file.relative_to(ROOT).as_posix()})"
