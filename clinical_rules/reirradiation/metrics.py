"""Dose metrics: which of them compare with each other, and with that of a limit."""

import re
from collections.abc import Iterable
from math import nan
from typing import Literal

from clinical_rules.facts import DoseToVolume

Comparison = Literal["like", "over-only", "unstated", "none"]
"""`like`: comparable; `over-only`: an exceedance tells something, the rest nothing; `none`: never compared."""

NEAR_MAX = "near-maximum"
NEAR_MAXIMA = frozenset({"dmax", "point", "d0.03cc"})
_DOSE_TO_CC = re.compile(r"d(\d+(?:\.\d+)?)cc", re.ASCII)


def metric_of(volume: DoseToVolume) -> str | None:
    """The metric a dose states; a point dose is one."""
    if volume.metric is None and volume.point_dose:
        return "point"
    return volume.metric


def metric_class(metric: str | None) -> str | None:
    """Metrics of one class add and compare: the near-maximum ones together, every other by itself."""
    if metric is None:
        return None
    name = metric.lower()
    return NEAR_MAX if name in NEAR_MAXIMA else name


def compare(found: Iterable[str | None], limit_metric: str) -> Comparison:
    """How a sum of doses in these classes compares with a limit in its own metric.

    A dose to a smaller volume is never below that to a larger one: over the limit it is a caution, below it
    says nothing. The other way round, and for means and volumes, there is no comparison.
    """
    classes = set(found)
    stated = classes - {None}
    limit = metric_class(limit_metric)
    if len(stated) > 1:
        return "none"
    if not stated:
        return "unstated"
    only = stated.pop()
    if only == limit:
        return "unstated" if None in classes else "like"
    return "over-only" if _volume_cc(only) < _volume_cc(limit) else "none"


def _volume_cc(name: str | None) -> float:
    """The volume a metric names; the maximum none; a metric of another kind compares with nothing."""
    if name == NEAR_MAX:
        return 0
    match = _DOSE_TO_CC.fullmatch(name or "")
    return float(match[1]) if match else nan
