"""Addresses with a double or a trailing slash are answered as if they had none: a redirect would lose a POST.

An encoded slash (%2F) is no border between segments: a proxy before us would not take it for one, and might let through
as one address what we would answer as another.
"""

from collections.abc import Iterable
from re import compile as pattern
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_SLASHES = pattern(r"/{2,}")
_ENCODED_SLASH = "%2F"
_NOWHERE = "/%2F"
"""An address at which nothing is served."""


class PlainPaths:
    """WSGI application around another that makes paths plain."""

    def __init__(self, inner: "WSGIApplication") -> None:
        self._inner = inner

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Hands the call on with a plain path."""
        path: str = environ.get("PATH_INFO", "")
        if _ENCODED_SLASH in str(environ.get("RAW_URI", "")).partition("?")[0].upper():
            path = environ["PATH_INFO"] = _NOWHERE
        if "//" in path or (path.endswith("/") and path != "/"):
            environ["PATH_INFO"] = _SLASHES.sub("/", path).rstrip("/") or "/"
        return self._inner(environ, start_response)
