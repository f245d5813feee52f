"""Numbers that several processes and threads change."""

import multiprocessing
import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from cds_service.shared_numbers import SharedNumbers

FORK = multiprocessing.get_context("fork")
TIMES, AT_ONCE = 2000, 4
SECONDS = 30


def add(numbers: SharedNumbers) -> None:
    for _ in range(TIMES):
        with numbers as values:
            values[1] = values[1] + 1


def test_all_are_zero_at_first_and_keep_what_is_written() -> None:
    numbers = SharedNumbers(3)
    with numbers as values:
        assert list(values)[:3] == [0, 0, 0]
        values[2] = -(2**62)
    with numbers as values:
        assert values[2] == -(2**62)


def test_no_change_is_lost_between_processes() -> None:
    numbers = SharedNumbers(2)
    workers = [FORK.Process(target=add, args=(numbers,)) for _ in range(AT_ONCE)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(SECONDS)
    with numbers as values:
        assert values[1] == AT_ONCE * TIMES


def test_no_change_is_lost_between_threads() -> None:
    numbers = SharedNumbers(2)
    with ThreadPoolExecutor(AT_ONCE) as threads:
        list(threads.map(add, [numbers] * AT_ONCE))
    with numbers as values:
        assert values[1] == AT_ONCE * TIMES


def hold_for_ever(numbers: SharedNumbers) -> None:
    with numbers as values:
        values[0] = 1
        time.sleep(SECONDS * 10)


def test_a_process_that_is_killed_while_it_holds_them_holds_up_nobody() -> None:
    numbers = SharedNumbers(1)
    holder = FORK.Process(target=hold_for_ever, args=(numbers,))
    holder.start()
    while memoryview(numbers._values)[0] == 0:  # it holds them now
        time.sleep(0.001)
    assert holder.pid is not None
    os.kill(holder.pid, signal.SIGKILL)
    with numbers as values:
        values[0] = 2
    holder.join(SECONDS)


def test_an_error_of_the_holder_gives_them_back() -> None:
    numbers = SharedNumbers(1)
    with pytest.raises(ZeroDivisionError), numbers as values:
        values[0] = 1 // 0
    with ThreadPoolExecutor(1) as other:
        assert other.submit(lambda: numbers.__enter__()[0]).result(SECONDS) == 0
