"""From the bytes of a chosen entry to strict JSON under its reference; what cannot be read becomes a problem."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable

from clinical_rules.facts import DataProblem
from fhir_mappings.errors import StrictJSONError
from fhir_mappings.jsontools import Json, obj, text
from fhir_mappings.look import kind_of
from fhir_mappings.prefetch import Selected
from fhir_mappings.resources import type_and_id
from fhir_mappings.strict_json import loads

SUPPORTING = frozenset({"volumes", "observations", "medications", "reports"})
"""Keys on which advice does not rest: an entry there that nobody can tell the type of does not matter."""
_ALWAYS_MATTER = frozenset({None, "Condition", "Procedure", "ServiceRequest"})


def load(raw: bytes, key: str, full_url: str | None) -> Selected | DataProblem:
    """The entry, or why it cannot be read."""
    try:
        value = loads(raw)
    except StrictJSONError as error:
        return unreadable(raw, key, str(error))
    kind = text(value.get("resourceType")) if isinstance(value, dict) else None
    if not isinstance(value, dict) or kind is None:
        return unreadable(raw, key, "it is no FHIR resource")
    return Selected(_reference(value, kind, raw, full_url), kind, value, full_url, key)


def unreadable(raw: bytes, key: str, why: str, *, matters: bool | None = None) -> DataProblem:
    """The problem for an entry that cannot be read, under `Type/id` if that much can be."""
    kind, resource_id = kind_of(raw)
    reference = f"{kind}/{resource_id}" if kind and resource_id else key
    may_matter = kind in _ALWAYS_MATTER and not (kind is None and key in SUPPORTING)
    decided = may_matter if matters is None else matters
    return DataProblem("unreadable", reference, why, matters=decided)


def _reference(resource: Json, kind: str, raw: bytes, full_url: str | None) -> str:
    """`Type/id`; without an id the fullUrl, or a digest: never the position, which depends on the order sent."""
    stated = text(resource.get("id"))
    if stated:
        return f"{kind}/{stated}"
    if full_url:
        return type_and_id(full_url) or full_url
    return f"{kind}/{hashlib.sha256(raw).hexdigest()[:8]}"


def latest_of_each(entries: Iterable[Selected]) -> tuple[Selected, ...]:
    """Each resource once: what the hook's context brings before the chart, then its latest version."""
    versions: dict[str, list[Selected]] = defaultdict(list)
    for entry in entries:
        versions[entry.reference].append(entry)
    return tuple(max(found, key=_age) if len(found := versions[ref]) > 1 else found[0] for ref in sorted(versions))


def _age(entry: Selected) -> tuple[tuple[bool, str, int, str], str, str]:
    return (version_of(entry), entry.key, repr(entry.resource))


def version_of(entry: Selected) -> tuple[bool, str, int, str]:
    """What tells which of two contents under one id is the later: the hook's context, then meta."""
    meta = obj(entry.resource.get("meta"))
    version = text(meta.get("versionId")) or ""
    number = int(version) if version.isascii() and version.isdigit() and len(version) < 10 else 0
    context = entry.key.startswith("context.")
    return (context, text(meta.get("lastUpdated")) or "", number, version)
