"""Boosts that stand in a record of their own, joined with the treatment they come on top of."""

from collections.abc import Sequence

from fhir_mappings.course_group import has_dose
from fhir_mappings.course_links import Records, days_of_all, may_be_same, modality_class, record_sites, runs


def with_boosts(units: Sequence[Records], gap_days: int) -> list[Records]:
    """The units, each boost with the one treatment it can add to; with none, or several, it stays alone.

    Registries write one record per irradiation (German core data set of 2026) and no reference between them.
    """
    boosts = [unit for unit in units if _is_boost(unit)]
    treatments = [unit for unit in units if not _is_boost(unit)]
    hosts = [treatment for treatment in treatments if any(map(has_dose, treatment))]
    joined: dict[int, list[Records]] = {}
    alone: list[Records] = []
    for boost in boosts:
        found = [host for host in hosts if _can_add(boost, host, gap_days)]
        if len(found) == 1:
            joined.setdefault(id(found[0]), []).append(boost)
        else:
            alone.append(boost)
    return [sum(joined.get(id(unit), []), unit) for unit in treatments] + alone


def _is_boost(unit: Records) -> bool:
    """Whether all of a unit adds, or may add, to something, and nothing says to what."""
    return all(record.level == "generic" and record.increment is not False and not record.part_of for record in unit)


def _can_add(boost: Records, treatment: Records, gap_days: int) -> bool:
    """The same radiation to the same place, in one run of days."""
    if days_of_all(boost) is None or days_of_all(treatment) is None or len(runs([boost, treatment], gap_days)) > 1:
        return False
    if {modality_class(record.modalities) for record in boost} != {modality_class(one.modalities) for one in treatment}:
        return False
    places = {place for record in treatment for place in record_sites(record)}
    return any(may_be_same(one, other) for record in boost for one in record_sites(record) for other in places)
