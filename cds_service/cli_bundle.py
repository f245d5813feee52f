"""A FHIR Bundle of any kind, or one resource, sorted into the prefetch keys that a client would have sent."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from cds_service.errors import InputRefusedError
from cds_service.same_patient import patient_of
from cds_service.services import RADIATION_DOSE
from cds_service.wire import to_json
from clinical_rules.facts import Availability
from clinical_rules.findings import Hook
from fhir_mappings.jsontools import Json, codings, items, obj, text
from fhir_mappings.prefetch import Prefetch

KEY_OF_TYPE = {
    "Condition": "conditions",
    "Procedure": "procedures",
    "BodyStructure": "volumes",
    "Observation": "observations",
    "MedicationRequest": "medications",
    "DiagnosticReport": "reports",
}
ORDERS = frozenset({"ServiceRequest", "MedicationRequest"})
ORDERED = frozenset({"draft", "active", "on-hold"})
NOBODY = "unknown"
_DOSE_CODES = frozenset(RADIATION_DOSE.split(","))


@dataclass(frozen=True, slots=True)
class Entry:
    """One resource with its address in the Bundle."""

    resource: Json
    full_url: str | None = None

    @property
    def kind(self) -> str:
        """The resource type."""
        return text(self.resource.get("resourceType")) or ""


def read_bundle(name: str, value: Json, hook: Hook) -> Prefetch:
    """The prefetch that these resources amount to; what is of another patient stays in, to be reported."""
    if text(value.get("resourceType")) is None:
        raise InputRefusedError(
            f"{name}: expected a CDS Hooks request (with hook) or a FHIR resource (with resourceType)"
        )
    entries = tuple(_entries(value, None))
    if not entries:
        raise InputRefusedError(f"{name}: the Bundle holds no resource")
    patients = {key: entry for entry in entries if entry.kind == "Patient" for key in (_id_of(entry),) if key}
    by_url = {entry.full_url: patient for patient, entry in patients.items() if entry.full_url}
    patient_id = _subject(entries, patients, by_url)
    entries = tuple(_plain_subject(entry, by_url) for entry in entries)
    sorted_in = _by_key(entries)
    sorted_in["patient"] = [patients[patient_id]] if patient_id in patients else []
    own = [entry for entry in entries if _patient_of(entry, by_url) in {patient_id, None}]
    context = _context(name, hook, value, own)
    return Prefetch(
        patient_id=patient_id,
        raw={"patient": _patient(patients.get(patient_id), patient_id)}
        | {key: _bundle(found) for key, found in sorted_in.items() if found and key != "patient"},
        context_raw=context,
        selections=tuple(_reference(entry) for entry in _orders(own)) if hook == "order-select" else None,
        availability={
            key: _state(sorted_in.get(key, [])) for key in ("patient", "radiationDose", *KEY_OF_TYPE.values())
        },
    )


def _entries(value: Json, full_url: str | None) -> Iterator[Entry]:
    """The resources, out of Bundles within Bundles too (a batch response holds one Bundle for each query)."""
    if value.get("resourceType") != "Bundle":
        yield Entry(value, full_url)
        return
    for entry in items(value.get("entry")):
        resource = obj(entry.get("resource"))
        if text(resource.get("resourceType")):
            yield from _entries(resource, text(entry.get("fullUrl")))


def _id_of(entry: Entry) -> str | None:
    return text(entry.resource.get("id")) or (entry.full_url or "").rpartition(":")[2].rpartition("/")[2] or None


def _subject(entries: Iterable[Entry], patients: Iterable[str], by_url: Mapping[str, str]) -> str:
    """The patient that most Procedures and Conditions are of (else most others); of several, the first by id."""
    deciding, others = Counter[str](), Counter[str]()
    for entry in entries:
        if patient := _patient_of(entry, by_url):
            (deciding if entry.kind in {"Procedure", "Condition"} else others)[patient] += 1
    counted = deciding or others or Counter(list(patients)) or Counter([NOBODY])
    return min(counted, key=lambda patient: (-counted[patient], patient))


def _patient_of(entry: Entry, by_url: Mapping[str, str]) -> str | None:
    found = (text(obj(entry.resource.get(name)).get("reference")) for name in ("subject", "patient"))
    return next((patient for reference in found if reference and (patient := patient_of(reference, by_url))), None)


def _plain_subject(entry: Entry, by_url: Mapping[str, str]) -> Entry:
    """The entry with a reference to the patient by id where the Bundle refers by its own addresses."""
    changed = {
        name: {**obj(entry.resource[name]), "reference": f"Patient/{by_url[reference]}"}
        for name in ("subject", "patient")
        if (reference := text(obj(entry.resource.get(name)).get("reference"))) in by_url and reference
    }
    return Entry({**entry.resource, **changed}, entry.full_url) if changed else entry


def _by_key(entries: Iterable[Entry]) -> dict[str, list[Entry]]:
    found: dict[str, list[Entry]] = {}
    for entry in entries:
        key = "radiationDose" if _is_dose(entry) else KEY_OF_TYPE.get(entry.kind)
        if key:
            found.setdefault(key, []).append(entry)
    return found


def _is_dose(entry: Entry) -> bool:
    codes = {f"{system}|{code}" for system, code in codings(entry.resource.get("code"))}
    return entry.kind == "Observation" and bool(codes & _DOSE_CODES)


def _orders(entries: Iterable[Entry]) -> list[Entry]:
    return [entry for entry in entries if entry.kind in ORDERS and entry.resource.get("status") in ORDERED]


def _context(name: str, hook: Hook, value: Json, entries: Iterable[Entry]) -> dict[str, bytes]:
    if hook in {"order-select", "order-sign"}:
        return {"draftOrders": _bundle(_orders(entries))}
    if hook == "problem-list-item-create":
        if value.get("resourceType") != "Condition":
            raise InputRefusedError(f"{name}: for this hook expected a CDS Hooks request, or the Condition just added")
        return {"conditions": _bundle(entries)}
    return {}


def _reference(entry: Entry) -> str:
    return f"{entry.kind}/{_id_of(entry) or ''}"


def _state(found: list[Entry]) -> Availability:
    return "found" if found else "not-asked"


def _patient(entry: Entry | None, patient_id: str) -> bytes:
    return to_json({**(entry.resource if entry else {}), "resourceType": "Patient", "id": patient_id})


def _bundle(entries: Iterable[Entry]) -> bytes:
    wrapped = [
        {"fullUrl": entry.full_url, "resource": entry.resource} if entry.full_url else {"resource": entry.resource}
        for entry in entries
    ]
    return to_json({"resourceType": "Bundle", "type": "searchset", "entry": wrapped})
