"""Where keys come from: fetched seldom, kept as long as allowed, and never lost to a fault."""

import io
import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from client_tokens import ISSUER, ec_key, key_set, public

from cds_service.log import make_log
from cds_service.settings_files import Client
from cds_service.trust.freshness import AT_MOST_SECONDS, DEFAULT_SECONDS, freshness
from cds_service.trust.key_sources import LOOK_AGAIN_SECONDS, FileKeys
from cds_service.trust.outbound import Fetched, FetchError
from cds_service.trust.url_keys import RETRY_SECONDS, RETRY_WITHOUT_KEYS_SECONDS, UNKNOWN_KEY_SECONDS, UrlKeys

ADDRESS = "https://ehr.example.org/jwks.json"
OLD, NEW = key_set(public(ec_key(), "old")), key_set(public(ec_key(), "old"), public(ec_key(number=1), "new"))


class Remote:
    """A key set at an address, a clock, and how often it was asked."""

    def __init__(self, body: bytes = OLD, **headers: str) -> None:
        self.body, self.headers = body, {name.replace("_", "-"): text for name, text in headers.items()}
        self.now, self.asked, self.down = 1000.0, 0, False
        self.stream = io.StringIO()
        client = Client(name="hospital", issuer=ISSUER, jwks_url=ADDRESS)
        self.source = UrlKeys(client, make_log(self.stream), clock=lambda: self.now, fetch=self.fetch)

    def fetch(self, address: str) -> Fetched:
        assert address == ADDRESS
        self.asked += 1
        self.now += 0.01
        if self.down:
            raise FetchError("status 503")
        return Fetched(self.body, self.headers)

    def has(self, kid: str, later: float = 0.0) -> bool:
        self.now += later
        keys = self.source.keys(kid)
        return keys is not None and keys.key(kid, "ES384") is not None

    @property
    def log(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.stream.getvalue().splitlines()]


def test_keys_are_fetched_at_the_first_call_and_kept() -> None:
    remote = Remote()
    assert remote.asked == 0
    assert [remote.has("old", 1) for _ in range(100)] == [True] * 100
    assert remote.asked == 1


def test_a_new_key_is_found_by_the_very_call_that_brings_it() -> None:
    remote = Remote()
    assert remote.has("old")
    remote.body = NEW
    assert remote.has("new", 1)
    assert remote.asked == 2


@pytest.mark.conforms("J156")
def test_ids_that_nobody_has_cause_one_fetch_in_thirty_seconds() -> None:
    remote = Remote()
    assert remote.has("old")
    assert not any(remote.has(f"random-{number}") for number in range(10_000))
    assert remote.asked == 2
    assert not any(remote.has(f"random-{number}", UNKNOWN_KEY_SECONDS / 100) for number in range(101))
    assert remote.asked == 3
    assert remote.has("old")


def test_the_first_load_does_not_count_and_is_not_repeated_for_the_id_that_caused_it() -> None:
    remote = Remote()
    assert not remote.has("new")
    assert remote.asked == 1
    remote.body = NEW
    assert remote.has("new", 1)
    assert remote.asked == 2


@pytest.mark.parametrize("cache_control", ["no-store", "no-cache", "max-age=0", "max-age=0, must-revalidate"])
def test_a_set_that_may_not_be_kept_does_not_let_strangers_make_us_fetch(cache_control: str) -> None:
    remote = Remote(cache_control=cache_control)
    assert remote.has("old")
    assert not any(remote.has(f"random-{number}", 0.01) for number in range(2900))
    assert remote.asked == 2


def test_a_withdrawn_key_goes_when_the_set_is_no_longer_fresh() -> None:
    remote = Remote(NEW, cache_control="max-age=60")
    assert remote.has("old")
    remote.body = key_set(public(ec_key(number=1), "new"))
    assert remote.has("old", 59)
    assert not remote.has("old", 2)
    assert remote.asked == 2


def test_an_emptied_set_withdraws_every_key() -> None:
    remote = Remote()
    assert remote.has("old")
    remote.body = key_set()
    assert not remote.has("old", DEFAULT_SECONDS + 1)


def test_while_the_address_is_down_the_last_good_keys_serve_for_a_day() -> None:
    remote = Remote()
    assert remote.has("old")
    remote.down = True
    assert all(remote.has("old", 600) for _ in range(143))
    assert not remote.has("old", 1200)
    assert {line["event"] for line in remote.log} == {"keys-fetched", "keys-not-fetched"}
    assert remote.log[-1]["client"] == "hospital"
    remote.down = False
    assert remote.has("old", RETRY_WITHOUT_KEYS_SECONDS)


def test_keys_that_must_be_checked_again_do_not_outlive_their_time() -> None:
    remote = Remote(cache_control="max-age=60, must-revalidate")
    assert remote.has("old")
    remote.down = True
    assert remote.has("old", 59)
    assert not remote.has("old", 2)


