"""CodeX radiobiologic metric -> EquieffectiveDose: which one, and at which alpha/beta, stands in the unit's text."""

import re
from decimal import Decimal

from clinical_rules.facts import EquieffectiveDose
from fhir_mappings.jsontools import Json, obj, text
from fhir_mappings.radiotherapy_elements import inner
from fhir_mappings.radiotherapy_notes import Notes
from fhir_mappings.units import plain_number

_NAME = "codexrt-radiobiologic-metric"
_EQUIEFFECTIVE = re.compile(
    r"(EQD2|BED)(?:Gy)?\s*(?:\(\s*a/b\s*=\s*(\d{1,3}(?:\.\d{1,3})?)\s*\))?", re.IGNORECASE | re.ASCII
)
_WEIGHTED = re.compile(r"(?:CGE|RBE)\b.*", re.IGNORECASE | re.ASCII | re.DOTALL)


def read_equieffective(part: object, notes: Notes) -> tuple[EquieffectiveDose | None, bool]:
    """The equieffective dose of a dose extension, and whether another metric there weighs the kind of radiation."""
    found: list[EquieffectiveDose] = []
    weighted = False
    for metric in inner(part, _NAME):
        quantity = obj(metric.get("valueQuantity"))
        unit = text(quantity.get("unit")) or ""
        weighted = weighted or _WEIGHTED.fullmatch(unit) is not None
        match = _EQUIEFFECTIVE.fullmatch(unit)
        dose_gy = _dose_gy(quantity)
        if match is not None and dose_gy is not None:
            found.append(_equieffective(match, dose_gy))
        elif _WEIGHTED.fullmatch(unit) is None:
            notes.unreadable(_NAME, "a dose above 0 in a unit such as EQD2Gy(a/b = 3)")
    found.sort(key=lambda one: (one.alpha_beta_gy is None, one.kind != "EQD2", one.dose_gy))
    return (found[0] if found else None), weighted


def _dose_gy(quantity: Json) -> Decimal | None:
    """The value in Gy; a code other than Gy is refused."""
    value = plain_number(quantity.get("value"))
    stated = text(quantity.get("code"))
    return value if value is not None and value > 0 and stated in (None, "Gy") else None


def _equieffective(match: re.Match[str], dose_gy: Decimal) -> EquieffectiveDose:
    """The dose with its kind; an alpha/beta of 0 counts as none."""
    alpha_beta_gy = Decimal(match[2]) if match[2] else None
    return EquieffectiveDose("EQD2" if match[1].upper() == "EQD2" else "BED", dose_gy, alpha_beta_gy or None)
