"""Whose a resource is: data of another patient are never used."""

from collections.abc import Iterable

from clinical_rules.facts import DataProblem
from fhir_mappings.look import Look, Looked, raw_entries
from fhir_mappings.resources import type_and_id

_DETAIL = "belongs to another patient than the one asked about; it was not used"


class Owner:
    """Tells the patient's own resources from those of others, by their subject or patient reference.

    A reference that does not say (an identifier alone, a urn nobody bears) is not held against a resource.
    """

    def __init__(self, patient_id: str, others: Iterable[str] = ()) -> None:
        self.reference = f"Patient/{patient_id}"
        self._own: set[str | None] = {self.reference, None}
        self._others = frozenset(others)

    def owns(self, look: Look) -> bool:
        """Whether the resource may be this patient's."""
        subject = look.subject or look.patient
        return subject is None or subject.reference in self._own or not self._is_other(subject.reference)

    def _is_other(self, reference: str | None) -> bool:
        if reference is None:
            return False
        stated = type_and_id(reference)
        if reference in self._others or (stated and stated.startswith("Patient/") and stated != self.reference):
            return True
        self._own.add(reference)
        return False


def owner_of(patient_id: str, values: Iterable[Looked]) -> Owner:
    """The owner, knowing the fullUrl of every other Patient that came along."""
    others: set[str] = set()
    for value in values:
        strangers = [n for n, look in enumerate(value.looks) if _is_stranger(look, patient_id)]
        if strangers:
            entries = raw_entries(value)
            others |= {url for n in strangers if (url := entries[n][1])}
    return Owner(patient_id, others)


def _is_stranger(look: Look | None, patient_id: str) -> bool:
    return look is not None and look.resource_type == "Patient" and look.id is not None and look.id != patient_id


def foreign_problems(key: str, looks: Iterable[tuple[Look, bool]]) -> tuple[DataProblem, ...]:
    """One problem for each resource that would have mattered, and one for all the others of a key."""
    pairs = list(looks)
    named = [look for look, mattered in pairs if mattered and look.id]
    rest = len(pairs) - len(named)
    problems = [DataProblem("foreign-patient", f"{look.resource_type}/{look.id}", _DETAIL) for look in named]
    if rest:
        problems.append(DataProblem("foreign-patient", key, _DETAIL, {"resources": rest}))
    return tuple(problems)
