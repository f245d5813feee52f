"""A Bulk FHIR export (NDJSON files in a folder), patient by patient, with memory that does not grow with its size.

One pass writes every line that a prefetch key could hold into a temporary SQLite file under its patient; the index
then hands out one patient after the other, in the order of their ids.
"""

import sqlite3
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType

from cds_service.cli_bundle import KEY_OF_TYPE, ORDERS
from cds_service.errors import InputRefusedError
from cds_service.same_patient import patient_of
from fhir_mappings.body_limits import check_body
from fhir_mappings.errors import StrictJSONError
from fhir_mappings.jsontools import Json, obj, text
from fhir_mappings.strict_json import loads

TYPES = frozenset({"Patient", *KEY_OF_TYPE, *ORDERS})
LINES_AT_ONCE = 1000
MOST_BYTES = 16 * 1024 * 1024
"""Of one line."""

_TABLE = "CREATE TABLE line (patient TEXT NOT NULL, raw BLOB NOT NULL)"
_INDEX = "CREATE INDEX line_patient ON line (patient)"


@dataclass(slots=True)
class Counts:
    """What was found in the export: resources by type, skipped ones by type, and lines that could not be used."""

    resources: Counter[str] = field(default_factory=Counter)
    skipped: Counter[str] = field(default_factory=Counter)
    unreadable: Counter[str] = field(default_factory=Counter)
    without_patient: Counter[str] = field(default_factory=Counter)


class BulkExport(AbstractContextManager["BulkExport"]):
    """An export that was read once; `patients` may then be gone through."""

    def __init__(self, folder: Path) -> None:
        """InputRefusedError if the folder holds no NDJSON file."""
        self.counts = Counts()
        self._files = sorted(folder.rglob("*.ndjson"))
        if not self._files:
            raise InputRefusedError(f"{folder}: expected a folder with the .ndjson files of a Bulk FHIR export")
        self._folder = TemporaryDirectory(prefix="rert-cds-backtest-")
        self._index = sqlite3.connect(Path(self._folder.name) / "lines", isolation_level=None)
        for statement in ("PRAGMA journal_mode = OFF", "PRAGMA synchronous = OFF", _TABLE, "BEGIN"):
            self._index.execute(statement)
        for file in self._files:
            self._read(file)
        for statement in ("COMMIT", _INDEX):
            self._index.execute(statement)

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        """Removes the index: it holds what the export holds."""
        self._index.close()
        self._folder.cleanup()

    def patients(self) -> Iterator[tuple[str, Sequence[Json]]]:
        """Each patient's id and resources, in an order that does not depend on that of the lines."""
        ids = self._index.execute("SELECT DISTINCT patient FROM line ORDER BY patient")
        for (patient,) in ids:
            lines = self._index.execute("SELECT raw FROM line WHERE patient = ? ORDER BY raw", (patient,))
            yield patient, [obj(loads(raw)) for (raw,) in lines]

    def _read(self, file: Path) -> None:
        rows: list[tuple[str, bytes]] = []
        try:
            with file.open("rb") as lines:
                while line := lines.readline(MOST_BYTES + 1):
                    if row := self._row(line, file.name):
                        rows.append(row)
                    if len(rows) >= LINES_AT_ONCE:
                        self._keep(rows)
        except OSError as error:
            raise InputRefusedError(f"{file}: {error.strerror}") from None
        self._keep(rows)

    def _keep(self, rows: list[tuple[str, bytes]]) -> None:
        self._index.executemany("INSERT INTO line VALUES (?, ?)", rows)
        rows.clear()

    def _row(self, line: bytes, file: str) -> tuple[str, bytes] | None:
        """The patient and the line; None for what is empty, not readable, or of no use."""
        raw = line.strip()
        if not raw:
            return None
        resource = _resource(raw) if len(line) <= MOST_BYTES else None
        kind = text(resource.get("resourceType")) if resource else None
        if resource is None or kind is None:
            self.counts.unreadable[file] += 1
        elif kind not in TYPES:
            self.counts.skipped[kind if kind.isalpha() else "other"] += 1
        elif (patient := _patient(resource, kind)) is None:
            self.counts.without_patient[kind] += 1
        else:
            self.counts.resources[kind] += 1
            return patient, raw
        return None


def _resource(raw: bytes) -> Json | None:
    try:
        check_body(raw)
        return obj(loads(raw)) or None
    except StrictJSONError:
        return None


def _patient(resource: Json, kind: str) -> str | None:
    if kind == "Patient":
        return text(resource.get("id"))
    references = (text(obj(resource.get(name)).get("reference")) for name in ("subject", "patient"))
    return next((found for reference in references if reference and (found := patient_of(reference))), None)
