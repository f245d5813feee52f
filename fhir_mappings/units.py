"""Quantities -> Gy; a unit that is missing or unknown is refused, never guessed."""

import re
from decimal import Decimal
from enum import StrEnum

from fhir_mappings.jsontools import number, obj, text
from fhir_mappings.rt_codes import UCUM

_GY_PER_UNIT = {"gy": Decimal(1), "gray": Decimal(1), "cgy": Decimal("0.01"), "centigray": Decimal("0.01")}
_IMAGING = frozenset({"mgy", "milligray", "msv", "mgy.cm", "mgy*cm", "mgy.cm2", "ugy", "sv"})
_PRINTABLE_UNIT = re.compile(r"[A-Za-z0-9.%/\[\]{}()=* -]{1,20}", re.ASCII)
_MAX_DIGITS = 12
"""Numbers beyond this many digits are no doses; they are refused before anything is computed with them."""
_MAX_COUNT = 9999
"""More than four digits are no count of fractions; dates estimated from one would leave the calendar."""


class DoseRefused(StrEnum):
    """Why a quantity is not read as a therapy dose."""

    NO_VALUE = "missing-dose"
    MISSING_UNIT = "missing-unit"
    WRONG_UNIT = "wrong-unit"
    IMAGING = "imaging-dose"
    UNREADABLE = "unreadable"


def read_gy(quantity: object) -> Decimal | DoseRefused:
    """The dose of a Quantity in Gy, by its UCUM code first and then by its unit; or why it is not one.

    >>> read_gy({"value": 5040, "system": "http://unitsofmeasure.org", "code": "cGy"})
    Decimal('50.40')
    >>> read_gy({"value": 60})
    <DoseRefused.MISSING_UNIT: 'missing-unit'>
    """
    fields = obj(quantity)
    if fields.get("value") is None:
        return DoseRefused.NO_VALUE
    value = plain_number(fields.get("value"))
    if value is None or fields.get("comparator") is not None:
        return DoseRefused.UNREADABLE
    factor = _factor(fields.get("system"), text(fields.get("code")), text(fields.get("unit")))
    return factor if isinstance(factor, DoseRefused) else value * factor


def plain_number(value: object) -> Decimal | None:
    """A JSON number of a size that can be computed with; text is never read as a number."""
    read = number(value)
    return read if read is not None and abs(read.adjusted()) <= _MAX_DIGITS else None


def count(value: object) -> int | None:
    """A JSON number that is a count of fractions or sessions: whole, not negative, and of a size that can be one."""
    read = plain_number(value)
    return int(read) if read is not None and 0 <= read <= _MAX_COUNT and read == read.to_integral_value() else None


def printable_unit(quantity: object) -> str | None:
    """The unit as stated, if it looks like a unit; other text of the record is not repeated."""
    stated = text(obj(quantity).get("code")) or text(obj(quantity).get("unit"))
    return stated if stated and _PRINTABLE_UNIT.fullmatch(stated) else None


def _factor(system: object, code: str | None, unit: str | None) -> Decimal | DoseRefused:
    """What to multiply with; a code and a unit that contradict each other are refused."""
    by_code = _meaning(code) if system in (UCUM, None) else None
    by_unit = _meaning(unit)
    if by_code is None and by_unit is None:
        return DoseRefused.WRONG_UNIT if code or unit else DoseRefused.MISSING_UNIT
    if by_code is not None and by_unit is not None and by_code != by_unit:
        return DoseRefused.WRONG_UNIT
    return by_code if by_code is not None else by_unit if by_unit is not None else DoseRefused.MISSING_UNIT


def _meaning(unit: str | None) -> Decimal | DoseRefused | None:
    """What one spelling of a unit means; None where there is none."""
    if unit is None:
        return None
    name = unit.lower()
    if name in _GY_PER_UNIT:
        return _GY_PER_UNIT[name]
    return DoseRefused.IMAGING if name in _IMAGING else DoseRefused.WRONG_UNIT
