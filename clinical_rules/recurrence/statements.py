"""Which cancer a status or stage speaks of."""

from collections.abc import Sequence
from typing import TypeVar

from clinical_rules.diseases import Disease
from clinical_rules.facts import CancerStage, DiseaseStatus
from clinical_rules.recurrence.index import TreatedCancer

Statement = TypeVar("Statement", DiseaseStatus, CancerStage)


def about(
    statements: Sequence[Statement], cancer: TreatedCancer, cancers: Sequence[TreatedCancer], spread: Sequence[Disease]
) -> tuple[Statement, ...]:
    """The statements on one cancer: those that name it or its metastases; unnamed ones where it is the only one."""
    only = len(_candidates(cancers)) == 1 and cancer in _candidates(cancers)
    own = cancer.index.references | _metastases_of(cancer, spread, only)
    others = frozenset(ref for other in cancers if other is not cancer for ref in other.index.references)
    return tuple(
        statement
        for statement in statements
        if own.intersection(statement.focus) or (only and others.isdisjoint(statement.focus))
    )


def _candidates(cancers: Sequence[TreatedCancer]) -> list[TreatedCancer]:
    """The cancers that a statement can mean: those in the chart, else those in the history."""
    return [each for each in cancers if not each.index.is_history] or list(cancers)


def _metastases_of(cancer: TreatedCancer, spread: Sequence[Disease], only: bool) -> frozenset[str]:
    refs = cancer.index.references
    mine = (each for each in spread if only or any(entry.related_primary in refs for entry in each.members))
    return frozenset(reference for each in mine for reference in each.references)
