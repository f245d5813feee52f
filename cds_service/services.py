"""SERVICES: the CDS services we offer. Routes, discovery and tests read this list.

Ids and prefetch templates are copied by clients when they register: they stay as they are.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from clinical_rules.findings import Hook

CDS_HOOKS_VERSION = "3.0.0"
INDISPENSABLE = ("patient", "procedures", "conditions")
RADIATION_DOSE = "http://loinc.org|73569-6,http://snomed.info/sct|445461008,http://snomed.info/sct|445565002"
"""Radiation dose summary of imaging, and the therapy dose observations (SNOMED CT total dose and its parts)."""

_OF_PATIENT = "patient={{context.patientId}}"
_ADVISORY = (
    "Advisory, for adults, for oncologists, radiation oncologists and medical physicists who check every number; "
    "it decides nothing, and no card is no statement that there is nothing."
)
_NEEDS = (
    f"Needs the prefetch keys {', '.join(INDISPENSABLE)}; without one of them the answer is 412. With the other "
    "keys missing it answers less, and says what was not available. Prefetch must hold the whole history, undated."
)


@dataclass(frozen=True, slots=True)
class Service:
    """One CDS service: which hook it answers, and what it tells clients of itself."""

    id: str
    hook: Hook
    hook_version: str
    title: str
    description: str

    @property
    def order_hook(self) -> bool:
        """Whether it speaks of draft orders."""
        return self.hook in {"order-select", "order-sign"}

    def to_wire(self, prefetch: Mapping[str, str]) -> dict[str, Any]:
        """Its entry of the discovery answer."""
        return {
            "hook": self.hook,
            "hookVersion": self.hook_version,
            "version": CDS_HOOKS_VERSION,
            "id": self.id,
            "title": self.title,
            "description": f"{self.description} {_ADVISORY}",
            "prefetch": dict(prefetch),
            "usageRequirements": _NEEDS,
        }


SERVICES = (
    Service(
        "oncology-patient-view", "patient-view", "1.0", "Recurrent cancer and earlier radiotherapy",
        "Finds a recurrence, a possible second primary, or a present tumour in or next to an irradiated region, "
        "and adds up what each organ at risk has had.",
    ),
    Service(
        "oncology-order-select", "order-select", "1.0", "Re-irradiation, as an order is picked",
        "Looks at the selected radiotherapy orders, and at drugs whose use rests on a test, "
        "against earlier courses in or next to the target.",
    ),
    Service(
        "oncology-order-sign", "order-sign", "1.0", "Re-irradiation, before an order is signed",
        "Checks the dose ordered against what each organ at risk has had from earlier courses, "
        "and the interval since then.",
    ),
    Service(
        "oncology-problem-list-item-create", "problem-list-item-create", "0.1.0", "A problem that may be a recurrence",
        "Says whether the problem just added is a recurrence, a metastasis or a possible second primary "
        "in the light of earlier treatment.",
    ),
)  # fmt: skip
BY_ID: Mapping[str, Service] = {service.id: service for service in SERVICES}


def prefetch_templates(observation_codes: str) -> dict[str, str]:
    """The prefetch of all services; `observation_codes` as the knowledge names them, ready for a query."""
    return {
        "patient": "Patient/{{context.patientId}}",
        "conditions": f"Condition?{_OF_PATIENT}",
        "procedures": f"Procedure?{_OF_PATIENT}",
        "volumes": f"BodyStructure?{_OF_PATIENT}",
        "radiationDose": f"Observation?{_OF_PATIENT}&code={RADIATION_DOSE}",
        "observations": f"Observation?{_OF_PATIENT}&code={observation_codes}",
        "medications": f"MedicationRequest?{_OF_PATIENT}",
        "reports": f"DiagnosticReport?{_OF_PATIENT}",
    }


def discovery(prefetch: Mapping[str, str]) -> dict[str, Any]:
    """The answer to `GET /cds-services`."""
    return {"services": [service.to_wire(prefetch) for service in SERVICES]}
