"""One request, one answer: names looked up once, every address checked, no redirect, proxy, netrc, cookie or gzip.

The caller has checked that the operator wrote the address down; here it is only made sure that nothing leads astray.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from socket import SOCK_STREAM, getaddrinfo
from threading import Thread
from time import monotonic
from typing import Any
from urllib.parse import SplitResult, urlsplit

from pydantic import SecretStr
from requests import ConnectionError as NoConnectionError
from requests import Session
from requests.exceptions import ConnectTimeout, RequestException, SSLError
from urllib3.exceptions import HTTPError, NewConnectionError

from cds_service.outbound.errors import FetchError, StatusError, TooLateError, UnfitAnswerError
from cds_service.outbound.pinned import PinnedAdapter
from cds_service.outbound.ranges import is_callable

CONNECT_SECONDS = 0.5
"""For an address of a name after which another is tried; the last has all the time that is left."""
ADDRESSES_AT_MOST = 3
"""So many addresses of one name are tried; a name with both IPv4 and IPv6 has two."""
FORM = "application/x-www-form-urlencoded"
_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Ask:
    """What is asked: GET, or POST where there is a form. The token has no readable form."""

    address: str
    accept: str = "application/json"
    token: SecretStr | None = None
    form: str | None = None

    @property
    def headers(self) -> dict[str, str]:
        """The header fields, apart from Host."""
        fields = {"Accept": self.accept, "Accept-Encoding": "identity", "User-Agent": "rert-cds"}
        if self.token is not None:
            fields["Authorization"] = f"Bearer {self.token.get_secret_value()}"
        return fields | ({"Content-Type": FORM} if self.form is not None else {})


@dataclass(frozen=True, slots=True)
class Fetched:
    """The body of an answer with status 200, and its header fields."""

    body: bytes = field(repr=False)
    headers: Mapping[str, str]


def fetch(ask: Ask, *, seconds: float, bytes_at_most: int) -> Fetched:
    """What is answered within `seconds`, names looked up and all; FetchError if it is not a plain 200."""
    answers: SimpleQueue[Fetched | FetchError] = SimpleQueue()
    under_way = _UnderWay(monotonic() + seconds, bytes_at_most)

    def get() -> None:
        try:
            answers.put(under_way.get(ask))
        except FetchError as error:
            answers.put(error)
        except (RequestException, HTTPError, OSError, ValueError, AttributeError) as error:
            answers.put(FetchError(type(error).__name__))

    Thread(target=get, name="fetch", daemon=True).start()
    try:
        answer = answers.get(timeout=max(seconds, 0))
    except Empty:
        under_way.cut()
        raise TooLateError("no complete answer in time") from None
    if isinstance(answer, FetchError):
        raise answer
    return answer


class _UnderWay:
    """One request under way, with its end and the connections to cut then."""

    def __init__(self, ends: float, bytes_at_most: int) -> None:
        self._ends, self._bytes_at_most = ends, bytes_at_most
        self._adapters: list[PinnedAdapter] = []
        self._is_cut = False

    def cut(self) -> None:
        self._is_cut = True
        for adapter in self._adapters:
            adapter.cut()

    def get(self, ask: Ask) -> Fetched:
        where = urlsplit(ask.address)
        if where.scheme not in _PORTS or not where.hostname or "@" in where.netloc:
            raise FetchError("not an http address")
        port = where.port or _PORTS[where.scheme]
        addresses = _checked_addresses(where.hostname, port)
        for address in addresses[:-1]:
            try:
                return self._ask(ask, where, address, port, connect_seconds=CONNECT_SECONDS)
            except (ConnectTimeout, NoConnectionError) as error:
                if not _never_connected(error):
                    raise
        return self._ask(ask, where, addresses[-1], port)

    def _ask(
        self, ask: Ask, where: SplitResult, address: str, port: int, *, connect_seconds: float | None = None
    ) -> Fetched:
        left = self._ends - monotonic()
        if left <= 0 or self._is_cut:
            raise TooLateError("no complete answer in time")
        shown = f"[{address}]:{port}" if ":" in address else f"{address}:{port}"
        with Session() as session:
            session.trust_env = False
            self._adapters.append(adapter := PinnedAdapter(where.hostname or ""))
            session.mount(f"{where.scheme}://", adapter)
            with session.request(
                "GET" if ask.form is None else "POST",
                where._replace(netloc=shown).geturl(),
                headers={**ask.headers, "Host": where.netloc},
                data=ask.form,
                stream=True,
                allow_redirects=False,
                timeout=(min(connect_seconds or left, left), left),
            ) as answer:
                return self._fetched(answer)

    def _fetched(self, answer: Any) -> Fetched:
        if answer.status_code != 200:
            raise StatusError(answer.status_code)
        if answer.headers.get("Content-Encoding", "identity").strip().lower() != "identity":
            raise UnfitAnswerError("a compressed answer")
        announced = answer.headers.get("Content-Length", "")
        if announced.isascii() and announced.isdigit() and int(announced[:20]) > self._bytes_at_most:
            raise self._too_large()
        return Fetched(self._read(answer.raw), dict(answer.headers.lower_items()))

    def _read(self, stream: Any) -> bytes:
        """The whole body; asked until nothing comes, since only then urllib3 says that it was cut short."""
        pieces, size = [], 0
        while piece := stream.read(min(65536, self._bytes_at_most + 1 - size), decode_content=False):
            pieces.append(piece)
            size += len(piece)
            if size > self._bytes_at_most:
                raise self._too_large()
        return b"".join(pieces)

    def _too_large(self) -> UnfitAnswerError:
        return UnfitAnswerError(f"more than {self._bytes_at_most} bytes")


def _checked_addresses(host: str, port: int) -> list[str]:
    """The addresses of a name, looked up once; if one of them may not be called, none is."""
    found = list(dict.fromkeys(str(place[0]) for *_, place in getaddrinfo(host, port, type=SOCK_STREAM)))
    if not found or not all(map(is_callable, found)):
        raise FetchError("an address that is never called")
    return found[:ADDRESSES_AT_MOST]


def _never_connected(error: RequestException) -> bool:
    """Whether not even a connection came about, so that another address of the name may be tried."""
    if isinstance(error, SSLError):
        return False
    cause = error.args[0] if error.args else None
    return isinstance(error, ConnectTimeout) or isinstance(getattr(cause, "reason", None), NewConnectionError)
