"""The page at /demo: pick a synthetic patient and a moment, see the request, the cards and the answer."""

import json
from datetime import date, datetime
from importlib.resources import files
from time import perf_counter
from zoneinfo import ZoneInfo

from flask import Flask, Response, render_template, request
from jinja2 import PackageLoader
from markdown_it import MarkdownIt
from werkzeug.test import Client

from cds_service.demo.chart import Story
from cds_service.demo.stories import stories

_MOMENTS = {
    "oncology-patient-view": "Chart opened",
    "oncology-order-select": "Order selected",
    "oncology-order-sign": "Order about to be signed",
    "oncology-problem-list-item-create": "Problem just added",
}
_POLICY = "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'self'"


def register(app: Flask, time_zone: str = "UTC") -> None:
    """Adds the page, its style and the raw requests to an application."""
    app.jinja_loader = PackageLoader("cds_service", "web/templates")
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    app.add_template_filter(markdown.render, "markdown")
    style = files("cds_service").joinpath("web/demo.css").read_text("utf-8")

    @app.get("/demo", strict_slashes=False)
    def demo() -> Response:
        told = _stories(time_zone)
        story = _chosen(told, request.args.get("patient"))
        service_id = request.args.get("service")
        service_id = service_id if service_id in story.services else story.services[-1]
        page = render_template(
            "demo.html",
            stories=told,
            story=story,
            moments=_MOMENTS,
            service_id=service_id,
            **_call(app, story, service_id),
        )
        return Response(page, mimetype="text/html", headers={"Content-Security-Policy": _POLICY})

    @app.get("/demo/style.css")
    def demo_style() -> Response:
        return Response(style, mimetype="text/css")

    @app.get("/demo/requests/<patient_id>/<service_id>")
    def demo_request(patient_id: str, service_id: str) -> Response:
        found = next((story for story in _stories(time_zone) if story.id == patient_id), None)
        if found is None or service_id not in found.services:
            return Response('{"error": "no such synthetic patient or service"}', 404, mimetype="application/json")
        return Response(json.dumps(found.request(service_id), indent=2), mimetype="application/json")


def _stories(time_zone: str) -> tuple[Story, ...]:
    today: date = datetime.now(ZoneInfo(time_zone)).date()
    return stories(today)


def _chosen(told: tuple[Story, ...], patient_id: str | None) -> Story:
    return next((story for story in told if story.id == patient_id), told[0])


def _call(app: Flask, story: Story, service_id: str) -> dict[str, object]:
    """Calls the service as an EHR would, with the application's own WSGI entry."""
    body = json.dumps(story.request(service_id)).encode()
    began = perf_counter()
    answer = Client(app).post(f"/cds-services/{service_id}", data=body, content_type="application/json")
    took_ms = (perf_counter() - began) * 1000
    payload = json.loads(answer.get_data(as_text=True))
    return {
        "cards": payload.get("cards", []),
        "outcome": payload if answer.status_code != 200 else None,
        "took_ms": took_ms,
        "answer": json.dumps(payload, indent=2, ensure_ascii=False),
    }
