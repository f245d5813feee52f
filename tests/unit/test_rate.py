"""RATE_PER_CLIENT: what one second holds may come at once, the rest evenly, each client by itself."""

import multiprocessing
from collections.abc import Callable
from pathlib import Path

import pytest

from cds_service.errors import TooManyCallsError
from cds_service.rate import SECOND_NS, RateLimit, make_rate_limit
from cds_service.settings import Settings

START = 7_654_321_987_654_321  # a machine that has been up for three months


class Clock:
    """A clock that the test moves."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> int:
        return self.now

    def wait(self, seconds: float) -> None:
        self.now += round(seconds * SECOND_NS)


@pytest.fixture
def clock() -> Clock:
    return Clock()


def accepted(limit: RateLimit, calls: int, client: str | None = "a") -> int:
    """How many of so many calls at one moment get through."""
    return sum(_takes(limit, client) for _ in range(calls))


def _takes(limit: RateLimit, client: str | None) -> bool:
    try:
        limit.take(client)
    except TooManyCallsError:
        return False
    return True


@pytest.mark.parametrize(
    ("per_second", "at_once"), [(1, 1), (2, 2), (3, 3), (2.5, 2), (7, 7), (1000, 1000), (0.5, 1), (0.001, 1)]
)
def test_what_one_second_holds_may_come_at_once_and_one_call_always(
    clock: Clock, per_second: float, at_once: int
) -> None:
    limit = RateLimit(per_second, ["a"], clock)
    assert accepted(limit, at_once + 5) == at_once
    clock.wait(3600 * 24)
    assert accepted(limit, at_once + 5) == at_once  # what was not used is not saved up


def test_after_the_burst_calls_come_through_evenly(clock: Clock) -> None:
    limit = RateLimit(4, ["a"], clock)
    assert accepted(limit, 10) == 4
    for wait, expected in ((0.249, 0), (0.001, 1), (0.0, 0), (0.5, 2), (1.0, 4)):
        clock.wait(wait)
        assert accepted(limit, 10) == expected


def test_over_any_stretch_no_more_than_the_rate_and_one_burst_get_through(clock: Clock) -> None:
    limit = RateLimit(3, ["a"], clock)
    through = 0
    for _ in range(400):
        through += accepted(limit, 1)
        clock.wait(0.05)
    assert through == 3 + 3 * 20 - 1  # 20 seconds, of which the last call comes 0.05 s before the end


def test_one_client_does_not_use_up_the_rate_of_another(clock: Clock) -> None:
    limit = RateLimit(2, ["a", "b"], clock)
    assert [accepted(limit, 50, "a"), accepted(limit, 50, "b"), accepted(limit, 1, "a")] == [2, 2, 0]


@pytest.mark.parametrize(("per_second", "seconds"), [(4, 1), (0.5, 2), (0.1, 10), (0.001, 1000)])
def test_the_time_to_wait_is_told_in_whole_seconds_and_is_enough(clock: Clock, per_second: float, seconds: int) -> None:
    limit = RateLimit(per_second, ["a"], clock)
    while _takes(limit, "a"):
        pass
    with pytest.raises(TooManyCallsError) as refused:
        limit.take("a")
    assert refused.value.retry_after_seconds == seconds
    clock.wait(seconds)
    limit.take("a")


def test_calls_that_are_refused_do_not_count(clock: Clock) -> None:
    limit = RateLimit(1, ["a"], clock)
    assert accepted(limit, 1000) == 1
    clock.wait(1)
    assert accepted(limit, 1000) == 1


def _take_many(limit: RateLimit, through: "multiprocessing.Queue[int]") -> None:
    through.put(accepted(limit, 60))


def test_all_processes_share_one_rate(clock: Clock) -> None:
    fork = multiprocessing.get_context("fork")
    limit, through = RateLimit(100, ["a"], clock), fork.Queue()
    workers = [fork.Process(target=_take_many, args=(limit, through)) for _ in range(4)]
    for worker in workers:
        worker.start()
    counts = [through.get(timeout=30) for _ in workers]
    for worker in workers:
        worker.join(30)
    assert sum(counts) == 100


def test_without_the_setting_there_is_no_limit() -> None:
    assert make_rate_limit(Settings.from_environ({})) is None


def test_without_authentication_everyone_is_one_client() -> None:
    limit = make_rate_limit(Settings.from_environ({"RERT_CDS_RATE_PER_CLIENT": "0.001"}))
    assert limit is not None
    assert accepted(limit, 3, None) == 1


def test_every_client_of_the_file_has_a_rate_of_its_own(
    tmp_path: Path, make_settings: Callable[[Path], Settings]
) -> None:
    limit = make_rate_limit(make_settings(tmp_path))
    assert limit is not None
    assert [accepted(limit, 2, name) for name in ("general", "other")] == [1, 1]


@pytest.fixture
def make_settings() -> Callable[[Path], Settings]:
    def make(folder: Path) -> Settings:
        (folder / "clients.toml").write_text("".join(
            f'[[client]]\nname = "{name}"\nissuer = "https://{name}.example.org"\n'
            f'jwks_url = "https://{name}.example.org/jwks.json"\n' for name in ("general", "other")
        ))  # fmt: skip
        return Settings.from_environ(
            {
                "RERT_CDS_AUTH": "jwt",
                "RERT_CDS_RATE_PER_CLIENT": "0.001",
                "RERT_CDS_CLIENTS_FILE": str(folder / "clients.toml"),
            }
        )

    return make
