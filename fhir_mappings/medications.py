"""MedicationRequest, Procedure -> SystemicTherapy, DrugOrder: cancer drugs by code, else by a closed list of names."""

from clinical_rules.facts import DrugOrder, PartialDate, SystemicTherapy
from fhir_mappings.code_table import CodeTable
from fhir_mappings.dates import first_date, read_date
from fhir_mappings.jsontools import Json, concept_text, items, obj, text
from fhir_mappings.observations import reasons_of
from fhir_mappings.orders import is_selected
from fhir_mappings.prefetch import Selected
from fhir_mappings.resources import Resources
from fhir_mappings.roles import DRUG, Part, drug_in, role_of

ORDERED = "context.draftOrders"
_NOT_USED = frozenset({"entered-in-error"})
_NOT_ORDERED = frozenset({"cancelled", "stopped"})
"""What an order that is being ended says of itself."""
_NOT_GIVEN = frozenset({"not-done", "entered-in-error", "preparation"})


def read_medication(entry: Selected, resources: Resources, codes: CodeTable) -> SystemicTherapy | None:
    """The cancer drug of a prescription; a draft order is none."""
    if entry.key == ORDERED or not _stands(entry.resource):
        return None
    drug = _drug(entry, resources, codes)
    if drug is None:
        return None
    start, end = _period(entry.resource)
    status = text(entry.resource.get("status")) or "unknown"
    return SystemicTherapy(entry.reference, drug.item, status, start, end, drug.coded)


def read_drug_order(
    entry: Selected, resources: Resources, codes: CodeTable, selections: tuple[str, ...] | None = None
) -> DrugOrder | None:
    """The cancer drug of a draft order; where some of the orders are selected, of those only."""
    if entry.key != ORDERED or not _stands(entry.resource) or entry.resource.get("status") in _NOT_ORDERED:
        return None
    if selections is not None and not is_selected([entry.reference], selections):
        return None
    drug = _drug(entry, resources, codes)
    if drug is None:
        return None
    start, _ = _period(entry.resource)
    return DrugOrder(entry.reference, drug.item, start, reasons_of(entry, resources), drug.coded)


def _stands(resource: Json) -> bool:
    return text(resource.get("status")) not in _NOT_USED and resource.get("doNotPerform") is not True


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
