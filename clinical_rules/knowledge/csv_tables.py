"""Reads CSV tables with their line numbers; problems gather until all of them are read."""

import csv
import io
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass, field
from importlib.resources.abc import Traversable
from typing import TypeVar

from clinical_rules.knowledge.cells import Cells

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class TableReader:
    """One pass over a folder of tables."""

    folder: Traversable
    problems: list[str] = field(default_factory=list)

    def rows(
        self, name: str, columns: str, parse: Callable[[Cells], Row], key: Callable[[Row], Hashable]
    ) -> tuple[Row, ...]:
        """The rows of a table; what is wrong is noted with file and line, a row said twice too."""
        rows: dict[Hashable, Row] = {}
        for line, cells in self._lines(name, columns):
            try:
                row = parse(cells)
                if key(row) in rows:
                    raise ValueError("an earlier line already speaks of this; each stands once")
                rows[key(row)] = row
            except ValueError as error:
                self.problems.append(f"{name}, line {line}: {error}")
        return tuple(rows.values())

    def _lines(self, name: str, columns: str) -> Iterator[tuple[int, Cells]]:
        try:
            text = (self.folder / name).read_text("utf-8")
            reader = csv.reader(io.StringIO(text, newline=""), strict=True)
            header = next(reader, [])
            if ",".join(header) != columns:
                raise ValueError(f"the columns are {','.join(header)}; expected {columns}")
            for cells in reader:
                if len(cells) == len(header):
                    yield reader.line_num, dict(zip(header, cells, strict=True))
                else:
                    self.problems.append(f"{name}, line {reader.line_num}: {len(cells)} cells; expected {len(header)}")
        except (OSError, ValueError, csv.Error) as error:
            self.problems.append(f"{name}: {error}")
