"""Observation -> CancerStage: TNM categories and stage groups; the r prefix marks a recurrence."""

import re

from clinical_rules.facts import CancerStage
from fhir_mappings.code_table import CodeTable
from fhir_mappings.jsontools import Json, codings, concept_text, obj, text
from fhir_mappings.observations import date_of, focus_of, is_result, value_text
from fhir_mappings.prefetch import Selected
from fhir_mappings.resources import Resources
from fhir_mappings.roles import role_of

_RECURRENT = re.compile(r"r(?:y?[cp])?(?:T(?:[0-4Xx]|is)|N[0-3Xx]|M[01Xx])|r[ -]?[Ss]tage", re.ASCII)
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
        recurrent=any(_RECURRENT.match(word) for word in _words(resource)),
        date=date_of(resource),
        focus=focus_of(entry, resources),
    )


def _words(resource: Json) -> list[str]:
    """The codes and texts of the value, each word of them."""
    value = obj(resource.get("valueCodeableConcept"))
    stated = [code for _, code in codings(value)]
    stated += [part for part in (concept_text(value), text(resource.get("valueString"))) if part]
    return [word for part in stated for word in (part, *re.split(r"[^A-Za-z0-9]+", part))]
