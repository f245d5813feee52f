"""A FHIR server for tests: a chart in memory, served over HTTP, with the habits and faults of real ones."""

import json
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

Json = dict[str, Any]
BASE = "/fhir"
TOKEN = "canary-token-value"  # noqa: S105  # planted, to be looked for in logs
GRANT: Json = {
    "access_token": TOKEN, "token_type": "Bearer", "expires_in": 300, "scope": "patient/*.rs", "subject": "cds",
    "patient": "p1",
}  # fmt: skip


def bundle(resources: list[Json], **members: Any) -> Json:
    """A search result that holds these resources."""
    return {
        "resourceType": "Bundle",
        "type": "searchset",
        "total": len(resources),
        **members,
        **({"entry": [{"resource": resource} for resource in resources]} if resources else {}),
    }


def outcome(text: str = "", code: str = "processing", severity: str = "error") -> Json:
    """An OperationOutcome of one issue."""
    return {"resourceType": "OperationOutcome", "issue": [{"severity": severity, "code": code, "diagnostics": text}]}


class Asked:
    """One request as it arrived."""

    def __init__(self, handler: BaseHTTPRequestHandler) -> None:
        self.method, self.path = handler.command, handler.path
        self.headers = {name.lower(): value for name, value in handler.headers.items()}
        length = int(self.headers.get("content-length", "0"))
        self.form = handler.rfile.read(length).decode()
        split = urlsplit(self.path)
        self.parameters = parse_qs(split.query if self.method == "GET" else self.form, keep_blank_values=True)
        self.below_base = split.path.removeprefix(f"{BASE}/")
        self.kind = self.below_base.partition("/")[0]

    def code(self) -> str:
        """The codes asked for."""
        return self.parameters.get("code", [""])[0]


Answer = tuple[int, Json | bytes, dict[str, str]]
Rule = Callable[[Asked, BaseHTTPRequestHandler], Answer | None]


class _Server(ThreadingHTTPServer):
    request_queue_size = 64
    daemon_threads = True


class FhirServer:
    """Serves `chart` (prefetch values by `Type` or by key of Observation); `rule` may answer first, or write itself."""

    def __init__(self, chart: Json | None = None) -> None:
        self.chart: Json = chart or {}
        self.rule: Rule | None = None
        self.page_size: int | None = None
        self.only_subject = self.only_post = False
        self.token: str | None = TOKEN
        self.asked: list[Asked] = []
        self.connections = 0
        self._lock = threading.Lock()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def setup(self) -> None:
                with outer._lock:
                    outer.connections += 1
                super().setup()

            def do_GET(self) -> None:
                outer._answer(self)

            def do_POST(self) -> None:
                outer._answer(self)

            def handle(self) -> None:
                try:
                    super().handle()
                except OSError:
                    self.close_connection = True

            def log_message(self, *_: object) -> None:
                pass

        self._server = _Server(("127.0.0.1", 0), Handler)
        self.port = self._server.server_port
        self.address = f"http://127.0.0.1:{self.port}{BASE}"

    def reset(self, chart: Json) -> None:
        """Another chart, and everything else as at the start."""
        self.chart, self.rule, self.page_size, self.token = chart, None, None, TOKEN
        self.only_subject = self.only_post = False
        self.asked, self.connections = [], 0

    def wrap(self, context: ssl.SSLContext) -> None:
        """From now on TLS is spoken."""
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)

    @property
    def paths(self) -> list[str]:
        """What was asked, without parameters."""
        return sorted(asked.below_base.partition("?")[0] for asked in self.asked)

    @contextmanager
    def running(self) -> Iterator["FhirServer"]:
        thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self._server.shutdown()
            self._server.server_close()
            thread.join()

    def _answer(self, handler: BaseHTTPRequestHandler) -> None:
        asked = Asked(handler)
        with self._lock:
            self.asked.append(asked)
        answer = self.rule(asked, handler) if self.rule else None
        if handler.close_connection and answer == (0, b"", {}):
            return  # the rule wrote by itself
        send(handler, *(answer or self.chart_answer(asked)))

    def chart_answer(self, asked: Asked) -> Answer:
        """What an honest server answers."""
        if self.token is not None and asked.headers.get("authorization") != f"Bearer {self.token}":
            return 401, outcome("no"), {}
        if asked.kind == "Patient":
            return (200, self.chart["patient"], {}) if "patient" in self.chart else (404, outcome(), {})
        if self.only_post and asked.method == "GET" and "_page" not in asked.parameters:
            return 405, outcome("POST only"), {}
        if asked.method == "POST" and not asked.below_base.endswith("/_search"):
            return 400, outcome("create?"), {}
        return self._search(asked)

    def _search(self, asked: Asked) -> Answer:
        if self.only_subject and "patient" in asked.parameters:
            return 400, outcome("Unknown search parameter 'patient'"), {}
        if "_page" not in asked.parameters:
            named = asked.parameters.get("subject" if self.only_subject else "patient", [""])[0]
            if named.removeprefix("Patient/") != self.chart["patient"]["id"]:
                return 400, outcome("whose?"), {}
        value = self.chart.get(self._key(asked), bundle([]))
        if self.page_size is None or value.get("resourceType") != "Bundle":
            return 200, value, {}
        return 200, self._page(value, asked), {}

    def _key(self, asked: Asked) -> str:
        keys = {"Condition": "conditions", "Procedure": "procedures", "BodyStructure": "volumes",
                "MedicationRequest": "medications", "DiagnosticReport": "reports"}  # fmt: skip
        if asked.kind == "Observation":
            code = asked.parameters.get("_of", [asked.code()])[0]
            return "radiationDose" if code.startswith(("http://loinc.org|73569-6", "dose")) else "observations"
        return keys[asked.kind]

    def _page(self, value: Json, asked: Asked) -> Json:
        start, size = int(asked.parameters.get("_page", ["0"])[0]), self.page_size or 1
        entries = value.get("entry", [])
        page = {**value, "total": len(entries), "entry": entries[start : start + size]}
        if start + size < len(entries):
            of = "&_of=dose" if self._key(asked) == "radiationDose" else ""
            page["link"] = [{"relation": "next", "url": f"{self.address}/{asked.kind}?_page={start + size}{of}"}]
        return page


def send(handler: BaseHTTPRequestHandler, status: int, body: Json | bytes, headers: dict[str, str]) -> None:
    """Writes an answer."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    handler.send_response(status)
    named = {"Content-Type": "application/fhir+json", "Content-Length": str(len(raw)), **headers}
    for name, text in named.items():
        handler.send_header(name, text)
    handler.end_headers()
    handler.wfile.write(raw)