@pytest.mark.parametrize("body", [b"<html>", b"{}", b"", key_set(*[{"kid": str(n)} for n in range(51)])])
def test_an_answer_that_is_no_key_set_leaves_the_last_good_keys(body: bytes) -> None:
    remote = Remote()
    assert remote.has("old")
    remote.body = body
    assert remote.has("old", DEFAULT_SECONDS + 1)
    assert remote.log[-1]["error"] == "KeySetError"


def test_an_address_that_is_down_is_tried_again_seldom() -> None:
    remote = Remote()
    remote.down = True
    assert not any(remote.has("old") for _ in range(100))
    assert remote.asked == 1
    remote.down = False
    assert remote.has("old", RETRY_WITHOUT_KEYS_SECONDS)
    remote.down = True
    assert all(remote.has("old", DEFAULT_SECONDS if first else 0.1) for first in (True, *[False] * 99))
    assert remote.asked == 3
    remote.down = False
    assert remote.has("old", RETRY_SECONDS)
    assert remote.asked == 4


def test_calls_that_come_while_keys_are_fetched_wait_for_that_answer() -> None:
    gate, began = threading.Event(), threading.Event()
    found: list[bool] = []
    asked = 0

    def slow(_address: str) -> Fetched:
        nonlocal asked
        asked += 1
        began.set()
        assert gate.wait(5)
        return Fetched(NEW, {})

    client = Client(name="hospital", issuer=ISSUER, jwks_url=ADDRESS)
    source = UrlKeys(client, make_log(io.StringIO()), fetch=slow)

    def call() -> None:
        keys = source.keys("new")
        found.append(keys is not None and keys.key("new", "ES384") is not None)

    threads = [threading.Thread(target=call) for _ in range(8)]
    for thread in threads:
        thread.start()
    assert began.wait(5)
    gate.set()
    for thread in threads:
        thread.join()
    assert (found, asked) == ([True] * 8, 1)


@pytest.mark.parametrize(
    ("headers", "fresh"),
    [
        ({}, DEFAULT_SECONDS), ({"cache-control": "max-age=120"}, 120), ({"cache-control": "public, MAX-AGE=120"}, 120),
        ({"cache-control": 'max-age="120"'}, 120), ({"cache-control": "max-age=120", "age": "100"}, 20),
        ({"cache-control": "max-age=120", "age": "500"}, 5), ({"cache-control": "max-age=0"}, 5),
        ({"cache-control": "no-store, max-age=600"}, 5), ({"cache-control": "max-age=99999999"}, AT_MOST_SECONDS),
        ({"cache-control": "max-age=-1"}, DEFAULT_SECONDS), ({"cache-control": "max-age=x"}, DEFAULT_SECONDS),
        ({"cache-control": "max-age=60, max-age=30"}, 30), ({"cache-control": "max-age=" + "9" * 50}, DEFAULT_SECONDS),
    ],
)  # fmt: skip
def test_how_long_a_set_is_fresh_is_what_the_server_says_within_bounds(headers: dict[str, str], fresh: float) -> None:
    assert freshness(headers).fresh_seconds == fresh


Start = Callable[[bytes], tuple[FileKeys, Path, list[float]]]


@pytest.fixture
def file_keys(tmp_path: Path) -> Start:
    def start(raw: bytes) -> tuple[FileKeys, Path, list[float]]:
        path, clock = tmp_path / "keys.json", [0.0]
        path.write_bytes(raw)
        client = Client(name="hospital", issuer=ISSUER, jwks_file=str(path))
        return FileKeys(client, make_log(io.StringIO()), clock=lambda: clock[0]), path, clock

    return start


def replace(path: Path, raw: bytes) -> None:
    path.with_suffix(".new").write_bytes(raw)
    path.with_suffix(".new").replace(path)


@pytest.mark.conforms("J155")
def test_a_key_file_is_read_again_at_once_for_an_id_it_did_not_have(file_keys: Start) -> None:
    source, path, _ = file_keys(OLD)
    replace(path, NEW)
    keys = source.keys("new")
    assert keys is not None
    assert keys.key_ids == {"old", "new"}


def test_a_key_taken_out_of_the_file_is_refused_within_seconds(file_keys: Start) -> None:
    source, path, clock = file_keys(NEW)
    replace(path, OLD)
    clock[0] += LOOK_AGAIN_SECONDS
    keys = source.keys("new")
    assert keys is not None
    assert keys.key_ids == {"old"}


@pytest.mark.parametrize("raw", [b"", b"{", b"[]", OLD + b" " * 300_000])
def test_a_broken_key_file_leaves_in_force_what_was(file_keys: Start, raw: bytes) -> None:
    source, path, clock = file_keys(OLD)
    replace(path, raw)
    clock[0] += LOOK_AGAIN_SECONDS
    keys = source.keys("old")
    assert keys is not None
    path.unlink()
    assert source.keys("other") == keys


def test_without_a_readable_file_there_are_no_keys(file_keys: Start) -> None:
    source, _, _ = file_keys(b"nothing")
    assert source.keys("old") is None
