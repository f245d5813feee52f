"""Addresses with a double or a trailing slash are answered as if they had none: a redirect would lose a POST."""

from collections.abc import Iterable
from re import compile as pattern
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_SLASHES = pattern(r"/{2,}")


class PlainPaths:
    """WSGI application around another that makes paths plain."""

    def __init__(self, inner: "WSGIApplication") -> None:
        self._inner = inner

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Hands the call on with a plain path."""
        path: str = environ.get("PATH_INFO", "")
        if "//" in path or (path.endswith("/") and path != "/"):
            environ["PATH_INFO"] = _SLASHES.sub("/", path).rstrip("/") or "/"
        return self._inner(environ, start_response)
