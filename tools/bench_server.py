"""The benchmark's server: the production server and application, with one more route that is the floor."""

import gc
import os

from flask import Response, request

from cds_service.app import create_app
from cds_service.body import read_body
from cds_service.server import Server, interrupt_after
from cds_service.server_aside import InOneThread
from cds_service.settings import Settings


def main() -> None:
    """Serves until SIGTERM."""
    settings = Settings.from_environ(os.environ)
    app = create_app(settings, time_limit=interrupt_after, store_aside=InOneThread())

    @app.post("/floor")
    def floor() -> Response:
        read_body(request.environ, at_most=settings.max_body_bytes, time_limit=interrupt_after)
        return Response(b'{"cards": []}', mimetype="application/json")

    gc.collect()
    gc.freeze()
    Server(settings, app).run()


if __name__ == "__main__":
    main()
