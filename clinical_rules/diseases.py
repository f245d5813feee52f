"""One disease, with all entries of the chart that name it."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from clinical_rules.facts import BodySite, CancerDiagnosis, PartialDate

SUSPICION = frozenset({"unconfirmed", "provisional", "differential"})
ENDED = frozenset({"inactive", "remission", "resolved"})
SIDED = frozenset({"left", "right"})
HAEMATOLOGICAL = frozenset({"hodgkin-lymphoma", "lymphoma", "myeloma", "leukaemia"})
"""Cancers without a place of their own: the kind tells one from another, and they have no metastases."""
SKIN_CODES = ("C43", "C44", "C4A")
"""Cancers of the skin: the region is where the skin lies, not the organ."""


@dataclass(frozen=True)  # no slots: what a rule asks for each of many entries is worked out once
class Disease:
    """One disease, with all entries that name it, the earliest first."""

    members: tuple[CancerDiagnosis, ...]

    @property
    def lead(self) -> CancerDiagnosis:
        """The entry that names it: the one with the earliest onset."""
        return self.members[0]

    @cached_property
    def onset(self) -> PartialDate | None:
        """The earliest stated onset."""
        return earliest(member.onset for member in self.members)

    @cached_property
    def recorded(self) -> PartialDate | None:
        """When it first came on record."""
        return earliest(member.recorded for member in self.members)

    @property
    def site(self) -> str:
        """The site name of product.md 3.3."""
        return self.lead.site

    @cached_property
    def body_sites(self) -> tuple[BodySite, ...]:
        """The places stated, finest first."""
        places = {member.body_site for member in self.members if member.body_site}
        return tuple(sorted(places, key=lambda place: (place.side is None, place.subsite is None, repr(place))))

    @property
    def organ(self) -> str | None:
        """What to call it more finely than its site does: the region of the organ, or the kind of blood cancer."""
        if is_haematological(self.lead):
            return self.lead.organ
        if (self.lead.code or "").upper().startswith(SKIN_CODES):
            return None
        return next((place.region for place in self.body_sites), None)

    @property
    def histologies(self) -> tuple[str, ...]:
        """The morphologies stated."""
        return tuple(sorted({member.histology for member in self.members if member.histology}))

    @cached_property
    def references(self) -> tuple[str, ...]:
        """References of all entries."""
        return tuple(sorted({member.reference for member in self.members}))

    @property
    def sides(self) -> frozenset[str]:
        """The sides that are stated and one-sided."""
        return frozenset(place.side for place in self.body_sites if place.side in SIDED)

    @property
    def suspected_only(self) -> bool:
        """Whether no entry is more than a suspicion."""
        return all(member.verification in SUSPICION for member in self.members)

    @property
    def surest(self) -> CancerDiagnosis:
        """The entry that is confirmed and coded, if there is one."""
        return min(self.members, key=lambda entry: (entry.verification in SUSPICION, not entry.coded))

    @property
    def ended(self) -> bool:
        """Whether the newest word on it is that it is gone: no entry calls it active or returned."""
        states = {member.clinical_status for member in self.members}
        return bool(states & ENDED) and not states - ENDED - {"unknown"}


def is_haematological(diagnosis: CancerDiagnosis) -> bool:
    """Whether a diagnosis is a lymphoma, leukaemia or myeloma."""
    return diagnosis.organ in HAEMATOLOGICAL


def earliest(dates: Iterable[PartialDate | None]) -> PartialDate | None:
    """The earliest of some dates; of equal starts the more precise one."""
    return min((day for day in dates if day), key=lambda day: (day.earliest, day.latest), default=None)
