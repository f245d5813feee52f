"""Which kind of finding a rule id stands for: the kind chooses template and wording."""

from functools import cache
from typing import Literal

Kind = Literal[
    "recurrence", "second-primary", "treatment-effect", "overlap", "interval", "dose", "comparison",
    "workup", "option", "supportive", "data", "site-fact", "other",
]  # fmt: skip

_EXACT: dict[str, Kind] = {
    "recurrence.pattern": "recurrence",
    "recurrence.second-primary": "second-primary",
    "recurrence.treatment-effect": "treatment-effect",
    "reirradiation.overlap": "overlap",
    "reirradiation.interval": "interval",
}
_BY_DOMAIN: dict[str, Kind] = {
    "workup": "workup",
    "salvage": "option",
    "supportive": "supportive",
    "data": "data",
}
_STRUCTURE_PARTS = 3  # reirradiation.<structure>.<limit>


@cache
def kind_of(rule: str) -> Kind:
    """The kind of a rule id; ids that are not known here are `other` and are printed as they are.

    >>> kind_of("reirradiation.spinal-cord.cumulative-eqd2.nieder"), kind_of("reirradiation.esophagus.other-source")
    ('dose', 'comparison')
    """
    parts = rule.split(".")
    if rule in _EXACT or parts[0] in _BY_DOMAIN:
        return _EXACT.get(rule) or _BY_DOMAIN[parts[0]]
    if parts[:2] == ["reirradiation", "site-fact"]:
        return "site-fact"
    if parts[0] == "reirradiation" and len(parts) >= _STRUCTURE_PARTS:
        return "dose" if parts[2] == "cumulative-eqd2" else "comparison"
    return "other"
