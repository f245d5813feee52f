"""The interface in machine-readable form: JSON Schemas (2020-12) of what is sent and received, and OpenAPI 3.1.

The files stand here as they are published, but for the address and version that only a running service knows.
"""

import json
from importlib.metadata import version
from importlib.resources import files
from typing import Any

_HERE = files("cds_service.openapi")
_SCHEMAS = _HERE.joinpath("schemas")
NAMES = tuple(sorted(entry.name.removesuffix(".json") for entry in _SCHEMAS.iterdir() if entry.name.endswith(".json")))
"""The schemas there are."""


def schema(name: str, base_url: str) -> dict[str, Any]:
    """One of the schemas, named by the address at which it is served."""
    found: dict[str, Any] = json.loads(_SCHEMAS.joinpath(f"{name}.json").read_text("utf-8"))
    return {**found, "$id": f"{base_url}/schemas/{name}.json"}


def openapi(base_url: str, *, with_tokens: bool) -> dict[str, Any]:
    """The description of this service; without tokens it asks for none."""
    found: dict[str, Any] = json.loads(_HERE.joinpath("openapi.json").read_text("utf-8"))
    found["info"]["version"] = version("rert-cds")
    found["servers"] = [{"url": base_url}]
    if not with_tokens:
        del found["security"]
    return found
