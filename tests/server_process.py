"""`rert-cds serve` as a process of its own, for tests of what several workers do together."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping

SECONDS = 15
ENDS_WITHIN = 60  # a worker that does not end by itself is ended when the time to drain is over


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


class ServerProcess:
    """A server on a free port, ready to be called."""

    def __init__(self, **settings: str) -> None:
        self.port = free_port()
        environ = {name: value for name, value in os.environ.items() if not name.startswith("RERT_CDS_")}
        settings = {"DATABASE_URL": "sqlite:///:memory:", **settings}
        environ |= {f"RERT_CDS_{name}": value for name, value in {**settings, "PORT": str(self.port)}.items()}
        command = [sys.executable, "-W", "error", "-m", "cds_service", "serve"]
        self._written = ""
        self._log = tempfile.TemporaryFile("w+")  # noqa: SIM115 - closed by stop; a pipe unread would stop the server
        self.process = subprocess.Popen(command, env=environ, stderr=self._log, text=True)
        ends = time.monotonic() + SECONDS * 2
        while self.ask("GET", "/health/ready")[0] != 200:
            if time.monotonic() > ends or self.process.poll() is not None:
                raise AssertionError(self.stop())
            time.sleep(0.05)

    def ask(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        *,
        port: int | None = None,
    ) -> tuple[int, Mapping[str, str], bytes]:
        """Status, headers and body over a connection of its own; status 0 if there is no answer."""
        connection = http.client.HTTPConnection("127.0.0.1", port or self.port, timeout=SECONDS)
        try:
            connection.request(method, path, body, dict(headers or {}))
            answer = connection.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read()
        except OSError:
            return 0, {}, b""
        finally:
            connection.close()

    def post(self, service: str, body: bytes, headers: Mapping[str, str] | None = None) -> int:
        """The status of a service call."""
        sent = {"Content-Type": "application/json", **(headers or {})}
        return self.ask("POST", f"/cds-services/{service}", body, sent)[0]

    def stop(self) -> str:
        """Ends it, and returns what it wrote."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=ENDS_WITHIN)
        if not self._log.closed:
            self._log.seek(0)
            self._written = self._log.read()
            self._log.close()
        return self._written
