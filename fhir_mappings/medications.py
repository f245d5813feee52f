"""MedicationRequest, Procedure -> SystemicTherapy: cancer drugs by code, else by name against a closed list."""

from clinical_rules.facts import PartialDate, SystemicTherapy
from fhir_mappings.code_table import CodeTable
from fhir_mappings.dates import first_date, read_date
from fhir_mappings.jsontools import Json, concept_text, items, obj, text
from fhir_mappings.prefetch import Selected
from fhir_mappings.resources import Resources
from fhir_mappings.roles import DRUG, Part, drug_in, role_of

ORDERED = "context.draftOrders"
_NOT_USED = frozenset({"entered-in-error"})
_NOT_GIVEN = frozenset({"not-done", "entered-in-error", "preparation"})


def read_medication(
    entry: Selected, resources: Resources, codes: CodeTable, selections: tuple[str, ...] | None = None
) -> SystemicTherapy | None:
    """The cancer drug of an order or prescription; of the draft orders only those that are selected."""
    resource = entry.resource
    status = text(resource.get("status")) or "unknown"
    drug = _drug(entry, resources, codes)
    if drug is None or status in _NOT_USED or resource.get("doNotPerform") is True or not _chosen(entry, selections):
        return None
    start, end = _period(resource)
    return SystemicTherapy(entry.reference, drug.item, status, start, end, drug.coded)


def read_systemic_procedure(entry: Selected, codes: CodeTable) -> SystemicTherapy | None:
    """Systemic treatment recorded as a Procedure, without the drug."""
    resource = entry.resource
    part = role_of(obj(resource.get("code")), "Procedure", codes, ("systemic-therapy",))
    status = text(resource.get("status")) or "unknown"
    if part is None or status in _NOT_GIVEN:
        return None
    start = first_date(resource, "performedDateTime", "performedPeriod")
    end = read_date(obj(resource.get("performedPeriod")).get("end"))
    return SystemicTherapy(entry.reference, part.item, status, start, end, part.coded)


def _drug(entry: Selected, resources: Resources, codes: CodeTable) -> Part | None:
    """By the code or name in the request, else in the Medication it refers to."""
    reference = obj(entry.resource.get("medicationReference"))
    medication = resources.resolve(text(reference.get("reference")), entry)
    for concept in (entry.resource.get("medicationCodeableConcept"), obj(medication).get("code"), reference):
        found = role_of(concept, "MedicationRequest", codes, (DRUG,)) or _by_name(concept, codes)
        if found is not None:
            return found
    return None


def _by_name(concept: object, codes: CodeTable) -> Part | None:
    named = (concept_text(concept), text(obj(concept).get("display")))
    displays = (text(coding.get("display")) for coding in items(obj(concept).get("coding")))
    drugs = codes.texts.get(DRUG, {})
    found = (drug_in(name, drugs) for name in (*named, *displays) if name)
    agent = next((item for item in found if item), None)
    return Part(DRUG, agent, coded=False) if agent else None


def _chosen(entry: Selected, selections: tuple[str, ...] | None) -> bool:
    if entry.key != ORDERED or selections is None:
        return True
    return any(each in (entry.reference, entry.reference.split("/", 1)[-1]) or each.endswith(f"/{entry.reference}")
               for each in selections)  # fmt: skip


def _period(resource: Json) -> tuple[PartialDate | None, PartialDate | None]:
    """From the order (or the start it states) to the end it states."""
    bounds = [obj(obj(obj(dose.get("timing")).get("repeat")).get("boundsPeriod"))
              for dose in items(resource.get("dosageInstruction"))]  # fmt: skip
    validity = obj(obj(resource.get("dispenseRequest")).get("validityPeriod"))
    starts = [found for period in bounds if (found := read_date(period.get("start")))]
    ends = [found for period in bounds if (found := read_date(period.get("end")))]
    start = min(starts, key=lambda each: each.earliest, default=None) or read_date(resource.get("authoredOn"))
    end = max(ends, key=lambda each: each.latest, default=None)
    return start or read_date(validity.get("start")), end
