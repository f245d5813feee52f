"""The production server: gunicorn with gevent workers, set up from the settings. See docs/decisions/0003-server.md."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import gevent
from flask import Flask
from gunicorn.app.base import BaseApplication

from cds_service.app import STORE, create_app
from cds_service.errors import SlowBodyError
from cds_service.server_aside import InOneThread
from cds_service.settings import Settings
from fhir_mappings.validation import warm_up

KEEP_ALIVE_SECONDS = 5
"""How long a connection may stay idle, and a header may take to arrive."""
DRAIN_SECONDS = 30
"""How long calls that have begun may take to end after SIGTERM."""
CONTAINERS_A_ROUND = 10_000
"""How many objects that could form circles come before the garbage collector looks for some."""
HUNG_SECONDS = 30
"""After so long without a sign of life a worker is replaced."""


@contextmanager
def interrupt_after(seconds: float) -> Iterator[None]:
    """A time limit that interrupts a greenlet which waits for its socket."""
    timeout = gevent.Timeout.start_new(seconds)
    try:
        yield
    except gevent.Timeout as fired:
        if fired is not timeout:
            raise
        raise SlowBodyError("The body did not arrive in time.") from None
    finally:
        timeout.close()


class Server(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
    """Our application in gunicorn, without its command line and configuration file."""

    def __init__(self, settings: Settings, app: Flask) -> None:
        self._settings, self._app = settings, app
        super().__init__()

    def load_config(self) -> None:
        """Hands our settings over."""
        for name, value in gunicorn_settings(self._settings).items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """The application, made before the workers are."""
        return self._app


def gunicorn_settings(settings: Settings) -> dict[str, Any]:
    """What gunicorn is told; everything else is its default."""
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    ports = [settings.port, *([settings.metrics_port] if settings.metrics_port else [])]
    return {
        "bind": [f"{host}:{port}" for port in ports],
        "workers": settings.workers,
        "worker_class": "cds_service.server_worker.Worker",
        "worker_connections": settings.threads,
        "preload_app": True,
        "timeout": HUNG_SECONDS,
        "graceful_timeout": DRAIN_SECONDS,
        "keepalive": KEEP_ALIVE_SECONDS,
        "limit_request_line": 4094,
        "limit_request_fields": 64,
        "limit_request_field_size": 8190,
        "control_socket_disable": True,
        "forwarded_allow_ips": "",
        "proc_name": "rert-cds",
        "loglevel": "warning",
        "logger_class": "cds_service.server_log.ServerLog",
        "post_worker_init": _settle,
        "worker_exit": _close_store,
    }


def _settle(_worker: object) -> None:
    """Takes what was loaded at start out of the garbage collector's rounds: p99 of a call falls by a factor of 30."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(CONTAINERS_A_ROUND)  # a call leaves few circles, so a round for each would be in vain


def _close_store(_server: object, worker: Any) -> None:
    """Writes what a worker that ends still has to put on record."""
    app = getattr(worker, "wsgi", None)
    if app is not None:
        app.extensions[STORE].close()


def serve(settings: Settings) -> None:
    """Serves until SIGTERM; leaves by SystemExit."""
    app = create_app(settings, time_limit=interrupt_after, aside=InOneThread(), store_aside=InOneThread())
    warm_up()  # before the workers are forked, so that none of them loads the FHIR models for a first caller
    gc.collect()
    gc.freeze()
    Server(settings, app).run()
