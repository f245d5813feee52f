"""Published pages: the card topics, our own extension, and what the rules are, from which sources, for whom."""

from importlib.resources import files

from flask import Flask, Response, render_template

from cards import code_system
from cds_service.errors import UnknownAddressError
from cds_service.parts import Parts
from cds_service.wire import FHIR_TYPE, json_answer, to_json
from clinical_rules.knowledge.listing import listing

_PROFILES = "profiles"
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


def add_pages(app: Flask, parts: Parts) -> None:
    """Routes of the published pages; each is made once."""
    topics = to_json(code_system(parts.settings.public_base_url))
    dose_metric = _profile("dose-metric")
    with app.app_context():
        transparency = render_template(
            "transparency.html", version=parts.knowledge.version, rows=listing(parts.knowledge)
        )

    @app.get("/fhir/CodeSystem/card-topic")
    def card_topics() -> Response:
        return json_answer(topics, media_type=FHIR_TYPE)

    @app.get("/fhir/StructureDefinition/dose-metric")
    def dose_metric_extension() -> Response:
        if dose_metric is None:
            raise UnknownAddressError("Nothing is served at this address.")
        return json_answer(dose_metric, media_type=FHIR_TYPE)

    @app.get("/transparency")
    def what_the_rules_are() -> Response:
        page = Response(transparency, content_type="text/html; charset=utf-8")
        page.headers["Content-Security-Policy"] = _POLICY
        page.headers["X-Content-Type-Options"] = "nosniff"
        return page


def _profile(name: str) -> bytes | None:
    """A StructureDefinition that the readers of FHIR publish, if it is there."""
    folder = files("fhir_mappings").joinpath(_PROFILES)
    found = (entry for entry in folder.iterdir() if entry.name.endswith(".json") and name in entry.name)
    entry = next(found, None) if folder.is_dir() else None
    return entry.read_bytes() if entry else None
