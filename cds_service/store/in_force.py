"""What was in force when an answer was given: versions, settings that bear on the advice, switches."""

import json
from collections.abc import Mapping
from hashlib import sha256
from importlib.metadata import version
from typing import Any

from cds_service.settings import Settings
from cds_service.settings_files import Switches

BEARING = (
    "deadline_ms", "imaging_window_days", "max_cards", "mode", "organ_function_window_days", "public_base_url",
    "recovery_scheme", "time_zone", "unverified_codes",
)  # fmt: skip
"""Settings with which the same data may give other advice, or none. None of them is a secret."""


def in_force(settings: Settings, switches: Switches, knowledge_version: str) -> dict[str, Any]:
    """All of it, as JSON."""
    return {
        "software": version("rert-cds"),
        "knowledge": knowledge_version,
        "settings": settings.model_dump(mode="json", include=set(BEARING)),
        "switches": switches.model_dump(mode="json"),
    }


def digest_of(content: Mapping[str, Any]) -> str:
    """SHA-256 over the content; what is the same has the same one."""
    return sha256(json.dumps(content, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
