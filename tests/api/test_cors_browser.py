"""A page of another origin in a real browser, as the public CDS Hooks sandbox is one: discovery, a call, feedback."""

import html
import json
import re
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from client_tokens import BASE, ISSUER, ec_key, key_set, public, token
from server_process import ServerProcess

CHROMIUM = shutil.which("chromium") or ""
FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--virtual-time-budget=10000",
]  # fmt: skip
EXAMPLE = Path(__file__).parents[1] / "examples" / "spine-metastasis-worse-after-its-radiotherapy" / "request.json"
VIEW = "oncology-patient-view"
PAGE = """<!doctype html><title>client</title><pre id="told"></pre><script>
const calls = CALLS;
async function all() {
  const told = [];
  for (const [path, options] of calls) {
    try {
      const answer = await fetch(path, options);
      const text = await answer.text();
      told.push([answer.status, text ? Object.keys(JSON.parse(text))[0] : "", answer.headers.get("WWW-Authenticate")]);
    } catch (error) { told.push([0, error.name, null]); }
  }
  document.getElementById("told").textContent = JSON.stringify(told);
}
all();
</script>"""

pytestmark = pytest.mark.skipif(not CHROMIUM, reason="the Debian package chromium is not installed")


class Quiet(SimpleHTTPRequestHandler):
    """Serves a folder and writes nothing."""

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def page(tmp_path: Path) -> Iterator[tuple[str, Callable[..., list[Any]]]]:
    """The origin of a page, and what a browser that opens it is told by these calls."""
    folder = tmp_path / "page"
    folder.mkdir()
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    origin = f"http://127.0.0.1:{server.server_port}"

    def told(calls: list[tuple[str, dict[str, Any]]]) -> list[Any]:
        (folder / "client.html").write_text(PAGE.replace("CALLS", json.dumps(calls)))
        command = [CHROMIUM, *FLAGS, f"--user-data-dir={tmp_path / 'profile'}", "--dump-dom", f"{origin}/client.html"]
        shown = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout
        found = re.search(r'<pre id="told">(.+?)</pre>', shown, re.DOTALL)
        assert found, shown
        return list(json.loads(html.unescape(found[1])))

    yield origin, told
    server.shutdown()
    server.server_close()


@contextmanager
def serving(**settings: str) -> Iterator[str]:
    server = ServerProcess(WORKERS="1", **settings)
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.stop()


def calls_of(address: str, bearer: Callable[[str], str]) -> list[tuple[str, dict[str, Any]]]:
    """What a client in a page sends: a token and a media type each time, hence a preflight each time."""
    view, feedback = f"/cds-services/{VIEW}", f"/cds-services/{VIEW}/feedback"
    said = {"card": "c", "outcome": "overridden", "outcomeTimestamp": "2026-01-10T09:30:00Z"}

    def headers(path: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {bearer(path)}", "Content-Type": "application/json"}

    return [
        (f"{address}/cds-services", {"headers": headers("/cds-services")}),
        (f"{address}{view}", {"method": "POST", "headers": headers(view), "body": EXAMPLE.read_text()}),
        (f"{address}{feedback}",
         {"method": "POST", "headers": headers(feedback), "body": json.dumps({"feedback": [said]})}),
        (f"{address}{view}",
         {"method": "POST", "headers": {"Content-Type": "application/json"}, "body": "{}"}),
    ]  # fmt: skip


@pytest.mark.conforms("K163", "K164", "K165")
def test_in_development_a_page_of_any_origin_may_call_and_read_errors(
    page: tuple[str, Callable[..., list[Any]]],
) -> None:
    _, told = page
    with serving() as address:
        assert told(calls_of(address, lambda _: "ignored")) == [
            [200, "services", None], [200, "cards", None], [200, "", None], [400, "resourceType", None]
        ]  # fmt: skip


@pytest.mark.conforms("K163", "K166", "H137")
def test_with_a_list_a_page_of_a_listed_origin_may_call_with_tokens_and_another_may_not(
    page: tuple[str, Callable[..., list[Any]]], tmp_path: Path
) -> None:
    origin, told = page
    (tmp_path / "keys.json").write_bytes(key_set(public(ec_key())))
    (tmp_path / "clients.toml").write_text(f'[[client]]\nname = "h"\nissuer = "{ISSUER}"\njwks_file = "keys.json"\n')
    settings = {"AUTH": "jwt", "CLIENTS_FILE": str(tmp_path / "clients.toml"), "PUBLIC_BASE_URL": BASE}
    stores = (f"sqlite:///{tmp_path / name}.sqlite3" for name in ("listed", "other"))
    with serving(CORS_ORIGINS=origin, DATABASE_URL=next(stores), **settings) as address:
        assert told(calls_of(address, lambda path: token(aud=BASE + path))) == [
            [200, "services", None], [200, "cards", None], [200, "", None], [401, "resourceType", "Bearer"]
        ]  # fmt: skip
    with serving(CORS_ORIGINS="https://other.example.org", DATABASE_URL=next(stores), **settings) as address:
        assert told(calls_of(address, lambda path: token(aud=BASE + path))) == [[0, "TypeError", None]] * 4
