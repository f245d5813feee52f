"""What is counted: every series with its closed set of label values, and where its number stands.

All series exist from the start. Nothing that a caller sends becomes a label.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product
from typing import get_args

from cards.model import Indicator
from cards.topics import TOPIC_BY_CODE
from cds_service.callbacks.reasons import Reason
from cds_service.services import BY_ID

OTHER = "other"
STATUSES = ("2xx", "3xx", "4xx", "5xx")
MODES = ("live", "silent")
ANSWERED = "answered"
STORE_FAILURES = ("record", "feedback", "tokens", OTHER)


def outcome_of(reason: Reason) -> str:
    """The label of a reason why a key could not be fetched."""
    return reason.name.lower().replace("_", "-")


CALLBACK_OUTCOMES = (ANSWERED, *map(outcome_of, Reason), OTHER)
BUCKETS_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0)
"""CDS Hooks asks for answers in about 0.5 s; DEADLINE_MS is 2 s unless set."""


@dataclass(frozen=True, slots=True)
class Counter:
    """A family of numbers that only grow; `places` are those of its label values."""

    name: str
    meaning: str
    labels: tuple[str, ...]
    places: Mapping[tuple[str, ...], int]


@dataclass(frozen=True, slots=True)
class Durations:
    """A histogram for each service: from `places[service]` on its buckets, one for what is longer, and the sum."""

    name: str
    meaning: str
    places: Mapping[str, int]


def _counter(first: int, name: str, meaning: str, **labels: tuple[str, ...]) -> Counter:
    rows = list(product(*labels.values()))
    return Counter(name, meaning, tuple(labels), {row: place for place, row in enumerate(rows, first)})


_SERVICES = tuple(BY_ID)
CALLS = _counter(0, "rert_cds_calls", "Calls of CDS services", service=_SERVICES, status=STATUSES)
CARDS = _counter(
    len(CALLS.places), "rert_cds_cards", "Cards composed; in silent mode they are not sent",
    topic=tuple(TOPIC_BY_CODE), indicator=get_args(Indicator), mode=MODES,
)  # fmt: skip
CALLBACKS = _counter(
    max(CARDS.places.values()) + 1, "rert_cds_callbacks", "Prefetch keys asked for on the FHIR servers of clients",
    outcome=CALLBACK_OUTCOMES,
)  # fmt: skip
FAILURES = _counter(
    max(CALLBACKS.places.values()) + 1, "rert_cds_store_failures", "What could not be stored", kind=STORE_FAILURES
)
COUNTERS = (CALLS, CARDS, CALLBACKS, FAILURES)
_FIRST, _WIDTH = max(FAILURES.places.values()) + 1, len(BUCKETS_SECONDS) + 2
DURATIONS = Durations(
    "rert_cds_call_duration_seconds",
    "Time from the arrival of a call's headers to its answer",
    {service: _FIRST + number * _WIDTH for number, service in enumerate(_SERVICES)},
)
SIZE = _FIRST + len(_SERVICES) * _WIDTH
