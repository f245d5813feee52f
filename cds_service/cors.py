"""CORS: which browser origins may call, on answers and errors alike; a preflight needs no token."""

from collections.abc import Sequence

from flask import Flask, Response, request

ALLOWED = {
    "Access-Control-Allow-Methods": "GET, POST, OPTIONS",
    "Access-Control-Allow-Headers": "Authorization, Content-Type",
    "Access-Control-Max-Age": "600",
}
EXPOSED = "Retry-After, WWW-Authenticate"
"""What a page may read of an answer beside its body and type."""


def add_cors(app: Flask, origins: Sequence[str]) -> None:
    """Headers for origins of the list, compared as a whole; never with credentials."""
    anyone = "*" in origins
    listed = frozenset(origins)

    @app.after_request
    def allow(answer: Response) -> Response:
        origin = request.environ.get("HTTP_ORIGIN")
        if not anyone:
            answer.headers.add("Vary", "Origin")
        if origin is None or not (anyone or origin in listed):
            return answer
        answer.headers["Access-Control-Allow-Origin"] = "*" if anyone else origin
        answer.headers["Access-Control-Expose-Headers"] = EXPOSED
        if request.method == "OPTIONS":
            answer.headers.update(ALLOWED)
        return answer
