"""Connections to one address that was looked up and checked; certificate, SNI and Host still go by the name."""

import os
import ssl
from contextlib import suppress
from functools import lru_cache
from socket import SHUT_RDWR
from typing import Any

from certifi import where
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection


class PinnedAdapter(HTTPAdapter):
    """Connections that can be cut from outside: time limits of sockets start anew with every byte that drips in."""

    def __init__(self, host: str) -> None:
        self._host = host
        self._opened: list[HTTPConnection] = []
        self._is_cut = False
        super().__init__(max_retries=0)

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        """Certificates must be for the host by its name, not for the address that is connected to."""
        super().init_poolmanager(*args, ssl_context=_context(), server_hostname=self._host, **options)

    def cert_verify(self, *_args: Any, **_options: Any) -> None:
        """Nothing to load: the context holds all authorities, and demands a certificate."""

    def get_connection_with_tls_context(self, *args: Any, **options: Any) -> Any:
        """A pool whose connections are remembered."""
        pool: Any = super().get_connection_with_tls_context(*args, **options)
        make = pool.ConnectionCls

        def remember(*given: Any, **named: Any) -> Any:
            if self._is_cut:
                raise OSError
            self._opened.append(connection := make(*given, **named))
            return connection

        pool.ConnectionCls = remember
        return pool

    def cut(self) -> None:
        """Ends what is under way, and lets nothing new begin."""
        self._is_cut = True
        for connection in self._opened:
            with suppress(OSError, AttributeError):
                connection.sock.shutdown(SHUT_RDWR)


def _context() -> ssl.SSLContext:
    return _context_for(os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR"))


@lru_cache(maxsize=2)
def _context_for(_file: str | None, _folder: str | None) -> ssl.SSLContext:
    """What the system trusts (and SSL_CERT_FILE names) besides the public authorities; costly, so made once."""
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_verify_locations(where())
    return context
