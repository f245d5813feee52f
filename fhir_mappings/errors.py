"""Errors of the readers of FHIR.

FhirMappingsError
├── StrictJSONError          bytes that are no JSON, or JSON that two readers could read differently
└── InvalidResourceError     a resource that FHIR R4 does not allow; names elements, never values
"""


class FhirMappingsError(Exception):
    """Base of all errors of this package."""


class StrictJSONError(FhirMappingsError, ValueError):
    """JSON that is refused: says what is wrong and at which character, never what stands there."""


class InvalidResourceError(FhirMappingsError, ValueError):
    """A resource that FHIR R4 does not allow; `paths` names the elements at fault."""

    def __init__(self, message: str, paths: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.paths = paths
