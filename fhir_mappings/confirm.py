"""The second look at a resource, systems included: does it name something that a reader can use?"""

from typing import get_args

from clinical_rules.facts import EventKind
from fhir_mappings.code_table import CodeTable
from fhir_mappings.conditions import named_cancer
from fhir_mappings.disease_status import denies_or_states_metastasis
from fhir_mappings.history_codes import says_radiotherapy_history
from fhir_mappings.jsontools import Json, codings, concept_text, items, obj, text
from fhir_mappings.matching_lists import SPEAKING_ROLES
from fhir_mappings.radiotherapy_recognise import recognise
from fhir_mappings.roles import parts_of, role_of
from fhir_mappings.rt_codes import BOOST_DOSE_OBSERVATION, TOTAL_DOSE_OBSERVATION

USED_ROLES = frozenset({
    *get_args(EventKind), "biomarker", "tumour-marker", "tumour-size", "stage", "drug", "systemic-therapy",
})  # fmt: skip
_DOSES = frozenset({TOTAL_DOSE_OBSERVATION, BOOST_DOSE_OBSERVATION})


def is_grave(resource: Json, codes: CodeTable) -> bool:
    """Whether it is a cancer diagnosis or radiotherapy, or may be: losing one of these could change the advice."""
    kind = text(resource.get("resourceType"))
    if "code" in resource and kind in ("Procedure", "ServiceRequest") and not says_what_it_is(resource):
        return True
    if kind == "Condition":
        return named_cancer(resource, codes) is not None
    return kind in ("Procedure", "ServiceRequest") and recognise(resource, codes) is not None


def orders_tested_drug(resource: Json, codes: CodeTable) -> bool:
    """Whether an order says by a code of its own or of a contained medication that its drug rests on a test."""
    if resource.get("resourceType") != "MedicationRequest":
        return False
    inside = (obj(part.get("code")) for part in items(resource.get("contained")))
    concepts = (*items(resource.get("medicationCodeableConcept")), *inside)
    drugs = (role_of({**each, "text": None}, "MedicationRequest", codes, ("drug",)) for each in concepts)
    return any(drug is not None and drug.item in codes.tested_drugs for drug in drugs)


def speaks(resource: Json, codes: CodeTable) -> bool:
    """Whether a card can rest on the resource, systems compared."""
    kind, code = text(resource.get("resourceType")) or "", code_of(resource)
    if is_grave(resource, codes):
        return True
    played = parts_of(code, kind, codes)
    if kind != "Observation":
        return says_radiotherapy_history(played)
    if played.among(SPEAKING_ROLES) is not None or says_radiotherapy_history(played):
        return True
    return any(value in _DOSES for _, value in played.pairs) or denies_or_states_metastasis(code)


def supports(resource: Json, codes: CodeTable) -> bool:
    """Whether a reader can use the resource beside others."""
    kind = text(resource.get("resourceType")) or ""
    if kind == "MedicationRequest" or codings(resource.get("statusReason")):
        return True
    return any(role_of(each, kind, codes, USED_ROLES) for each in _concepts(resource, code_of(resource)))


def says_what_it_is(resource: Json) -> bool:
    """Whether the resource's code can be read at all; if not, nobody can say that it does not matter."""
    code = code_of(resource)
    return bool(codings(code)) or concept_text(code) is not None or "medicationReference" in resource


def code_of(resource: Json) -> Json:
    """The element that says what a resource is about."""
    kind = resource.get("resourceType")
    return obj(resource.get("medicationCodeableConcept" if kind == "MedicationRequest" else "code"))


def _concepts(resource: Json, code: Json) -> tuple[Json, ...]:
    by_category = resource.get("resourceType") in ("Procedure", "DiagnosticReport")
    return (code, *items(resource.get("category"))) if by_category else (code,)
