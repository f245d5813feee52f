"""create_app: the one place where the parts are chosen and joined."""

from flask import Flask
from structlog.typing import FilteringBoundLogger

from cds_service.body import TimeLimit, no_limit
from cds_service.cors import add_cors
from cds_service.errors import SettingsError
from cds_service.failures import add_failures
from cds_service.feedback_views import add_feedback
from cds_service.metrics_edge import add_metrics
from cds_service.openapi.pages import add_openapi
from cds_service.pages import add_pages
from cds_service.parts import make_parts
from cds_service.paths import PlainPaths
from cds_service.settings import Settings
from cds_service.settings_checks import combination_problems
from cds_service.store.database import Database
from cds_service.store.store import Store
from cds_service.trust.aside import Aside
from cds_service.trust.joining import make_trust
from cds_service.views import add_views

STORE = "rert-cds-store"
"""Under which the application holds its store, for the server to close."""
OF_TOKENS = ("replay_store_down",)
"""Settings that have an effect only while tokens are asked for."""


def create_app(
    settings: Settings,
    *,
    log: FilteringBoundLogger | None = None,
    time_limit: TimeLimit = no_limit,
    aside: Aside | None = None,
    store_aside: Aside | None = None,
) -> Flask:
    """The application for these settings; SettingsError or KnowledgeError if it cannot start."""
    if problems := combination_problems(settings):
        raise SettingsError(problems)
    parts = make_parts(settings, log)
    store = Store(Database(settings.database_url.get_secret_value()), parts, aside=store_aside)
    store.start()
    trust = make_trust(settings, parts.switches, parts.log, aside=aside) if settings.auth == "jwt" else None
    app = Flask("cds_service", static_folder=None, template_folder="web/templates")
    app.extensions[STORE] = store
    app.url_map.merge_slashes = False
    add_failures(app, parts.log)
    add_cors(app, settings.cors_origins)
    add_metrics(app, settings, parts.knowledge.version)
    add_views(app, parts, trust, store, time_limit)
    add_feedback(app, parts, trust, store, time_limit)
    add_pages(app, parts)
    add_openapi(app, settings)
    if settings.demo:
        from cds_service import demo  # only the demo needs its patients and pages

        demo.register(app, settings.time_zone)
    app.wsgi_app = PlainPaths(app.wsgi_app)  # type: ignore[method-assign]  # as Flask documents for middleware
    _say_how_it_runs(settings, parts.log)
    return app


def _say_how_it_runs(settings: Settings, log: FilteringBoundLogger) -> None:
    if settings.auth == "none":
        log.warning("no-authentication", address=settings.public_base_url)
    without_effect = () if settings.auth == "jwt" else OF_TOKENS
    idle = sorted(name.upper() for name in without_effect if name in settings.model_fields_set)
    if idle:
        log.warning("settings-without-effect", settings=idle)
