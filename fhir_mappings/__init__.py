"""FHIR JSON -> facts: the readers, called in one line each."""

from fhir_mappings.reading import read_facts

__all__ = ["read_facts"]
