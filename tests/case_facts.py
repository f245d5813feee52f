"""Builds PatientFacts from the `given` table of a case file; unknown keys and words are refused.

Keys are the field names of the facts dataclasses. References may be left out: they are then numbered.
"""

import dataclasses
import types
import typing
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from enum import Enum
from functools import cache

from clinical_rules.facts import (
    BodySite,
    CancerDiagnosis,
    ClinicalEvent,
    DataProblem,
    DoseToVolume,
    PartialDate,
    Patient,
    PatientFacts,
    RadiotherapyCourse,
    RadiotherapyHistory,
    SystemicTherapy,
    TumourMarker,
)

Table = Mapping[str, object]

REFERENCES = {
    "diagnoses": "Condition/diagnosis", "courses": "Procedure/course", "orders": "ServiceRequest/order",
    "history": "Condition/history", "statuses": "Observation/status", "stages": "Observation/stage",
    "markers": "Observation/marker", "genomics": "Observation/genomic", "systemic": "MedicationRequest/drug",
    "events": "Procedure/event", "problems": "Procedure/problem",
    "drug_orders": "MedicationRequest/order", "sizes": "Observation/size",
}  # fmt: skip


def _of_course(table: Table) -> Table:
    return {"status": "completed", "modalities": ["photon"], "references": [table["reference"]], **table}


DEFAULTS: dict[type, Callable[[Table], Table]] = {
    Patient: lambda table: {"reference": "Patient/1", **table},
    BodySite: lambda table: {"label": str(table.get("subsite") or table["region"]), **table},
    CancerDiagnosis: lambda table: {"role": "primary", "body_site": None, "clinical_status": "active", **table},
    RadiotherapyCourse: _of_course,
    DoseToVolume: lambda table: {"basis": "delivered", "site": None, **table},
    RadiotherapyHistory: lambda table: {"label": "history of radiotherapy", **table},
    SystemicTherapy: lambda table: {"status": "completed", **table},
    ClinicalEvent: lambda table: {"item": table["kind"], **table},
    TumourMarker: lambda table: {"unit": None, **table},
    DataProblem: lambda table: {"detail": "", **table},
}
"""What a case need not say."""


class CaseError(Exception):
    """A case file that says something no fact can hold."""


def facts_of(given: Table) -> PatientFacts:
    """The facts that a `given` table describes."""
    table = {"patient": {}, **given}
    for name, prefix in REFERENCES.items():
        if name in table:
            table[name] = [
                _numbered(entry, name, prefix, place) for place, entry in enumerate(_list(table[name], name))
            ]
    return _dataclass(PatientFacts, table, "given")


def _numbered(entry: object, name: str, prefix: str, place: int) -> Table:
    if not isinstance(entry, Mapping):
        raise CaseError(f"given.{name}[{place}] is not a table")
    planned = {"planned": True} if name == "orders" else {}
    return {"reference": f"{prefix}-{place + 1}", **planned, **entry}


def _dataclass(kind: type, value: object, where: str) -> typing.Any:
    if not isinstance(value, Mapping):
        raise CaseError(f"{where} is {value!r}; a table is expected")
    table = DEFAULTS.get(kind, dict)(value)
    hints = _hints(kind)
    if unknown := sorted(set(table) - set(hints)):
        raise CaseError(f"{where}: unknown key {', '.join(unknown)}; known are {', '.join(hints)}")
    return kind(**{name: _value(hints[name], entry, f"{where}.{name}") for name, entry in table.items()})


@cache
def _hints(kind: type) -> dict[str, typing.Any]:
    hints = typing.get_type_hints(kind)
    return {field.name: hints[field.name] for field in dataclasses.fields(kind)}


def _value(hint: typing.Any, value: object, where: str) -> object:
    origin = typing.get_origin(hint)
    if origin in (types.UnionType, typing.Union):
        return None if value is None else _value(typing.get_args(hint)[0], value, where)
    if origin is tuple:
        each = typing.get_args(hint)[0]
        return tuple(_value(each, entry, f"{where}[{place}]") for place, entry in enumerate(_list(value, where)))
    if origin is typing.Literal:
        return _one_of(typing.get_args(hint), value, where)
    if origin is not None:
        return value
    return _plain(hint, value, where)


def _plain(kind: type, value: object, where: str) -> object:
    if dataclasses.is_dataclass(kind) and kind is not PartialDate:
        return _dataclass(kind, value, where)
    if kind is PartialDate:
        return _date(value, where)
    if kind is Decimal:
        return Decimal(str(value))
    if issubclass(kind, Enum):
        return kind(_one_of([member.value for member in kind], value, where))
    if not isinstance(value, kind):
        raise CaseError(f"{where} is {value!r}; {kind.__name__} is expected")
    return value


def _date(value: object, where: str) -> PartialDate:
    if isinstance(value, date):
        return PartialDate.on(value)
    try:
        return PartialDate.of(*(int(part) for part in str(value).split("-")))
    except (ValueError, TypeError) as error:
        raise CaseError(f'{where} is {value!r}; a date like "2024-05-17", "2024-05" or "2024" is expected') from error


def _one_of(known: typing.Iterable[object], value: object, where: str) -> object:
    if value not in tuple(known):
        raise CaseError(f"{where} is {value!r}; one of {', '.join(map(str, known))} is expected")
    return value


def _list(value: object, where: str) -> list[object]:
    if not isinstance(value, list):
        raise CaseError(f"{where} is not a list")
    return value
