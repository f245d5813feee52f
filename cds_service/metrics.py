"""Counts what the service does, over all worker processes. Labels are closed sets; nothing of a patient is counted.

The counts are those of the process and its workers: the memory is shared from the moment this module is loaded.
"""

from bisect import bisect_left
from collections.abc import Iterable

from cds_service.metrics_series import (
    BUCKETS_SECONDS,
    CALLBACKS,
    CALLS,
    CARDS,
    DURATIONS,
    FAILURES,
    MODES,
    OTHER,
    SIZE,
    STATUSES,
)
from cds_service.shared_numbers import SharedNumbers

MICROSECONDS = 1_000_000
_NUMBERS = SharedNumbers(SIZE)
_CALL_PLACES = {
    (service, number): place
    for (service, status), place in CALLS.places.items()
    for number, known in enumerate(STATUSES, 2)
    if known == status
}


def count_call(service: str, status: int, seconds: float) -> None:
    """One call of a service that exists, with how it ended and how long it took."""
    call, first = _CALL_PLACES[service, status // 100], DURATIONS.places[service]
    bucket = first + bisect_left(BUCKETS_SECONDS, seconds)
    last = first + len(BUCKETS_SECONDS) + 1
    with _NUMBERS as numbers:
        numbers[call] += 1
        numbers[bucket] += 1
        numbers[last] += round(seconds * MICROSECONDS)


def count_cards(cards: Iterable[tuple[str, str]], *, silent: bool) -> None:
    """The cards of one answer, each as topic and indicator."""
    mode = MODES[silent]
    places = [CARDS.places[topic, indicator, mode] for topic, indicator in cards]
    if not places:
        return
    with _NUMBERS as numbers:
        for place in places:
            numbers[place] += 1


def count_callback(outcome: str) -> None:
    """A prefetch key asked for on a client's FHIR server; an outcome not of CALLBACK_OUTCOMES counts as other."""
    _add_one(CALLBACKS.places.get((outcome,), CALLBACKS.places[OTHER,]))


def count_store_failure(kind: str) -> None:
    """One thing that could not be stored; a kind that is not of STORE_FAILURES counts as other."""
    _add_one(FAILURES.places.get((kind,), FAILURES.places[OTHER,]))


def _add_one(place: int) -> None:
    with _NUMBERS as numbers:
        numbers[place] += 1


def counted() -> tuple[int, ...]:
    """All numbers as they stand, by place."""
    with _NUMBERS as numbers:
        return tuple(numbers)
