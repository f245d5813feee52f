"""Several records of the same thing: states of one record over time become the latest of them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from clinical_rules.facts import DataProblem
from fhir_mappings.course_links import Links, Records, days_of, runs
from fhir_mappings.radiotherapy_record import RadiotherapyRecord

_UNIQUE = ("urn:dicom:uid|", "urn:ietf:rfc:3986|urn:")  # identifiers that no two things in the world share


def drop_left_out(records: Iterable[RadiotherapyRecord]) -> tuple[Records, tuple[DataProblem, ...]]:
    """Records that were not done or entered in error leave, and each is reported."""
    kept: list[RadiotherapyRecord] = []
    problems: dict[str, DataProblem] = {}
    for record in records:
        if record.left_out is None:
            kept.append(record)
        else:
            problems[record.reference] = _left_out(record, record.left_out)
    return tuple(kept), tuple(problems[reference] for reference in sorted(problems))


def _left_out(record: RadiotherapyRecord, why: str) -> DataProblem:
    detail = f"The radiotherapy record is marked {why} and was left out."
    return DataProblem("left-out", record.reference, detail, {"status": why})


def latest(records: Iterable[RadiotherapyRecord], gap_days: int) -> tuple[Records, Mapping[str, str]]:
    """The latest state of each record, and which reference stands for which.

    Records of one level that share an official identifier are states of one thing. Doses are never
    summed over states: the one with most fractions stays, then the one changed last.
    """
    by_reference: dict[str, RadiotherapyRecord] = {}
    for record in records:
        known = by_reference.get(record.reference)
        if known is None or _age(record) > _age(known):
            by_reference[record.reference] = record
    links = _same_thing(by_reference.values(), gap_days)
    states: dict[str, list[RadiotherapyRecord]] = defaultdict(list)
    for record in by_reference.values():
        states[links.find(record.reference)].append(record)
    newest = {name: group[0] if len(group) == 1 else max(group, key=_age) for name, group in states.items()}
    kept = {record.reference: newest[name].reference for name, group in states.items() for record in group}
    return tuple(by_reference[reference] for reference in sorted(set(kept.values()))), kept


def _same_thing(records: Iterable[RadiotherapyRecord], gap_days: int) -> Links:
    shared: dict[tuple[str, str, str], list[RadiotherapyRecord]] = defaultdict(list)
    for record in records:
        for identifier in record.official_ids:
            if identifier.startswith(_UNIQUE) or not _is_claim(record):
                shared[identifier, record.resource_type, record.level].append(record)
    links = Links()
    for (identifier, _, _), group in shared.items():
        if len(group) == 1:
            continue
        # Other identifiers can return: "Primary" may name a phase of two courses, years apart.
        for states in [group] if identifier.startswith(_UNIQUE) else _states(group, gap_days):
            for one, other in _following_one_order(states):
                links.join(one.reference, other.reference)
    return links


def _following_one_order(
    group: Sequence[RadiotherapyRecord],
) -> Iterator[tuple[RadiotherapyRecord, RadiotherapyRecord]]:
    """Pairs that may be states of one thing: what follows different orders is not, whatever its identifier says."""
    by_orders: dict[frozenset[str], RadiotherapyRecord] = {}
    for record in group:
        yield by_orders.setdefault(frozenset(record.based_on), record), record
    sets = sorted(by_orders, key=len)
    for place, orders in enumerate(sets):
        # No order stated: a state of all or, where there are several to choose from, of none.
        larger = [other for other in sets[place + 1 :] if orders <= other]
        yield from ((by_orders[orders], by_orders[other]) for other in larger if len(larger) == 1)


def _states(group: Sequence[RadiotherapyRecord], gap_days: int) -> list[Records]:
    """Records with a local identifier in common, cut where their dates say that they are not one thing."""
    cut = runs([(record,) for record in group], gap_days)
    undated = any(days_of(record) is None for record in group)
    if undated and len(cut) == 2:  # one dated run: the undated state belongs to it
        return [tuple(group)]
    return [tuple(record for unit in run for record in unit) for run in cut]


def _is_claim(record: RadiotherapyRecord) -> bool:
    """A record without level and dose; many of them may carry one account number."""
    return record.level == "generic" and not any(volume.total_dose_gy is not None for volume in record.volumes)


def _age(record: RadiotherapyRecord) -> tuple[int, float, tuple[int, str], str]:
    fractions, updated, version = record.version
    return fractions, _instant(updated), (int(version) if version.isdecimal() else -1, version), record.reference


def _instant(value: str) -> float:
    try:
        return datetime.fromisoformat(value).timestamp()
    except ValueError:
        return 0.0
