"""Whose a resource is: data of another patient are never used."""

from collections.abc import Iterable

from clinical_rules.facts import DataProblem
from fhir_mappings.look import Looked, raw_entries
from fhir_mappings.look_shapes import Look
from fhir_mappings.resources import type_and_id

FOREIGN = "belongs to another patient than the one asked about; it was not used"


class Owner:
    """Tells the patient's own resources from those of others, by their subject or patient reference.

    A reference that does not say (an identifier alone, a urn nobody bears) is not held against a resource.
    """

    def __init__(self, patient_id: str, values: Iterable[Looked] = ()) -> None:
        self.reference = f"Patient/{patient_id}"
        self.own: set[str | None] = {self.reference, None}
        self._values = values
        self._others: frozenset[str] | None = None

    def owns(self, look: Look) -> bool:
        """Whether the resource may be this patient's."""
        subject = look.subject or look.patient
        return subject is None or self.owns_reference(subject.reference)

    def owns_reference(self, reference: str | None) -> bool:
        """Whether a subject reference may mean this patient."""
        return reference in self.own or not self._is_other(reference)

    def _is_other(self, reference: str | None) -> bool:
        if reference is None:
            return False
        stated = type_and_id(reference)
        names_patient = stated is not None and stated.startswith("Patient/")
        if stated != self.reference and (names_patient or reference in self._urls_of_others()):
            return True
        self.own.add(reference)
        return False

    def _urls_of_others(self) -> frozenset[str]:
        """The fullUrl of every other Patient that came along."""
        if self._others is None:
            self._others = frozenset(url for value in self._values for url in _strangers(value, self.reference))
        return self._others


def _strangers(value: Looked, own: str) -> list[str]:
    looks = [(n, look) for n, look in enumerate(value.looks) if look is not None and look.resource_type == "Patient"]
    others = [n for n, look in looks if look.id is not None and f"Patient/{look.id}" != own]
    entries = raw_entries(value) if others else []
    return [url for n in others if (url := entries[n][1])]


def foreign_problems(key: str, looks: Iterable[tuple[Look, bool]]) -> tuple[DataProblem, ...]:
    """One problem for each resource that would have mattered, and one for all the others of a key."""
    pairs = list(looks)
    named = [look for look, mattered in pairs if mattered and look.id]
    rest = len(pairs) - len(named)
    problems = [DataProblem("foreign-patient", f"{look.resource_type}/{look.id}", FOREIGN) for look in named]
    if rest:
        problems.append(DataProblem("foreign-patient", key, FOREIGN, {"resources": rest}))
    return tuple(problems)
