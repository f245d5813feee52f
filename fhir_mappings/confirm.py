"""The second look at a resource, systems included: does it name something that a reader can use?"""

from fhir_mappings.code_table import CodeTable
from fhir_mappings.conditions import named_cancer
from fhir_mappings.history_codes import is_radiotherapy_history
from fhir_mappings.jsontools import Json, codings, concept_text, items, obj, text
from fhir_mappings.radiotherapy_recognise import recognise
from fhir_mappings.roles import role_of
from fhir_mappings.rt_codes import BOOST_DOSE_OBSERVATION, TOTAL_DOSE_OBSERVATION

_DOSES = frozenset({TOTAL_DOSE_OBSERVATION, BOOST_DOSE_OBSERVATION})


def is_grave(resource: Json, codes: CodeTable) -> bool:
    """Whether it is a cancer diagnosis or radiotherapy: losing one of these could change the advice."""
    kind = text(resource.get("resourceType"))
    if kind == "Condition":
        return named_cancer(resource, codes) is not None
    return kind in ("Procedure", "ServiceRequest") and recognise(resource, codes) is not None


def concerns_a_rule(resource: Json, codes: CodeTable) -> bool:
    """Whether a resource names something that a reader can use."""
    kind = text(resource.get("resourceType")) or ""
    code = code_of(resource)
    if is_grave(resource, codes) or is_radiotherapy_history(code, codes):
        return True
    if kind == "Observation" and any(value in _DOSES for _, value in codings(code)):
        return True
    if kind == "MedicationRequest" and "medicationReference" in resource:
        return True
    roles = tuple(codes.texts)
    return any(role_of(each, kind, codes, roles) or role_of(each, kind, codes) for each in _concepts(resource, code))


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
