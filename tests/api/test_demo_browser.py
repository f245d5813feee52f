"""The demonstration as its user meets it: the command, the printed address, a real browser."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

import pytest

CHROMIUM = shutil.which("chromium") or ""
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--virtual-time-budget=5000",
]


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    settings = {**os.environ, "RERT_CDS_PORT": "8767", "RERT_CDS_WORKERS": "1", "PYTHONUNBUFFERED": "1"}
    process = subprocess.Popen(
        [sys.executable, "-m", "cds_service", "demo"],
        env=settings,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    try:
        yield _printed_address(process.stdout)
    finally:
        process.terminate()
        process.wait(timeout=60)
        process.stdout.close()


def _printed_address(lines: TextIO) -> str:
    for line in lines:
        if match := re.search(r"(http://\S+)/demo", line):
            return match[1]
    raise AssertionError("rert-cds demo printed no address")


@pytest.mark.skipif(not CHROMIUM, reason="the Debian package chromium is not installed")
def test_a_browser_shows_the_card_that_the_service_answers(address: str, tmp_path: Path) -> None:
    url = f"{address}/demo?patient=demo-spine-exceeds&service=oncology-order-sign"
    shown = _dump(url, tmp_path)
    assert "cumulative EQD2 73.3 Gy exceeds" in shown
    assert re.search(r"<table>.*Spinal cord.*</table>", shown, re.DOTALL), "the dose table was not rendered"


def _dump(url: str, profile: Path) -> str:
    command = [CHROMIUM, *FLAGS, f"--user-data-dir={profile}", "--dump-dom", url]
    for _ in range(20):  # the workers may still be starting
        shown = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout
        if "rert-cds" in shown:
            return shown
    raise AssertionError("the page did not come up")
