"""A synthetic chart: its resources sorted into the prefetch keys, and the four requests made from it."""

from dataclasses import dataclass, field
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from cds_service.demo.fhir import Resource

KEYS = {
    "Condition": "conditions",
    "Procedure": "procedures",
    "BodyStructure": "volumes",
    "Observation": "observations",
    "MedicationRequest": "medications",
    "DiagnosticReport": "reports",
}
HOOKS = {
    "oncology-patient-view": "patient-view",
    "oncology-order-select": "order-select",
    "oncology-order-sign": "order-sign",
    "oncology-problem-list-item-create": "problem-list-item-create",
}
BASE = "https://ehr.example.org/fhir"


@dataclass(frozen=True)
class Story:
    """One synthetic patient: who, what the chart tells, and what may be ordered or added."""

    title: str
    told: str
    patient: Resource
    resources: tuple[Resource, ...]
    orders: tuple[Resource, ...] = ()
    added: tuple[Resource, ...] = ()
    left_out_keys: tuple[str, ...] = field(default=())

    @property
    def id(self) -> str:
        """The patient's id."""
        return str(self.patient["id"])

    @property
    def services(self) -> tuple[str, ...]:
        """The services that this chart can call: order hooks only with an order, and so on."""
        offered = ["oncology-patient-view"]
        offered += ["oncology-order-select", "oncology-order-sign"] if self.orders else []
        offered += ["oncology-problem-list-item-create"] if self.added else []
        return tuple(offered)

    def request(self, service_id: str) -> dict[str, Any]:
        """The CDS Hooks request an EHR would send to this service."""
        hook = HOOKS[service_id]
        context: dict[str, Any] = {"userId": "Practitioner/demo", "patientId": self.id}
        if hook.startswith("order-"):
            context["draftOrders"] = bundle([self._owned(order) for order in self.orders])
        if hook == "order-select":
            context["selections"] = [f"ServiceRequest/{order['id']}" for order in self.orders]
        if hook == "problem-list-item-create":
            context["conditions"] = bundle([self._owned(condition) for condition in self.added])
        return {
            "hook": hook,
            "hookInstance": str(uuid5(NAMESPACE_URL, f"{service_id}/{self.id}")),
            "context": context,
            "prefetch": self._prefetch(),
        }

    def _prefetch(self) -> dict[str, Any]:
        found: dict[str, list[Resource]] = {key: [] for key in (*KEYS.values(), "radiationDose")}
        for resource in self.resources:
            found[KEYS[resource["resourceType"]]].append(self._owned(resource))
        bundles = {key: bundle(entries) for key, entries in found.items() if key not in self.left_out_keys}
        return {"patient": self.patient, **bundles}

    def _owned(self, resource: Resource) -> Resource:
        owner = "patient" if resource["resourceType"] == "BodyStructure" else "subject"
        return {**resource, owner: {"reference": f"Patient/{self.id}"}}


def bundle(resources: list[Resource]) -> Resource:
    """A searchset of these resources; empty where there are none."""
    entries = [{"fullUrl": f"{BASE}/{r['resourceType']}/{r['id']}", "resource": r} for r in resources]
    return {"resourceType": "Bundle", "type": "searchset", **({"entry": entries} if entries else {})}
