"""What a coded element is for the rules: role and item by exact code, by prefix, then by the closed list of texts."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from clinical_rules.facts import GenomicKind
from fhir_mappings.code_table import CodeTable, RoleCode
from fhir_mappings.jsontools import concept_text
from fhir_mappings.radiotherapy_elements import system_codes

DRUG = "drug"
"""Role of the codes and the closed list of names of drugs."""


@dataclass(frozen=True, slots=True)
class Part:
    """A role found; `coded` is False where it rests on text, or on a code that was not verified."""

    role: str
    item: str
    coded: bool = True
    kind: GenomicKind | None = None  # of a biomarker, where its code says it
    score: str | None = None


class Parts(NamedTuple):
    """All that a concept plays: by its codes, the surest first, and by its text, which counts where no code does."""

    pairs: Sequence[tuple[str, str]]  # (canonical system, code)
    by_code: Sequence[Part]
    by_text: Sequence[Part]

    def among(self, roles: Collection[str]) -> Part | None:
        """The first of some roles; None where it plays none of them."""
        for part in self.by_code:
            if part.role in roles:
                return part
        for part in self.by_text:
            if part.role in roles:
                return part
        return None


@dataclass(frozen=True, slots=True)
class _Lists:
    """What the codes and texts of one resource type play, made once of a code table; None: a code that is refused."""

    exact: Mapping[tuple[str, str], Part | None]
    prefixes: Mapping[tuple[str, str], Part | None]
    longest: int
    texts: Mapping[str, Sequence[Part]]


def role_of(concept: object, kind: str, codes: CodeTable, roles: Collection[str]) -> Part | None:
    """The first of some roles that a concept of a resource type plays; None where it plays none of them."""
    return parts_of(concept, kind, codes).among(roles)


def parts_of(concept: object, kind: str, codes: CodeTable) -> Parts:
    """All roles that a concept of a resource type plays."""
    lists = _lists(kind, codes)
    pairs = system_codes(concept)
    found = [part for pair in pairs if (part := _coded(pair, lists)) is not None]
    if len(found) > 1:
        found.sort(key=_sure_first)
    stated = plain(concept_text(concept)) if lists.texts else None
    return Parts(pairs, found, lists.texts.get(stated, ()) if stated else ())


def _coded(pair: tuple[str, str], lists: _Lists) -> Part | None:
    if pair in lists.exact:
        return lists.exact[pair]
    system, code = pair
    for length in range(min(len(code), lists.longest), 0, -1):
        if (system, code[:length]) in lists.prefixes:
            return lists.prefixes[system, code[:length]]
    return None


def _sure_first(part: Part) -> tuple[bool, str, str]:
    return (not part.coded, part.role, part.item)


@lru_cache(maxsize=64)
def _lists(kind: str, codes: CodeTable) -> _Lists:
    def parts(known: Mapping[tuple[str, str], RoleCode]) -> dict[tuple[str, str], Part | None]:
        kept = {pair: role.verified or codes.unverified == "low-confidence" for pair, role in known.items()}
        return {pair: _part(role) if kept[pair] else None for pair, role in known.items()}

    prefixes = parts(codes.role_prefixes.get(kind, {}))
    texts: dict[str, list[Part]] = {}
    for role in texts_of(kind, codes):
        for stated, item in codes.texts[role].items():
            texts.setdefault(stated, []).append(Part(role, item, coded=False))
    longest = max((len(prefix) for _, prefix in prefixes), default=0)
    return _Lists(parts(codes.roles.get(kind, {})), prefixes, longest, texts)


def _part(role: RoleCode) -> Part:
    return Part(role.role, role.item, role.verified, role.kind, role.score)


@lru_cache(maxsize=64)
def texts_of(kind: str, codes: CodeTable) -> tuple[str, ...]:
    """The roles whose closed list of texts holds for a resource type: those that some code of the type plays."""
    played = {role.role for known in (codes.roles, codes.role_prefixes) for role in known.get(kind, {}).values()}
    if kind == "Condition":
        played.add("diagnosis")
    return tuple(sorted(role for role in codes.texts if role in played))


def plain(stated: str | None) -> str | None:
    """A text as the closed lists spell it: lower case, single blanks.

    >>> plain(" Rectal  Cancer ")
    'rectal cancer'
    """
    return " ".join(stated.lower().split()) or None if stated else None


def drug_in(stated: str, drugs: Mapping[str, str]) -> str | None:
    """The drug of a closed list that a text names, whole or as one of its words ("cetuximab 5 mg/mL").

    >>> drug_in("Cetuximab 5 mg/mL", {"cetuximab": "cetuximab"})
    'cetuximab'
    """
    lower = plain(stated) or ""
    if lower in drugs:
        return drugs[lower]
    words = sorted(word for word in re.split(r"[^a-z0-9-]+", lower) if word in drugs)
    return drugs[words[0]] if words else None
