"""The CodeX re-irradiation flag on a draft order: the order goes back whole, with nothing else changed."""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

FLAG = (
    "http://hl7.org/fhir/us/codex-radiation-therapy/StructureDefinition/"
    "codexrt-radiotherapy-course-involves-reirradiation"
)
_SNOMED = "http://snomed.info/sct"
_COURSE = "1217123003"  # radiotherapy course of treatment; phases and plans do not carry the flag
_COURSE_PROFILES = ("codexrt-radiotherapy-course-prescription", "codexrt-radiotherapy-planned-course")


def with_flag(order: Mapping[str, Any]) -> dict[str, Any] | None:
    """The order with the flag set to true; None where it cannot carry the flag or has it already."""
    extensions = order.get("extension", [])
    if not _is_course_order(order) or not isinstance(extensions, list) or _flagged(extensions):
        return None
    flagged = deepcopy(dict(order))
    entries = flagged.get("extension", [])
    denials = [entry for entry in entries if _is_flag(entry)]
    for entry in denials:  # where the flag stands already, it stays where it is
        entry["valueBoolean"] = True
    flagged["extension"] = entries if denials else [*entries, {"url": FLAG, "valueBoolean": True}]
    return flagged


def _is_flag(entry: object) -> bool:
    return isinstance(entry, Mapping) and entry.get("url") == FLAG


def _flagged(extensions: list[Any]) -> bool:
    return any(_is_flag(entry) and entry.get("valueBoolean") is True for entry in extensions)


def _is_course_order(order: Mapping[str, Any]) -> bool:
    """A ServiceRequest for a whole course, by its SNOMED CT code or its CodeX profile."""
    if order.get("resourceType") != "ServiceRequest":
        return False
    code, meta = order.get("code"), order.get("meta")
    codings = code.get("coding") if isinstance(code, Mapping) else None
    profiles = meta.get("profile") if isinstance(meta, Mapping) else None
    return any(
        isinstance(coding, Mapping) and coding.get("system") == _SNOMED and coding.get("code") == _COURSE
        for coding in (codings if isinstance(codings, list) else ())
    ) or any(
        isinstance(profile, str) and profile.partition("|")[0].endswith(_COURSE_PROFILES)
        for profile in (profiles if isinstance(profiles, list) else ())
    )
