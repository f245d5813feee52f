"""Addresses compared by their parts, never as text: what two readers could take for different places is refused.

The parser takes only the plain form of an address. Whatever another reader might resolve, decode or fold (user names,
dot segments, encoded slashes, backslashes, numbers for hosts) makes it no address at all, here.
"""

from dataclasses import dataclass
from ipaddress import AddressValueError, IPv4Address, IPv6Address
from re import ASCII
from re import compile as pattern
from typing import Self
from urllib.parse import unquote, urljoin

LONGEST = 8000
_PORTS = {"http": 80, "https": 443}
_PARTS = pattern(
    r"(?P<scheme>https?)://(?P<host>\[[0-9a-f:.]+\]|[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?)(?::(?P<port>[1-9][0-9]{0,4}))?"
    r"(?P<path>(?:/[^/?#]*)*)(?P<query>\?[^#]*)?",
    ASCII,
)
_ORIGIN = pattern(r"[A-Za-z]+://[^/?#]*", ASCII)
_LOOKS_LIKE_A_NUMBER = pattern(r"(?:0x[0-9a-f]*|[0-9]+)", ASCII)
_PRINTABLE = frozenset(map(chr, range(0x21, 0x7F))) - frozenset('\\"<>^`{}')


@dataclass(frozen=True, slots=True)
class Address:
    """An absolute http(s) address in its plain form: lower case, port stated, host canonical."""

    scheme: str
    host: str
    port: int
    path: str
    query: str = ""

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """The address in this text; None if it is none, or not a plain one.

        >>> Address.parse("https://EHR.example.org/fhir/").base
        'https://ehr.example.org/fhir'
        >>> Address.parse("https://ehr.example.org@evil.example/fhir") is None
        True
        """
        if len(text) > LONGEST or not _PRINTABLE.issuperset(text) or (origin := _ORIGIN.match(text)) is None:
            return None
        found = _PARTS.fullmatch(origin[0].lower() + text[origin.end() :])
        if found is None or (host := _host(found["host"])) is None or not _is_plain(found["path"]):
            return None
        port = int(found["port"] or _PORTS[found["scheme"]])
        if port > 65535:
            return None
        return cls(found["scheme"], host, port, found["path"].rstrip("/"), found["query"] or "")

    @property
    def origin(self) -> tuple[str, str, int]:
        """What a token may not leave."""
        return self.scheme, self.host, self.port

    @property
    def base(self) -> str:
        """The address without its query, as it is called."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if _PORTS[self.scheme] == self.port else f":{self.port}"
        return f"{self.scheme}://{host}{port}{self.path}"

    @property
    def text(self) -> str:
        """The whole address."""
        return self.base + self.query

    def holds(self, other: "Address") -> bool:
        """Whether the other is this address or lies below it, on the border of a path segment."""
        return self.origin == other.origin and (other.path == self.path or other.path.startswith(f"{self.path}/"))

    def follow(self, link: str) -> "Address | None":
        """The address that a link on this page leads to; None if it is none."""
        path, is_absolute = link.partition("?")[0], "://" in link.partition("?")[0]
        if not link or not _PRINTABLE.issuperset(link) or not _is_plain(path.partition("://")[2] or path):
            return None  # looked at before it is joined: joining resolves dot segments
        if not is_absolute and ":" in path:
            return None
        try:
            return Address.parse(link if is_absolute else urljoin(self.text, link))
        except ValueError:
            return None


def _host(text: str) -> str | None:
    """The host in its one spelling; None for numbers that only some readers take for addresses."""
    try:
        if text.startswith("["):
            return str(IPv6Address(text[1:-1]))
        if any(_LOOKS_LIKE_A_NUMBER.fullmatch(part) for part in text.split(".")[-1:]):
            return str(IPv4Address(text))
    except AddressValueError:
        return None
    labels = text.split(".")
    return text if all(0 < len(label) <= 63 for label in labels) and len(text) <= 253 else None


def _is_plain(path: str) -> bool:
    """Whether no segment is empty, a dot segment, or decodes to something with a slash or a percent sign in it."""
    segments = path.strip("/").split("/")
    if "//" in path or any(segment.partition(";")[0] in {".", ".."} for segment in segments):
        return False
    for segment in segments:
        decoded = unquote(segment, errors="strict") if _is_utf8(segment) else "/"
        if decoded in {".", ".."} or any(sign in "/\\%;" or not sign.isprintable() for sign in decoded):
            return False
    return True


def _is_utf8(segment: str) -> bool:
    try:
        unquote(segment, errors="strict")
    except UnicodeDecodeError:
        return False
    return True
