"""The cancers a patient has had: each with the later entries that may be its return, and its treatment."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from clinical_rules.diseases import Disease, earliest
from clinical_rules.facts import BodySite, CancerDiagnosis, PartialDate
from clinical_rules.knowledge import KnowledgeOn
from clinical_rules.recurrence.treatment import Block, Treatment, block_before
from clinical_rules.second_primary import can_be_second, difference, names_no_place

RECURRENCE_ROLES = frozenset({"local-recurrence", "recurrence"})


@dataclass(frozen=True)  # no slots: what a rule asks for each of many entries is worked out once
class IndexCancer:
    """One cancer: the first disease, entries of it that came later, and statements of its history."""

    disease: Disease
    returns: tuple[Disease, ...] = ()
    history: tuple[Disease, ...] = ()
    coded: tuple[Disease, ...] = ()  # recurrences with a code of their own
    second_to: Disease | None = None
    differs_by: str = ""

    @cached_property
    def diagnoses(self) -> tuple[CancerDiagnosis, ...]:
        """All entries that name the cancer itself."""
        return tuple(member for disease in (self.disease, *self.returns) for member in disease.members)

    @cached_property
    def references(self) -> frozenset[str]:
        """References of all its entries."""
        diseases = (self.disease, *self.returns, *self.history, *self.coded)
        return frozenset(reference for disease in diseases for reference in disease.references)

    @cached_property
    def body_sites(self) -> tuple[BodySite, ...]:
        """Where it lies, by the first entry that says so."""
        stated = (disease.body_sites for disease in (self.disease, *self.returns))
        return next((places for places in stated if places), ())

    @property
    def label(self) -> str:
        """What to call it."""
        return self.disease.lead.label or f"cancer ({self.disease.site})"

    @property
    def is_history(self) -> bool:
        """Whether only a history code tells of it."""
        return self.disease.lead.role == "history"


@dataclass(frozen=True, slots=True)
class TreatedCancer:
    """An index cancer with its treatments; `known_since` is the latest day on which it was first known."""

    index: IndexCancer
    given: tuple[Treatment, ...]
    blocks: tuple[Block, ...]

    @property
    def known_since(self) -> PartialDate | None:
        """The first diagnosis: its onset, else the earliest day on which it was recorded or treated."""
        history = [disease.recorded for disease in self.index.history]
        if self.index.disease.onset is not None:
            return earliest([self.index.disease.onset, *history])
        return earliest([self.index.disease.recorded, *history, *(treatment.start for treatment in self.given)])

    def block_before(self, day: PartialDate) -> Block | None:
        """The last block of treatment that had begun before a date."""
        return block_before(self.blocks, day)

    def ended_before(self, day: PartialDate) -> PartialDate | None:
        """The end of the last block that had ended by a date."""
        ended = [block.end for block in self.blocks if not block.running and block.end.earliest < day.latest]
        return ended[-1] if ended else None

    def last_end(self, on: date) -> PartialDate | None:
        """The end of the last treatment, as of today."""
        return self.ended_before(PartialDate.on(on))


def index_cancers(diseases: Iterable[Disease], *, knowledge: KnowledgeOn) -> tuple[IndexCancer, ...]:
    """The cancers behind the diseases, the earliest first; a later one of the same kind is a return of the first."""
    ordered = sorted(diseases, key=_by_time)
    found: list[list[Disease]] = []
    for disease in (disease for disease in ordered if disease.lead.role == "primary"):
        home = next((group for group in found if difference(group[0], disease, knowledge=knowledge) is None), None)
        if home is None:
            found.append([disease])
        else:
            home.append(disease)
    history = [disease for disease in ordered if disease.lead.role == "history"]
    indexes = [_with_history(group, history, knowledge) for group in found]
    taken = {disease for index in indexes for disease in index.history}
    indexes += [IndexCancer(disease) for disease in history if disease not in taken]
    for disease in (disease for disease in ordered if disease.lead.role in RECURRENCE_ROLES):
        indexes = _with_return(disease, indexes, knowledge)
    return tuple(_second(index, indexes, knowledge) for index in indexes)


def _with_history(group: Sequence[Disease], history: Iterable[Disease], knowledge: KnowledgeOn) -> IndexCancer:
    of_it = (past for past in history if difference(past, group[0], knowledge=knowledge) is None)
    return IndexCancer(group[0], tuple(group[1:]), tuple(of_it))


def _with_return(disease: Disease, indexes: list[IndexCancer], knowledge: KnowledgeOn) -> list[IndexCancer]:
    """The cancers with a coded recurrence joined to its own; where there is none, it tells of a cancer by itself."""
    named = {entry.related_primary for entry in disease.members} | {entry.follows for entry in disease.members}
    homes = [index for index in indexes if index.references & named]
    homes += [index for index in indexes if difference(index.disease, disease, knowledge=knowledge) is None]
    if not homes and len(indexes) == 1 and names_no_place(disease.lead):
        homes = indexes
    if not homes:
        return [*indexes, IndexCancer(disease, coded=(disease,))]
    return [replace(each, coded=(*each.coded, disease)) if each is homes[0] else each for each in indexes]


def _second(index: IndexCancer, indexes: Iterable[IndexCancer], knowledge: KnowledgeOn) -> IndexCancer:
    """The index, marked as a second primary where a cancer of another kind came before it."""
    if index.is_history or not can_be_second(index.disease):
        return index
    before = [other for other in indexes if other is not index and _came_before(other, index)]
    if not before:
        return index
    earlier = max(before, key=lambda other: _closeness(other, index)).disease
    reason = difference(earlier, index.disease, knowledge=knowledge) or ""
    return replace(index, second_to=earlier, differs_by=reason)


def _came_before(other: IndexCancer, index: IndexCancer) -> bool:
    """A history always came before; else the dates must say so. Skin cancer and unknown primaries do not count."""
    if not can_be_second(other.disease):
        return False
    if other.is_history:
        return True
    first, then = _known(other.disease), _known(index.disease)
    return first is not None and then is not None and first.latest < then.earliest


def _closeness(other: IndexCancer, index: IndexCancer) -> tuple[bool, str, str]:
    """The same site first, then the latest one before."""
    return other.disease.site == index.disease.site, str(_known(other.disease) or ""), other.disease.lead.reference


def _known(disease: Disease) -> PartialDate | None:
    return disease.onset or disease.recorded


def _by_time(disease: Disease) -> tuple[str, str]:
    return str(_known(disease) or "9999"), disease.lead.reference
