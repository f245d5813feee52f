"""FHIR date and dateTime -> PartialDate: the day as written in the record's own zone."""

import re

from clinical_rules.facts import PartialDate
from fhir_mappings.jsontools import Json, text

_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2})(?:T.*)?)?)?\Z", re.ASCII | re.DOTALL)
_YEARS = range(1880, 2200)
"""Years beyond these are what systems write for "unknown" or "for ever" (0001, 9999), and are no dates."""


def read_date(value: object) -> PartialDate | None:
    """The date of a FHIR date, dateTime or instant; None where there is none or it is no date.

    >>> str(read_date("2024-05"))
    '2024-05'
    >>> str(read_date("2020-09-14T13:21:17+01:00"))
    '2020-09-14'
    >>> read_date("2024-13-01") is None, read_date("9999-12-31") is None
    (True, True)
    """
    match = _DATE.match(text(value) or "")
    if match is None or int(match[1]) not in _YEARS:
        return None
    try:
        return PartialDate.of(*[int(part) for part in match.groups() if part])
    except ValueError:
        return None


def first_date(resource: Json, *elements: str) -> PartialDate | None:
    """The first readable date among elements; of a Period (`performedPeriod`) its start."""
    for element in elements:
        value = resource.get(element)
        found = read_date(value.get("start") if isinstance(value, dict) else value)
        if found is not None:
            return found
    return None
