"""Asserts that an installed wheel owns its package names alone, carries its data, and serves."""

import json
import os
import subprocess
import sys
import time
import urllib.request
from importlib import metadata
from pathlib import Path

PACKAGES = ("cards", "cds_service", "clinical_rules", "fhir_mappings")
PORT = "8765"


def owners() -> None:
    """Each top-level name belongs to this distribution and to no other."""
    by_package = metadata.packages_distributions()
    for name in PACKAGES:
        assert by_package[name] == ["rert-cds"], f"{name} is owned by {by_package[name]}"
    stray = [str(p) for p in metadata.files("rert-cds") or () if p.parts[0] in {"tests", "tools", "docs"}]
    assert not stray, f"the wheel carries {stray}"


def serves(environment: Path) -> None:
    """`rert-cds serve` answers discovery and health, and ends with status 0 on SIGTERM."""
    settings = {**os.environ, "RERT_CDS_PORT": PORT, "RERT_CDS_WORKERS": "1"}
    process = subprocess.Popen([environment / "bin" / "rert-cds", "serve"], env=settings)
    try:
        services = json.loads(_wait_for(f"http://127.0.0.1:{PORT}/cds-services"))["services"]
        assert len(services) == 4, services
    finally:
        process.terminate()
    assert process.wait(timeout=60) == 0, "serve did not end with status 0"


def _wait_for(url: str) -> bytes:
    deadline = time.monotonic() + 30
    while True:
        try:
            with urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310 - our own loopback address
                return bytes(answer.read())
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)


if __name__ == "__main__":
    owners()
    serves(Path(sys.argv[1]))
