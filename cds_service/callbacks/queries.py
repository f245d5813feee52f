"""What a prefetch template asks of a FHIR server: path and parameters, and how to ask again where that is refused."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import quote

LONGEST_ADDRESS = 4000
"""Longer ones are asked by POST: some servers and proxies take no line beyond 4 KiB."""
_PATIENT = "{{context.patientId}}"


@dataclass(frozen=True, slots=True)
class Query:
    """One question below the base of a FHIR server: a read (`Patient/p1`) or a search of one type."""

    key: str
    resource_type: str
    read_id: str | None = None
    parameters: tuple[tuple[str, str], ...] = ()

    @property
    def is_search(self) -> bool:
        """Whether a Bundle is asked for."""
        return self.read_id is None

    @property
    def path(self) -> str:
        """What is read, or the query with its parameters."""
        return f"{self.resource_type}?{self.form}" if self.is_search else f"{self.resource_type}/{self.read_id}"

    @property
    def form(self) -> str:
        """The parameters, encoded; comma, colon and slash keep their meaning."""
        return "&".join(f"{quote(name, safe='')}={quote(value, safe=':/,')}" for name, value in self.parameters)

    def by_subject(self) -> "Query | None":
        """The same by `subject=Patient/...`, for a server that does not know `patient`."""
        changed = tuple(
            ("subject", f"Patient/{value}") if name == "patient" else (name, value) for name, value in self.parameters
        )
        return replace(self, parameters=changed) if changed != self.parameters else None


def queries(templates: Mapping[str, str], patient_id: str) -> dict[str, Query]:
    """The queries of the templates for a patient, by key; the id has been checked to be a FHIR id.

    >>> queries({"patient": "Patient/{{context.patientId}}"}, "p1")["patient"].path
    'Patient/p1'
    >>> queries({"x": "Observation?patient={{context.patientId}}&code=http://loinc.org|1,2"}, "p1")["x"].path
    'Observation?patient=p1&code=http://loinc.org%7C1,2'
    """
    return {key: _query(key, template, patient_id) for key, template in templates.items()}


def _query(key: str, template: str, patient_id: str) -> Query:
    path, _, search = template.partition("?")
    if not search:
        resource_type, _, read_id = path.partition("/")
        return Query(key, resource_type, read_id.replace(_PATIENT, patient_id))
    pairs = (part.partition("=") for part in search.split("&"))
    filled = tuple((name, value.replace(_PATIENT, patient_id)) for name, _, value in pairs)
    return Query(key, path, parameters=filled)
