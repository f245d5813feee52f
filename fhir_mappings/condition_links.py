"""How a Condition refers to another: the primary of a metastasis, the first occurrence of a recurrence."""

from collections.abc import Callable, Iterator, Mapping
from typing import Literal

from fhir_mappings.jsontools import Json, codings, items, obj, parts, text
from fhir_mappings.prefetch import Selected
from fhir_mappings.radiotherapy_elements import tail, value_of
from fhir_mappings.resources import Resources

Kind = Literal["local", "regional", "distant"]
_KINDS: Mapping[str, Kind] = {
    "255470001": "local", "410674003": "regional", "263820005": "regional", "261007001": "distant",
    "340731000210102": "local", "340741000210105": "regional", "340751000210108": "distant",
    "local-recurrence": "local", "regional-recurrence": "regional", "distant-recurrence": "distant",
    "local": "local", "regional": "regional", "distant": "distant",
}  # fmt: skip
"""SNOMED CT qualifiers (CodeX, onconova), the New Zealand value set, ICHOM."""

_RELATED = ("condition-related", "mcode-related-primary-cancer-condition")


def related_primary(entry: Selected, resources: Resources) -> str | None:
    """`Type/id` of the primary that a secondary or recurrent tumour names."""
    return next(_references(entry, resources, lambda name: name in _RELATED), None)


def follows(entry: Selected, resources: Resources) -> str | None:
    """`Type/id` of the first occurrence: condition-occurredFollowing, or onconova's recurrence-of."""

    def names_it(name: str) -> bool:
        return name == "condition-occurredfollowing" or name.endswith("recurrence-of")

    return next(_references(entry, resources, names_it), None)


def recurrence_kind(resource: Json) -> Kind | None:
    """Local, regional or distant, where an extension on the relapse says so; None if two of them disagree."""
    stated = (part for part in _extensions(resource) if "relapsetype" in _name(part) or "recurrence" in _name(part))
    found = {_KINDS[code] for part in stated for code in _codes(part) if code in _KINDS}
    return found.pop() if len(found) == 1 else None


def _references(entry: Selected, resources: Resources, wanted: Callable[[str], bool]) -> Iterator[str]:
    for part in _extensions(entry.resource):
        reference = text(obj(part.get("valueReference")).get("reference"))
        if reference and wanted(_name(part)):
            yield resources.normalise(reference, entry)


def _extensions(resource: Json) -> Iterator[Json]:
    """Those of the Condition, of its clinical status and of its code, with what is nested in them."""
    for element in (resource, resource.get("clinicalStatus"), resource.get("code")):
        for part in items(parts(element, "extension")):
            yield part
            yield from items(part.get("extension"))


def _name(part: Json) -> str:
    return tail(part.get("url"))


def _codes(part: Json) -> Iterator[str]:
    value = value_of(part)
    concept = obj(value)
    yield from (code for _, code in codings(concept))
    yield from (code for code in (text(value), text(concept.get("code"))) if code)
