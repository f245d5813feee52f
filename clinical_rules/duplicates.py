"""One disease for several entries: the same cancer re-entered by another clinic, or coded at every visit."""

from collections.abc import Iterable

from clinical_rules.anatomy import Anatomy
from clinical_rules.diseases import SIDED, Disease, is_haematological
from clinical_rules.facts import CancerDiagnosis, PartialDate
from clinical_rules.knowledge import KnowledgeOn

UNSPECIFIC_MORPHOLOGY = frozenset({"800", "801"})
"""Neoplasm and carcinoma not otherwise specified: they contradict no finer histology."""
COARSE_SITES = frozenset({"other", "head-and-neck"})
"""Names that hold many organs: there the region tells one cancer from another."""


def merge(diagnoses: Iterable[CancerDiagnosis], *, knowledge: KnowledgeOn) -> tuple[Disease, ...]:
    """Diagnoses with the entries of one disease put together; nothing is dropped.

    An entry joins a disease only if it fits all entries already there, so that one without a side cannot tie
    left to right. The order in which entries are tried depends on what they say, never on the record.
    """
    days = int(knowledge.number("recurrence.duplicate-onset-days"))
    groups: list[_Group] = []
    for entry in sorted(diagnoses, key=_best_dated_first):
        fitting = [group for group in groups if group.takes(entry, knowledge.anatomy, days)]
        if not fitting:
            groups.append(_Group())
            fitting = groups[-1:]
        home = fitting[0] if len(fitting) == 1 else min(fitting, key=lambda group: group.distance(entry))
        home.add(entry)
    return tuple(Disease(tuple(sorted(group.members, key=_earliest_first))) for group in groups)


class _Group:
    """Entries of one disease while it is put together; entries alike in all but dates are compared once."""

    def __init__(self) -> None:
        self.members: list[CancerDiagnosis] = []
        self.references: set[str] = set()
        self.kinds: dict[tuple[object, ...], CancerDiagnosis] = {}

    def add(self, entry: CancerDiagnosis) -> None:
        """Takes an entry in."""
        self.members.append(entry)
        self.references.add(entry.reference)
        kind = (entry.role, entry.site, entry.body_site, entry.organ, entry.node_group, entry.histology)
        self.kinds.setdefault(kind, entry)

    def takes(self, entry: CancerDiagnosis, anatomy: Anatomy, days: int) -> bool:
        """Whether an entry names the disease of the group, at a time that allows it."""
        if entry.reference in self.references:
            return True
        if not all(_one_disease(entry, member, anatomy) for member in self.kinds.values()):
            return False
        if entry.onset is not None:  # entries with an onset come first
            return all(_onsets_agree(entry, member, days) for member in self.members)
        return any(_repeats(entry, member, days) for member in self.members)

    def distance(self, entry: CancerDiagnosis) -> tuple[int, tuple[str, str, str]]:
        """How far an entry lies from the disease; the earlier disease wins a tie."""
        day = entry.onset or entry.recorded
        known = [day for member in self.members if (day := member.onset or member.recorded)]
        days = min((_days_apart(day, other) for other in known), default=0) if day else 0
        return days, min(_earliest_first(member) for member in self.members)


def same_place(a: CancerDiagnosis, b: CancerDiagnosis, anatomy: Anatomy) -> bool:
    """Whether two diagnoses name the same site; inside coarse site names the region decides."""
    if is_haematological(a) or is_haematological(b):
        return a.organ == b.organ
    if a.site != b.site:
        return _ill_defined_part(a, b, anatomy) or _ill_defined_part(b, a, anatomy)
    if a.site not in COARSE_SITES or a.body_site is None or b.body_site is None:
        return True
    if a.body_site.region == b.body_site.region:
        return True
    return _ill_defined_part(a, b, anatomy) or _ill_defined_part(b, a, anatomy)


def same_side(a: CancerDiagnosis, b: CancerDiagnosis) -> bool:
    """Whether the sides agree; a side not stated agrees with either."""
    sides = {place.side for place in (a.body_site, b.body_site) if place is not None}
    return not sides >= SIDED


def same_histology(a: str | None, b: str | None) -> bool:
    """Whether two ICD-O-3 morphologies are of one family: their first three digits.

    >>> same_histology("8140/3", "8144/3"), same_histology("8140/3", "8070/3"), same_histology("8010/3", "8070/3")
    (True, False, True)
    """
    if not a or not b:
        return True
    families = {a[:3], b[:3]}
    return len(families) == 1 or bool(families & UNSPECIFIC_MORPHOLOGY)


def _onsets_agree(a: CancerDiagnosis, b: CancerDiagnosis, days: int) -> bool:
    return a.onset is None or b.onset is None or _days_apart(a.onset, b.onset) <= days


def _one_disease(a: CancerDiagnosis, b: CancerDiagnosis, anatomy: Anatomy) -> bool:
    """Whether two entries may name one disease, dates aside."""
    spread = a.role != "primary" and (a.organ, a.node_group) != (b.organ, b.node_group)
    if a.role != b.role or spread or not same_place(a, b, anatomy):
        return False
    return same_side(a, b) and same_histology(a.histology, b.histology)


def _repeats(repeat: CancerDiagnosis, other: CancerDiagnosis, days: int) -> bool:
    """Whether an entry without onset only repeats another: same visit or day, coded at a visit, or re-entered."""
    if repeat.encounter is not None and repeat.encounter == other.encounter:
        return True
    if repeat.recorded is None:
        return not repeat.just_added
    known = [day for day in (other.onset, other.recorded) if day]
    if any(_days_apart(repeat.recorded, day) <= days for day in known):
        return True
    if repeat.just_added or any(repeat.recorded.latest < day.earliest for day in known):
        return False
    closed = other.clinical_status == "inactive" and other.abatement is not None  # a list tidied up; not a remission
    return repeat.category == "encounter-diagnosis" or closed


def _ill_defined_part(a: CancerDiagnosis, b: CancerDiagnosis, anatomy: Anatomy) -> bool:
    """Whether the first names only a container that holds the region of the second ("malignancy of the pelvis")."""
    if a.body_site is None or b.body_site is None or a.body_site.subsite is not None:
        return False
    region = anatomy.regions.get(a.body_site.region)
    return region is not None and region.kind == "container" and b.body_site.region in region.members


def _days_apart(a: PartialDate, b: PartialDate) -> int:
    """The smallest number of days that can lie between two dates."""
    return max((b.earliest - a.latest).days, (a.earliest - b.latest).days, 0)


def _earliest_first(entry: CancerDiagnosis) -> tuple[str, str, str]:
    last = "9999"
    return str(entry.onset or last), str(entry.recorded or last), entry.reference


def _best_dated_first(entry: CancerDiagnosis) -> tuple[bool, bool, str, str, str]:
    sided = entry.body_site is not None and entry.body_site.side in SIDED
    return entry.onset is None, not sided, *_earliest_first(entry)
