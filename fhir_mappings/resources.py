"""The selected resources, found again by what a reference says; nothing is ever fetched."""

import re
from collections.abc import Iterable

from fhir_mappings.jsontools import EMPTY, Json, items, text
from fhir_mappings.prefetch import Selected

_TAIL = re.compile(r"(?:^|/)([A-Z][A-Za-z]+)/([A-Za-z0-9\-.]{1,64})(?:/_history/[^/#?]+)?\Z", re.ASCII)


class Resources:
    """Index of the selected entries by `Type/id` and by fullUrl, and of what each of them contains."""

    def __init__(self, entries: Iterable[Selected]) -> None:
        self.entries = tuple(entries)
        self._by_reference = {entry.reference: entry for entry in self.entries}
        self._by_full_url = {entry.full_url: entry for entry in self.entries if entry.full_url}

    def find(self, reference: str) -> Selected | None:
        """The entry that a relative, absolute or urn reference names, if it was selected."""
        return self._by_full_url.get(reference) or self._by_reference.get(type_and_id(reference) or reference)

    def resolve(self, reference: str | None, base: Selected) -> Json | None:
        """The resource a reference names, seen from `base` (for `#id` one of its contained); None if not there."""
        if reference is None:
            return None
        if reference.startswith("#"):
            return contained(base.resource, reference[1:])
        entry = self.find(reference)
        return None if entry is None else entry.resource

    def normalise(self, reference: str, base: Selected) -> str:
        """The reference as `Type/id`; `Type/id#part` for a contained one, unchanged where that cannot be said."""
        if reference.startswith("#"):
            return f"{base.reference}{reference}"
        entry = self._by_full_url.get(reference)
        return entry.reference if entry else type_and_id(reference) or reference


def type_and_id(reference: str) -> str | None:
    """`Type/id` of a relative or absolute reference, without its version; None for any other form.

    >>> type_and_id("https://ehr.example.org/fhir/Procedure/rt-1/_history/2")
    'Procedure/rt-1'
    >>> type_and_id("urn:uuid:0f3f6a62-3a09-4b3b-8ac1-fd3f1c3a1f11") is None
    True
    """
    match = _TAIL.search(reference)
    return f"{match[1]}/{match[2]}" if match else None


def contained(resource: Json, local_id: str) -> Json | None:
    """The contained resource with this id."""
    found = (part for part in items(resource.get("contained")) if text(part.get("id")) == local_id)
    return next(found, None)


def reference_of(element: object) -> str | None:
    """The literal reference of a Reference element."""
    return text((element if isinstance(element, dict) else EMPTY).get("reference"))
