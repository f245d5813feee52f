"""One dose extension -> DoseToVolume: delivered, planned or prescribed, of any version."""

from dataclasses import dataclass, replace
from decimal import Decimal

from clinical_rules.facts import DoseBasis, DoseToVolume, EquieffectiveDose
from fhir_mappings.jsontools import Json, extension, text
from fhir_mappings.radiotherapy_elements import Extensions, extensions_of, first, flag, inner, value_of
from fhir_mappings.radiotherapy_equieffective import read_equieffective
from fhir_mappings.radiotherapy_fractions import StatedCounts, read_count, settle_fractions
from fhir_mappings.radiotherapy_notes import Notes
from fhir_mappings.rt_codes import DOSE_METRIC_URL
from fhir_mappings.units import DoseRefused, printable_unit, read_gy
from fhir_mappings.volumes import Volume, read_metric

_TOTAL = ("totaldosedelivered", "totaldose", "gesamtdosis", "total-high-dose-delivered")
_PER_FRACTION = ("fractiondose", "doseperfraction", "einzeldosis")
_COUNTS: dict[DoseBasis, tuple[str, ...]] = {
    "delivered": ("fractionsdelivered", "deliveredfractions"),
    "planned": ("fractions", "prescribedfractions"),
    "prescribed": ("fractions", "prescribedfractions"),
}
_PROBLEMS = {
    DoseRefused.MISSING_UNIT: ("missing-unit", "has no unit; Gy or cGy is needed"),
    DoseRefused.WRONG_UNIT: ("wrong-unit", "is not in Gy or cGy"),
    DoseRefused.IMAGING: ("wrong-unit", "is in a unit of imaging dose; Gy or cGy is needed"),
    DoseRefused.UNREADABLE: ("unreadable", "is not a plain number with a unit"),
    DoseRefused.NO_VALUE: ("unreadable", "is not a plain number with a unit"),
}
UNRECOGNISED = "unrecognised"
"""A metric is stated that we do not know: the dose compares with nothing."""


@dataclass(frozen=True, slots=True)
class ReadDose:
    """One dose, and whether the record says that its unit weighs the kind of radiation (CGE, RBE)."""

    volume: DoseToVolume
    weighted: bool = False


def read_dose(part: Json, target: Volume, basis: DoseBasis, counts: StatedCounts, notes: Notes) -> ReadDose:
    """The dose that one extension states for a volume."""
    named = extensions_of(part)
    total_gy, unusable = _read_amount(named, _TOTAL, notes)
    fraction_gy, refused = _read_amount(named, _PER_FRACTION, notes)
    stated = read_count(named, _COUNTS[basis], notes)
    if total_gy is None and fraction_gy is not None and stated is None and counts.top is None:
        notes.add("missing-fractions", "a dose per fraction is stated without a total dose or a number of fractions")
    settled = settle_fractions(total_gy, fraction_gy, counts.with_inner(stated), notes)
    if total_gy is None and unusable is None and fraction_gy is not None and settled.number:
        total_gy = fraction_gy * settled.number
    equieffective, weighted = read_equieffective(named, notes)
    dose = DoseToVolume(
        basis=basis,
        site=target.site,
        total_dose_gy=total_gy,
        fractions=settled.number,
        fraction_dose_gy=fraction_gy,
        volume_type=target.volume_type,
        metric=_read_metric(part, target, notes),
        point_dose=flag(named, "codexrt-radiotherapy-point-dose") or False,
        uniform=flag(named, "codexrt-radiotherapy-uniform-fractionation"),
        fractions_from=settled.source,
        equieffective=equieffective,
        name=target.name,
        reference=notes.reference,
        unusable=unusable or refused,
    )
    return ReadDose(_positive(dose, stated, notes), weighted)


def dose_of_quantity(
    quantity: object, target: Volume, notes: Notes, equieffective: EquieffectiveDose | None = None
) -> DoseToVolume:
    """A delivered dose that stands in a Quantity of its own (an Observation's value)."""
    total_gy, unusable = _amount(quantity, "valueQuantity", notes)
    dose = DoseToVolume(
        basis="delivered", site=target.site, total_dose_gy=total_gy, volume_type=target.volume_type,
        metric=target.metric, equieffective=equieffective, name=target.name, reference=notes.reference,
        unusable=unusable,
    )  # fmt: skip
    return _positive(dose, None, notes)


def _read_amount(named: Extensions, names: tuple[str, ...], notes: Notes) -> tuple[Decimal | None, str | None]:
    """The dose of the inner extension with one of these names; and why it is unusable."""
    found = inner(named, *names)
    if not found:
        return None, None
    values = [value_of(one) for one in found]
    if any(value != values[0] for value in values):
        notes.unreadable(_element(found[0]), "stated once; it stands there with different values")
        return None, "unreadable"
    return _amount(values[0], _element(found[0]), notes)


def _element(part: Json) -> str:
    """The name of an inner extension, spelled as the record spells it."""
    return (text(part.get("url")) or "").rstrip("/").rpartition("/")[2]


def _amount(quantity: object, element: str, notes: Notes) -> tuple[Decimal | None, str | None]:
    """The dose of one Quantity in Gy, or the name of what is wrong with it."""
    dose_gy = read_gy(quantity)
    if not isinstance(dose_gy, DoseRefused):
        return dose_gy, None
    problem, what = _PROBLEMS[dose_gy]
    unit = printable_unit(quantity)
    notes.add(
        problem, f"{element} {what}; the dose is not used", {"element": element} | ({"unit": unit} if unit else {})
    )
    return None, problem


def _positive(dose: DoseToVolume, stated: int | None, notes: Notes) -> DoseToVolume:
    """The dose, unusable where it is zero or less; nothing in no fractions is nothing delivered yet."""
    if dose.unusable is not None or dose.total_dose_gy is None or dose.total_dose_gy > 0:
        return dose
    if dose.total_dose_gy == 0 and stated == 0:
        return replace(dose, unusable="nothing-delivered")
    read = {"totalDoseGy": float(dose.total_dose_gy)}
    notes.add("implausible-dose", "the total dose is not above 0 Gy; the dose is not used", read)
    return replace(dose, unusable="implausible-dose")


def _read_metric(part: Json, target: Volume, notes: Notes) -> str | None:
    """The metric of our own extension, else the one the volume's name ends in."""
    stated = extension(part, DOSE_METRIC_URL) or first(part, "dose-metric")
    if not stated:
        return target.metric
    metric = read_metric(value_of(stated))
    if metric is None:
        notes.unreadable(DOSE_METRIC_URL, "a dose metric such as Dmax, Dmean or D0.1cc")
    elif target.metric not in (None, metric):
        notes.unreadable(DOSE_METRIC_URL, "the metric that the name of the volume ends in")
        return UNRECOGNISED
    return metric or UNRECOGNISED
