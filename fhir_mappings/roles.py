"""What a coded element is for the rules: role and item by exact code, by prefix, then by the closed list of texts."""

from collections.abc import Sequence
from dataclasses import dataclass

from fhir_mappings.code_table import CodeTable
from fhir_mappings.jsontools import concept_text, text
from fhir_mappings.radiotherapy_elements import system_codes


@dataclass(frozen=True, slots=True)
class Part:
    """A role found; `coded` is False where it rests on text, or on a code that was not verified."""

    role: str
    item: str
    coded: bool = True


def role_of(concept: object, resource_type: str, codes: CodeTable, roles: Sequence[str] = ()) -> Part | None:
    """The first role a concept plays (one of `roles`, if any are named); None where it plays none."""
    return next((part for part in _coded_roles(concept, resource_type, codes) if _wanted(part, roles)), None) or (
        _role_of_text(concept, codes, roles)
    )


def _wanted(part: Part, roles: Sequence[str]) -> bool:
    return not roles or part.role in roles


def _coded_roles(concept: object, resource_type: str, codes: CodeTable) -> list[Part]:
    exact = codes.roles.get(resource_type, {})
    prefixes = codes.role_prefixes.get(resource_type, {})
    found: list[Part] = []
    for system, code in system_codes(concept):
        role = exact.get((system, code))
        lengths = range(len(code) if prefixes else 0, 0, -1)
        role = role or next((r for n in lengths if (r := prefixes.get((system, code[:n])))), None)
        if role is not None and (role.verified or codes.unverified == "low-confidence"):
            found.append(Part(role.role, role.item, coded=role.verified))
    return found


def _role_of_text(concept: object, codes: CodeTable, roles: Sequence[str]) -> Part | None:
    """The role of a text in a closed list; asked only for named roles, because texts are kept by role."""
    stated = plain(concept_text(concept))
    found = ((role, codes.texts.get(role, {}).get(stated)) for role in roles if stated)
    return next((Part(role, item, coded=False) for role, item in found if item is not None), None)


def plain(stated: str | None) -> str | None:
    """A text as the closed lists spell it: lower case, single blanks.

    >>> plain(" Rectal  Cancer ")
    'rectal cancer'
    """
    return " ".join(stated.lower().split()) if text(stated) and stated else None
