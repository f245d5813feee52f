"""What several worker processes of one server count and limit together."""

import json
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from client_tokens import ec_key, key_set, public, token
from server_process import ServerProcess, free_port

WORKERS, AT_ONCE, CALLS = "4", 16, 48
CALL = "oncology-patient-view"


@pytest.fixture
def sent(make_body: Callable[..., Any]) -> bytes:
    return json.dumps(make_body()).encode()


def counted(text: bytes, status: str) -> float:
    found = re.search(rf'rert_cds_calls_total{{service="{CALL}",status="{status}"}} ([0-9.]+)'.encode(), text)
    assert found is not None
    return float(found[1])


def test_one_rate_and_one_count_for_all_workers(sent: bytes) -> None:
    server = ServerProcess(WORKERS=WORKERS, RATE_PER_CLIENT="0.001")
    try:
        with ThreadPoolExecutor(AT_ONCE) as threads:
            statuses = list(threads.map(lambda _: server.post(CALL, sent), range(CALLS)))
        assert sorted(statuses) == [200] + [429] * (CALLS - 1)
        pages = [server.ask("GET", "/metrics")[2] for _ in range(8)]
        assert {counted(page, "2xx") for page in pages} == {1}
        assert {counted(page, "4xx") for page in pages} == {CALLS - 1}
    finally:
        server.stop()
    assert server.process.returncode == 0


def test_each_client_has_its_own_rate_and_production_tells_its_counts_at_another_port(
    sent: bytes, tmp_path: Path
) -> None:
    for number, name in enumerate(("one", "two")):
        (tmp_path / f"{name}.json").write_bytes(key_set(public(ec_key(number=number))))
    (tmp_path / "clients.toml").write_text("".join(
        f'[[client]]\nname = "{name}"\nissuer = "https://{name}.example.org"\njwks_file = "{name}.json"\n'
        for name in ("one", "two")
    ))  # fmt: skip
    metrics_port = free_port()
    server = ServerProcess(
        WORKERS=WORKERS, RATE_PER_CLIENT="0.001", METRICS_PORT=str(metrics_port), ENVIRONMENT="production",
        PATIENT_KEY="0123456789abcdef", PUBLIC_BASE_URL="https://cds.example.org",
        CLIENTS_FILE=str(tmp_path / "clients.toml"), DATABASE_URL=f"sqlite:///{tmp_path / 's.sqlite3'}",
    )  # fmt: skip

    def call(number: int) -> int:
        compact = token(ec_key(number=number % 2), iss=f"https://{('one', 'two')[number % 2]}.example.org")
        return server.post(CALL, sent, {"Authorization": f"Bearer {compact}"})

    try:
        with ThreadPoolExecutor(AT_ONCE) as threads:
            statuses = list(threads.map(call, range(CALLS)))
        assert [statuses[0::2].count(200), statuses[1::2].count(200), statuses.count(429)] == [1, 1, CALLS - 2]
        assert server.ask("GET", "/metrics")[0] == 404
        assert server.ask("GET", "/cds-services", port=metrics_port)[0] == 404
        status, _, page = server.ask("GET", "/metrics", headers={"Host": "x"}, port=metrics_port)
        assert (status, counted(page, "2xx"), counted(page, "4xx")) == (200, 2, CALLS - 2)
    finally:
        server.stop()
