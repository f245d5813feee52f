"""The guarded way out: one address that the operator wrote down, one answer, little time, few bytes.

No redirect is followed, no proxy, netrc or cookie is used, nothing is decompressed.
"""

import ssl
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from socket import SHUT_RDWR
from threading import Thread
from typing import Any

from requests import Session
from requests.adapters import HTTPAdapter
from requests.exceptions import RequestException
from urllib3.connection import HTTPConnection
from urllib3.exceptions import HTTPError

CONNECT_SECONDS = 1.0
_HEADERS = {"Accept": "application/json", "Accept-Encoding": "identity", "User-Agent": "rert-cds"}


class FetchError(Exception):
    """Nothing usable came back; the text is one of ours, never the server's."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """The body of an answer with status 200, and its header fields."""

    body: bytes = field(repr=False)
    headers: Mapping[str, str]


class _Cuttable(HTTPAdapter):
    """Connections that can be cut from outside: time limits of sockets start anew with every byte that drips in."""

    def __init__(self) -> None:
        self._opened: list[HTTPConnection] = []
        super().__init__(max_retries=0)

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        """Trusts what the system trusts (and SSL_CERT_FILE names) besides the public authorities."""
        super().init_poolmanager(*args, ssl_context=ssl.create_default_context(), **options)

    def get_connection_with_tls_context(self, *args: Any, **options: Any) -> Any:
        """A pool whose connections are remembered."""
        pool: Any = super().get_connection_with_tls_context(*args, **options)
        make = pool.ConnectionCls

        def remember(*given: Any, **named: Any) -> Any:
            self._opened.append(connection := make(*given, **named))
            return connection

        pool.ConnectionCls = remember
        return pool

    def cut(self) -> None:
        """Ends what is under way."""
        for connection in self._opened:
            with suppress(OSError, AttributeError):
                connection.sock.shutdown(SHUT_RDWR)


def fetch(address: str, *, seconds: float, bytes_at_most: int) -> Fetched:
    """What the address answers within `seconds`, names looked up and all; FetchError if it is not a plain 200."""
    answers: SimpleQueue[Fetched | FetchError] = SimpleQueue()
    connections = _Cuttable()

    def get() -> None:
        try:
            answers.put(_get(address, connections, seconds, bytes_at_most))
        except FetchError as error:
            answers.put(error)
        except (RequestException, HTTPError, OSError, ValueError, AttributeError) as error:
            answers.put(FetchError(type(error).__name__))

    Thread(target=get, name="fetch", daemon=True).start()
    try:
        answer = answers.get(timeout=seconds)
    except Empty:
        connections.cut()
        raise FetchError("no complete answer in time") from None
    if isinstance(answer, FetchError):
        raise answer
    return answer


def _get(address: str, connections: _Cuttable, seconds: float, bytes_at_most: int) -> Fetched:
    with Session() as session:
        session.trust_env = False
        session.mount("https://", connections)
        session.mount("http://", connections)
        with session.get(
            address,
            headers=_HEADERS,
            stream=True,
            allow_redirects=False,
            timeout=(min(CONNECT_SECONDS, seconds), seconds),
        ) as answer:
            if answer.status_code != 200:
                raise FetchError(f"status {answer.status_code}")
            if answer.headers.get("Content-Encoding", "identity").strip().lower() != "identity":
                raise FetchError("a compressed answer")
            return Fetched(_read(answer.raw, bytes_at_most), dict(answer.headers.lower_items()))


def _read(stream: Any, bytes_at_most: int) -> bytes:
    """The whole body; asked until nothing comes, since only then urllib3 says that it was cut short."""
    body = b""
    while piece := stream.read(bytes_at_most + 1 - len(body), decode_content=False):
        body += piece
        if len(body) > bytes_at_most:
            raise FetchError(f"more than {bytes_at_most} bytes")
    return body
