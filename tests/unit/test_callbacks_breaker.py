"""A server that fails again and again is left alone for a while, and then tried once."""

import pytest

from cds_service.callbacks.breaker import FAILURES_TO_OPEN, OPEN_SECONDS, Breaker


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def opened(clock: Clock) -> Breaker:
    breaker = Breaker(clock)
    for _ in range(FAILURES_TO_OPEN):
        assert breaker.lets_through()
        breaker.failed()
    return breaker


def test_it_opens_after_so_many_failures_in_a_row_and_not_before(clock: Clock) -> None:
    breaker = Breaker(clock)
    for _ in range(FAILURES_TO_OPEN - 1):
        breaker.failed()
    assert breaker.lets_through()
    breaker.failed()
    assert not breaker.lets_through()


def test_a_success_in_between_begins_the_count_anew(clock: Clock) -> None:
    breaker = Breaker(clock)
    for _ in range(3):
        for _ in range(FAILURES_TO_OPEN - 1):
            breaker.failed()
        breaker.succeeded()
    assert breaker.lets_through()


def test_after_its_time_one_call_is_let_through_and_the_others_wait_for_it(clock: Clock) -> None:
    breaker = opened(clock)
    clock.now += OPEN_SECONDS - 0.01
    assert not breaker.lets_through()
    clock.now += 0.01
    assert [breaker.lets_through() for _ in range(3)] == [True, False, False]


def test_the_one_call_decides(clock: Clock) -> None:
    breaker = opened(clock)
    clock.now += OPEN_SECONDS
    assert breaker.lets_through()
    breaker.failed()
    assert not breaker.lets_through()
    clock.now += OPEN_SECONDS
    assert breaker.lets_through()
    breaker.succeeded()
    assert [breaker.lets_through() for _ in range(3)] == [True] * 3


def test_a_trial_of_which_nothing_is_heard_is_followed_by_another(clock: Clock) -> None:
    breaker = opened(clock)
    clock.now += OPEN_SECONDS
    assert breaker.lets_through()
    clock.now += OPEN_SECONDS
    assert breaker.lets_through()
