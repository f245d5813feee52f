"""Dose stated in Observations: joined with the Procedure that it belongs to."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal

from clinical_rules.facts import DoseToVolume
from fhir_mappings.course_links import Records
from fhir_mappings.radiotherapy_record import RadiotherapyRecord


def attach(records: Iterable[RadiotherapyRecord], kept: Mapping[str, str]) -> tuple[Records, Mapping[str, str]]:
    """Procedures with the total dose of their Observations, what could not be attached, and what went where.

    A total is not added to a total: of several for one Procedure the highest stays. A boost stays a
    record of its own, part of its Procedure. An Observation without Procedure is a course of its own.
    """
    found = {record.reference: record for record in records}
    host_of: dict[str, str] = {}
    totals: dict[str, list[RadiotherapyRecord]] = defaultdict(list)
    for record in found.values():
        host = _host(record, found, kept)
        if host is not None and record.increment is False:
            totals[host].append(record)
            host_of[record.reference] = host
    for host, observations in totals.items():
        found[host] = _with_totals(found[host], observations)
    return tuple(record for record in found.values() if record.reference not in host_of), host_of


def _host(record: RadiotherapyRecord, found: Mapping[str, RadiotherapyRecord], kept: Mapping[str, str]) -> str | None:
    if record.resource_type != "Observation":
        return None
    parents = (kept.get(parent, parent) for parent in sorted(record.part_of))
    return next((parent for parent in parents if parent in found and parent != record.reference), None)


def _with_totals(host: RadiotherapyRecord, observations: Iterable[RadiotherapyRecord]) -> RadiotherapyRecord:
    stated = {volume.total_dose_gy for volume in host.volumes}
    volumes: dict[str, DoseToVolume] = {}
    for record in sorted(observations, key=lambda record: record.reference):
        for number, volume in enumerate(record.volumes):
            key = record.volume_keys[number] if number < len(record.volume_keys) else ""
            if volume.total_dose_gy not in stated and _dose(volume) >= _dose(volumes.get(key)):
                volumes[key] = volume
    only_site = host.sites[0] if len(host.sites) == 1 else None
    keys = tuple(key or f"{host.reference} total" for key in volumes)
    added = tuple(_for_host(volume, host, only_site) for volume in volumes.values())
    empty = tuple("" for _ in host.volumes[len(host.volume_keys) :])
    return replace(host, volumes=(*host.volumes, *added), volume_keys=(*host.volume_keys, *empty, *keys))


def _for_host(volume: DoseToVolume, host: RadiotherapyRecord, site: object) -> DoseToVolume:
    fractions = volume.fractions if volume.fractions is not None else host.fractions
    stated = volume.fractions_from or ("stated" if fractions is not None else None)
    return replace(
        volume, site=volume.site or (host.sites[0] if site else None), fractions=fractions, fractions_from=stated
    )


def _dose(volume: DoseToVolume | None) -> Decimal:
    return volume.total_dose_gy if volume is not None and volume.total_dose_gy is not None else Decimal(-1)
