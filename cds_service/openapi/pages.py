"""Serves the description of the interface and its schemas."""

from flask import Flask, Response

from cds_service.errors import UnknownAddressError
from cds_service.openapi import NAMES, openapi, schema
from cds_service.settings import Settings
from cds_service.wire import json_answer, to_json

SCHEMA_TYPE = "application/schema+json"


def add_openapi(app: Flask, settings: Settings) -> None:
    """Routes of the description; each is made once."""
    base_url = settings.public_base_url
    description = to_json(openapi(base_url, with_tokens=settings.auth == "jwt"))
    schemas = {name: to_json(schema(name, base_url)) for name in NAMES}

    @app.get("/openapi.json")
    def describe() -> Response:
        return json_answer(description)

    @app.get("/schemas/<name>.json")
    def json_schema(name: str) -> Response:
        if name not in schemas:
            raise UnknownAddressError("There is no schema of this name.")
        return json_answer(schemas[name], media_type=SCHEMA_TYPE)
