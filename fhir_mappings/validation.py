"""Validates a selected resource as FHIR R4; what comes out names elements, never values.

fhir.resources' R4B models are used: for the types read here R4B differs from R4 in nothing that matters.
"""

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from typing import Any

from pydantic import ValidationError

from fhir_mappings.errors import InvalidResourceError
from fhir_mappings.jsontools import Json
from fhir_mappings.quick_validation import Shape, shape_of
from fhir_mappings.release import OTHER_RELEASE

TYPES = (
    "Patient", "Condition", "Procedure", "BodyStructure", "Observation", "MedicationRequest", "Medication",
    "DiagnosticReport", "ServiceRequest",
)  # fmt: skip
_OTHER_RELEASES = {
    "Condition": ("participant", "context", "assertedDate"),
    "Procedure": (
        "occurrenceDateTime", "occurrencePeriod", "reason", "supportingInfo", "notDone", "notDoneReason", "recorded",
        "focus", "context", "definition",
    ),
    "BodyStructure": ("includedStructure", "excludedStructure"),
    "Observation": ("related", "comment", "instantiatesCanonical", "triggeredBy", "bodyStructure", "context"),
    "MedicationRequest": ("medication", "reason", "definition", "isSubstitutable", "context"),
    "DiagnosticReport": ("context", "codedDiagnosis", "image", "composition", "note"),
}  # fmt: skip
"""Elements that only R5 or STU3 have: they tell that the server speaks another release."""
_MOST_PATHS = 5
_SHAPES: dict[Any, Shape] = {}  # of the library's models, once for all types


def validate(resource: Json) -> None:
    """InvalidResourceError if FHIR R4 does not allow the resource, with the paths of the elements at fault.

    >>> validate({"resourceType": "Condition", "id": "c1", "subject": {"reference": "Patient/p"}, "code": 5})
    Traceback (most recent call last):
        ...
    fhir_mappings.errors.InvalidResourceError: not valid FHIR R4 at: code
    """
    kind = str(resource.get("resourceType"))
    if kind not in TYPES:
        raise InvalidResourceError("not a resource type that is read here")
    if _is_plainly_valid(kind, resource):
        return
    try:
        _model(kind).model_validate(resource)
    except ValidationError as error:
        paths = _paths(error, kind)
        raise InvalidResourceError(_message(kind, resource, paths), paths) from None
    except KeyError:  # raised by the models for a contained type that FHIR does not know
        raise InvalidResourceError("not valid FHIR R4 at: contained", ("contained",)) from None
    except (ValueError, TypeError, AttributeError, RecursionError, ArithmeticError):
        raise InvalidResourceError("not valid FHIR R4", ()) from None


def _is_plainly_valid(kind: str, resource: Json) -> bool:
    """Whether the quick look is enough."""
    return _shape(kind).is_plainly_valid(resource)


def warm_up() -> None:
    """Loads the models and validates one of each, so that the first call does not pay for it."""
    subject = {"reference": "Patient/p"}
    concept = {"coding": [{"system": "http://loinc.org", "code": "1"}]}
    samples: Mapping[str, Json] = {
        "Patient": {"birthDate": "1960-01-01"},
        "Condition": {"subject": subject, "code": concept},
        "Procedure": {"subject": subject, "status": "completed", "code": concept, "extension": [
            {"url": "urn:a", "extension": [{"url": "b", "valueQuantity": {"value": 1, "code": "cGy"}}]}]},
        "BodyStructure": {"patient": subject, "location": concept},
        "Observation": {"subject": subject, "status": "final", "code": concept, "valueString": "x"},
        "MedicationRequest": {"subject": subject, "status": "active", "intent": "order",
                              "medicationCodeableConcept": concept},
        "Medication": {"code": concept},
        "DiagnosticReport": {"subject": subject, "status": "final", "code": concept},
        "ServiceRequest": {"subject": subject, "status": "active", "intent": "order", "code": concept},
    }  # fmt: skip
    for kind, sample in samples.items():
        resource = {"resourceType": kind, "id": "sample", **sample}
        validate(resource)
        _model(kind).model_validate(resource)


@cache
def _model(kind: str) -> Any:  # the library's classes carry no types
    return getattr(import_module(f"fhir.resources.R4B.{kind.lower()}"), kind)


@cache
def _shape(kind: str) -> Shape:
    shape = shape_of(_model(kind), _SHAPES)
    shape.allow("resourceType")  # what it holds has named the model; no model knows it as an element
    return shape


def _paths(error: ValidationError, kind: str) -> tuple[str, ...]:
    """Element paths without list positions and model names; a name the resource invented is not repeated."""
    found = set()
    for problem in error.errors(include_url=False, include_context=False, include_input=False):
        names = [str(part) for part in problem["loc"] if isinstance(part, str) and part.isidentifier()]
        names = [name for name in names if name != "root"]  # the library's word for a value that is no object
        if problem["type"] == "extra_forbidden":
            names = names[:-1] or [_known(kind, names[-1:])]
        found.add(".".join(names) or "resource")
    return tuple(sorted(found))


def _known(kind: str, names: list[str]) -> str:
    """The name of an element that another release has; any other is only called unknown."""
    known = _OTHER_RELEASES.get(kind, ())
    return names[0] if names and names[0] in known else "unknown element"


def _message(kind: str, resource: Json, paths: tuple[str, ...]) -> str:
    if any(name in resource for name in _OTHER_RELEASES.get(kind, ())) or _is_old(resource):
        return OTHER_RELEASE
    return "not valid FHIR R4 at: " + ", ".join(paths[:_MOST_PATHS])


def _is_old(resource: Json) -> bool:
    """Whether a status that R4 codes as a concept is plain text, as in STU3."""
    return isinstance(resource.get("clinicalStatus"), str) or isinstance(resource.get("verificationStatus"), str)
