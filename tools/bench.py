"""Speed of patient-view as ratios against a floor measured in the same run. `make bench`; never a test.

The floor is the same server and the same Flask application with a route that reads the same body and returns a
constant. One caller, one worker; every request differs; floor and service take turns, so both see the same machine.
"""

import http.client
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
from bench_charts import KINDS, MARK, body

PORT = 8766
SIZES = (20, 200, 2000)
CALLS = {20: 1500, 200: 800, 2000: 120}
AIMS = {("quiet", 200): 0.4, ("typical", 200): 0.1}
SERVICE, FLOOR = "/cds-services/oncology-patient-view", "/floor"


def main() -> None:
    """Prints the table."""
    print(f"{'chart':8} {'resources':>9} {'kB':>6} {'floor/s':>8} {'ours/s':>8} {'ratio':>6} "
          f"{'p50 ms':>7} {'p99 ms':>7} {'p99/p50':>7}  aim")  # fmt: skip
    with _server() as worker:
        for kind in KINDS:
            for size in SIZES:
                _row(kind, size)
        memory = worker.memory_info().rss / 2**20
    print(f"memory of the worker: {memory:.0f} MiB (aim: under 150)")


def _row(kind: str, size: int) -> None:
    chart = body(kind, size)
    _measure(chart, CALLS[size] // 10, 0)
    floor, ours = _measure(chart, CALLS[size], CALLS[size])
    per_second = [1 / statistics.fmean(times) for times in (floor, ours)]
    p50, p99 = statistics.median(ours) * 1000, statistics.quantiles(ours, n=100)[98] * 1000
    aim = f"ratio {AIMS[kind, size]}" if (kind, size) in AIMS else ""
    print(
        f"{kind:8} {size:9} {len(chart) // 1000:6} {per_second[0]:8.0f} {per_second[1]:8.0f} "
        f"{per_second[1] / per_second[0]:6.2f} {p50:7.2f} {p99:7.2f} {p99 / p50:7.1f}  {aim}"
    )


def _measure(chart: bytes, calls: int, start: int) -> tuple[list[float], list[float]]:
    connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=30)
    floor, ours = [], []
    for number in range(start, start + calls):
        for path, times in ((FLOOR, floor), (SERVICE, ours)):
            marked = chart.replace(MARK.encode(), f"bench-{number:07}".encode())
            times.append(_call(connection, path, marked))
    connection.close()
    return floor, ours


def _call(connection: http.client.HTTPConnection, path: str, marked: bytes) -> float:
    began = time.perf_counter()
    connection.request("POST", path, marked, {"Content-Type": "application/json"})
    answer = connection.getresponse()
    payload = answer.read()
    took = time.perf_counter() - began
    assert answer.status == 200, payload[:500]
    return took


@contextmanager
def _server() -> Iterator[psutil.Process]:
    store = tempfile.TemporaryDirectory()
    settings = {
        **os.environ,
        "RERT_CDS_DATABASE_URL": f"sqlite:///{store.name}/bench.sqlite3",
        "RERT_CDS_PORT": str(PORT),
        "RERT_CDS_WORKERS": "1",
        "RERT_CDS_MAX_BODY_BYTES": str(2**24),
    }
    here = Path(__file__).parent
    process = subprocess.Popen(
        [sys.executable, here / "bench_server.py"], env=settings, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _wait()
        yield psutil.Process(process.pid).children()[0]
    finally:
        process.terminate()
        process.wait(timeout=40)
        store.cleanup()


def _wait() -> None:
    deadline = time.monotonic() + 60
    while True:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=2)
            connection.request("GET", "/health/live")
            connection.getresponse().read()
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)
        else:
            return


if __name__ == "__main__":
    main()
