"""What a coded element is for the rules: role and item by exact code, by prefix, then by the closed list of texts."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache

from clinical_rules.facts import GenomicKind
from fhir_mappings.code_table import CodeTable
from fhir_mappings.jsontools import concept_text, text
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


def role_of(concept: object, kind: str, codes: CodeTable, roles: Collection[str]) -> Part | None:
    """The first of some roles that a concept of a resource type plays; None where it plays none of them."""
    found = [part for part in _coded_roles(concept, kind, codes) if part.role in roles]
    return min(found, key=_sure_first) if found else _role_of_text(concept, kind, codes, roles)


def _sure_first(part: Part) -> tuple[bool, str, str]:
    return (not part.coded, part.role, part.item)


def _coded_roles(concept: object, kind: str, codes: CodeTable) -> list[Part]:
    exact, prefixes = codes.roles.get(kind, {}), codes.role_prefixes.get(kind, {})
    found: list[Part] = []
    for system, code in system_codes(concept):
        role = exact.get((system, code))
        lengths = range(len(code) if prefixes else 0, 0, -1)
        role = role or next((r for n in lengths if (r := prefixes.get((system, code[:n])))), None)
        if role is not None and (role.verified or codes.unverified == "low-confidence"):
            found.append(Part(role.role, role.item, role.verified, role.kind, role.score))
    return found


def _role_of_text(concept: object, kind: str, codes: CodeTable, roles: Collection[str]) -> Part | None:
    """The role by the closed lists of texts, of those that resources of this type have."""
    stated = plain(concept_text(concept))
    listed = ((role, codes.texts[role].get(stated)) for role in texts_of(kind, codes) if role in roles and stated)
    return next((Part(role, item, coded=False) for role, item in listed if item is not None), None)


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
    return " ".join(stated.lower().split()) if text(stated) and stated else None


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
