"""What makes radiotherapy records belong together: shared keys, and dates that form one run."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from clinical_rules.facts import UNSPECIFIED, BodySite, Modality, PartialDate
from fhir_mappings.radiotherapy_record import RadiotherapyRecord

SiteKey = tuple[str, str, str]
Days = tuple[date, date]
Records = tuple[RadiotherapyRecord, ...]
_EXTERNAL = frozenset({Modality.PHOTON, Modality.ELECTRON, Modality.EXTERNAL_BEAM, Modality.UNKNOWN})


@dataclass(slots=True)
class Links:
    """Names that belong together, however long the chain between them; the smallest name stands for all.

    >>> links = Links()
    >>> links.join("b", "c"); links.join("a", "b"); links.find("c")
    'a'
    """

    parent: dict[str, str] = field(default_factory=dict)

    def find(self, name: str) -> str:
        """The name that stands for all that are joined with this one."""
        while (above := self.parent.get(name, name)) != name:
            self.parent[name] = self.parent.get(above, above)
            name = above
        return name

    def join(self, one: str, other: str) -> None:
        """From now on the two belong together."""
        low, high = sorted((self.find(one), self.find(other)))
        self.parent[high] = low


def days_of(record: RadiotherapyRecord) -> Days | None:
    """First and last day the record can mean; None where it is undated."""
    return span(record.start, record.end)


def span(start: PartialDate | None, end: PartialDate | None) -> Days | None:
    """First and last day of a period; reversed dates count as the days between them."""
    known = [day for day in (start, end) if day is not None]
    return (min(day.earliest for day in known), max(day.latest for day in known)) if known else None


def days_of_all(records: Iterable[RadiotherapyRecord]) -> Days | None:
    """First and last day of several records."""
    known = [days for record in records if (days := days_of(record)) is not None]
    return (min(first for first, _ in known), max(last for _, last in known)) if known else None


def order_key(record: RadiotherapyRecord) -> tuple[date, str]:
    """The order in which records are read: by first day, then reference."""
    days = days_of(record)
    return (days[0] if days else date.max, record.reference)


def runs(groups: Iterable[Records], gap_days: int) -> list[tuple[Records, ...]]:
    """Groups of records cut where nothing happened for the gap or longer; undated ones are a run of their own."""
    found: list[list[Records]] = []
    undated: list[Records] = []
    last: date | None = None
    for group in sorted(groups, key=lambda group: min(map(order_key, group))):
        days = days_of_all(group)
        if days is None:
            undated.append(group)
            continue
        if last is not None and days[0] - last < timedelta(days=max(gap_days, 1)):
            found[-1].append(group)
            last = max(last, days[1])
        else:
            found.append([group])
            last = days[1]
    return [tuple(run) for run in (*found, undated) if run]


def overlaps(one: Days | None, other: Days | None) -> bool:
    """Whether two periods share a day; an undated one shares none."""
    return one is not None and other is not None and one[0] <= other[1] and other[0] <= one[1]


def site_key(site: BodySite) -> SiteKey:
    """What two mentions of the same place have in common, whatever their code and label."""
    return (site.region, site.subsite or "", site.side or "")


def site_keys(sites: Iterable[BodySite | None]) -> frozenset[SiteKey]:
    """The places among sites, without those that name none."""
    return frozenset(site_key(site) for site in sites if site is not None and site.region != UNSPECIFIED)


def may_be_same(one: SiteKey, other: SiteKey) -> bool:
    """Whether two mentions can mean one place: the same region, and nothing finer that contradicts."""
    finer = zip(one[1:], other[1:], strict=True)
    return one[0] == other[0] and all(a == b or not a or not b or "both" in (a, b) for a, b in finer)


def record_sites(record: RadiotherapyRecord) -> frozenset[SiteKey]:
    """Every place a record names for its treatment."""
    return site_keys((*(volume.site for volume in record.volumes), *record.sites, record.reason_body_site))


def modality_class(modalities: Iterable[Modality]) -> frozenset[str]:
    """Modalities that can be one treatment; all external beams of photons and electrons count as one."""
    found = {"external" if modality in _EXTERNAL else modality.value for modality in modalities}
    return frozenset(found or {"external"})


@dataclass(slots=True)
class Ancestry:
    """Where chains of references lead; each is walked once, so that long chains stay cheap.

    >>> Ancestry({"plan": ("phase",), "phase": ("course", "other")}).top("plan")
    'course'
    """

    above: Mapping[str, tuple[str, ...]]
    known: dict[str, str] = field(default_factory=dict)

    def top(self, name: str) -> str:
        """The topmost reference above this one; in a circle the smallest one of it."""
        path: dict[str, None] = {}
        while name not in self.known and name not in path and self.above.get(name):
            path[name] = None
            name = self.above[name][0]
        if name in path:
            around = list(path)
            found = min(around[around.index(name) :])
        else:
            found = self.known.get(name, name)
        self.known.update(dict.fromkeys(path, found))
        return found
