"""Observation -> CancerStage: TNM categories and stage groups; the r prefix marks a recurrence."""

import re

from clinical_rules.facts import CancerStage
from fhir_mappings.code_table import CodeTable
from fhir_mappings.jsontools import Json, codings, items, obj, text
from fhir_mappings.observations import date_of, focus_of, is_result, value_text
from fhir_mappings.prefetch import Selected
from fhir_mappings.resources import Resources
from fhir_mappings.roles import role_of

_RECURRENT = re.compile(
    r"(?<![A-Za-z0-9])r[ -]?(?:"
    r"(?:y?[cp])?(?:T(?:[0-4]|[Xx]|is)|N(?:[0-3]|[Xx])|M(?:[01]|[Xx]))"  # rT2, rcT3, rpN1, r T2
    r"|(?:I{1,3}|IV)[ABC]?[0-9]?(?![A-Za-z0-9])"  # rIIIB
    r"|[Ss]tage|TNM)",
    re.ASCII,
)
"""SNOMED CT has no code for the r prefix: it stands in an AJCC code or in the text of the value."""


def read_stage(entry: Selected, resources: Resources, codes: CodeTable) -> CancerStage | None:
    """The stage an Observation states; None where it states none."""
    resource = entry.resource
    part = role_of(obj(resource.get("code")), "Observation", codes, ("stage",))
    value = value_text(resource)
    if part is None or value is None or not is_result(resource):
        return None
    return CancerStage(
        entry.reference,
        value,
        recurrent=_is_of_recurrence(resource),
        date=date_of(resource),
        focus=focus_of(entry, resources),
    )


def read_stages_of_condition(entry: Selected) -> tuple[CancerStage, ...]:
    """Stages of a recurrence that a diagnosis itself carries, in codes or text of the element."""
    concepts = [obj(stage.get("summary")) for stage in items(entry.resource.get("stage"))]
    recurrent = [concept for concept in concepts if _is_of_recurrence({"valueCodeableConcept": concept})]
    stated = sorted({value for each in recurrent if (value := value_text({"valueCodeableConcept": each}))})
    return tuple(CancerStage(entry.reference, each, recurrent=True, focus=(entry.reference,)) for each in stated)


def _is_of_recurrence(resource: Json) -> bool:
    """Whether a code or a text of the value carries the r prefix."""
    value = obj(resource.get("valueCodeableConcept"))
    displays = [text(coding.get("display")) for coding in items(value.get("coding"))]
    stated = [
        *(code for _, code in codings(value)),
        text(value.get("text")),
        *displays,
        text(resource.get("valueString")),
    ]
    return any(_RECURRENT.search(part) for part in stated if part)
