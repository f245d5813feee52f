"""CDS clients for tests: their keys, their tokens (right and wrong), and an address that serves their key sets."""

import json
import ssl
import threading
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from uuid import uuid4

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from joserfc.jwk import ECKey, RSAKey
from joserfc.jws import JWSRegistry

BASE = "https://cds.example.org"
ENDPOINT = f"{BASE}/cds-services/oncology-patient-view"
ISSUER = "https://ehr.example.org"

PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
CURVES: dict[str, ec.EllipticCurve] = {"P-256": ec.SECP256R1(), "P-384": ec.SECP384R1(), "P-521": ec.SECP521R1()}
# the algorithms of the second library, its own narrower choice put aside
_REGISTRY = JWSRegistry(algorithms=["ES256", "ES384", "ES512", "RS256", "RS384", "RS512", "PS384", "HS384", "HS256"])


@lru_cache
def ec_key(curve: str = "P-384", number: int = 0) -> ECKey:
    """A key pair; the same one for the same number."""
    return ECKey.import_key(ec.generate_private_key(CURVES[curve]))


@lru_cache
def rsa_key(bits: int = 2048, number: int = 0) -> RSAKey:
    """A key pair; the same one for the same number."""
    return RSAKey.import_key(rsa.generate_private_key(65537, bits))


def public(key: ECKey | RSAKey, kid: str = "k1", **members: object) -> dict[str, Any]:
    """The key as it stands in a key set."""
    return {**key.as_dict(private=False), "kid": kid, **members}


def key_set(*entries: dict[str, Any]) -> bytes:
    """A JSON Web Key Set."""
    return json.dumps({"keys": entries}).encode()


def claims(now: float | None = None, **changes: object) -> dict[str, Any]:
    """The claims of a good token; None takes one out."""
    now = int(time.time() if now is None else now)
    found = {"iss": ISSUER, "aud": ENDPOINT, "exp": now + 300, "iat": now, "jti": str(uuid4()), **changes}
    return {name: value for name, value in found.items() if value is not None}


def token(key: Any = None, algorithm: str = "ES384", *, header: dict[str, Any] | None = None, **changes: Any) -> str:
    """A token signed by the second library; `header` and `changes` are merged, and None takes a member out."""
    members = {"alg": algorithm, "kid": "k1", "typ": "JWT", **(header or {})}
    members = {name: value for name, value in members.items() if value is not None}
    return signed(key or ec_key(), algorithm, json.dumps(members).encode(), json.dumps(claims(**changes)).encode())


def signed(key: Any, algorithm: str, header: bytes, payload: bytes) -> str:
    """A token of exactly these bytes, rightly signed by the algorithm whatever the header says."""
    parts = f"{part(header)}.{part(payload)}"
    model = _REGISTRY.algorithms[algorithm]
    return f"{parts}.{part(model.sign(parts.encode(), key))}"


def part(raw: bytes) -> str:
    """base64url without padding."""
    return urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")


Answer = Callable[[BaseHTTPRequestHandler], None]


class KeyServer:
    """An address with a key set. It counts the connections it gets."""

    def __init__(self, body: bytes = b"", headers: dict[str, str] | None = None) -> None:
        self.body, self.headers, self.status = body, headers or {}, 200
        self.answer: Answer | None = None
        self.connections = 0
        self.seen: list[dict[str, str]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def setup(self) -> None:
                outer.connections += 1
                super().setup()

            def do_GET(self) -> None:
                outer.seen.append({"path": self.path, **{name.lower(): text for name, text in self.headers.items()}})
                if outer.answer is not None:
                    outer.answer(self)
                    return
                self.send_response(outer.status)
                for name, text in {"Content-Length": str(len(outer.body)), **outer.headers}.items():
                    self.send_header(name, text)
                self.end_headers()
                self.wfile.write(outer.body)

            def handle(self) -> None:
                try:
                    super().handle()
                except OSError:
                    self.close_connection = True

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.address = f"http://127.0.0.1:{self._server.server_port}/jwks.json"

    def wrap(self, context: ssl.SSLContext) -> None:
        """From now on TLS is spoken."""
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)

    @contextmanager
    def running(self) -> Iterator["KeyServer"]:
        thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self._server.shutdown()
            self._server.server_close()
            thread.join()
