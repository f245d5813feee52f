"""The counts in the text form that Prometheus reads."""

from collections.abc import Iterable, Iterator, Sequence

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily, InfoMetricFamily, Metric
from prometheus_client.registry import Collector

from cds_service.metrics import MICROSECONDS, counted
from cds_service.metrics_series import BUCKETS_SECONDS, COUNTERS, DURATIONS, Counter

CONTENT_TYPE = CONTENT_TYPE_LATEST


class _Counted(Collector):
    def __init__(self, knowledge_version: str) -> None:
        self._knowledge_version = knowledge_version

    def collect(self) -> Iterable[Metric]:
        """All families, from one look at the numbers."""
        numbers = counted()
        yield from (_counter(counter, numbers) for counter in COUNTERS)
        yield _durations(numbers)
        yield InfoMetricFamily(
            "rert_cds_knowledge", "Version of the knowledge in force", value={"version": self._knowledge_version}
        )


def _counter(counter: Counter, numbers: Sequence[int]) -> Metric:
    family = CounterMetricFamily(counter.name, counter.meaning, labels=counter.labels)
    for values, place in counter.places.items():
        family.add_metric(values, numbers[place])
    return family


def _durations(numbers: Sequence[int]) -> Metric:
    family = HistogramMetricFamily(DURATIONS.name, DURATIONS.meaning, labels=("service",))
    for service, first in DURATIONS.places.items():
        last = first + len(BUCKETS_SECONDS) + 1
        family.add_metric([service], list(_up_to(numbers[first:last])), numbers[last] / MICROSECONDS)
    return family


def _up_to(counts: Sequence[int]) -> Iterator[tuple[str, float]]:
    """Each bucket as Prometheus wants it: how many were at most so long."""
    total = 0
    for bound, count in zip((*map(str, BUCKETS_SECONDS), "+Inf"), counts, strict=True):
        total += count
        yield bound, total


def registry(knowledge_version: str) -> CollectorRegistry:
    """A registry of ours alone, which knows nothing of process or platform."""
    ours = CollectorRegistry(auto_describe=False)
    ours.register(_Counted(knowledge_version))
    return ours


def text(registry: CollectorRegistry) -> bytes:
    """Everything in it, as it stands now."""
    return generate_latest(registry)
