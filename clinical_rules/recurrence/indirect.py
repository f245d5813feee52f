"""Signs outside the diagnoses: disease status, stage, tumour markers, new treatment of the same region."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal

from clinical_rules.facts import CancerStage, DiseaseStatus, StatusPattern, TumourMarker
from clinical_rules.knowledge import KnowledgeOn
from clinical_rules.picture import Certainty, SpreadPart, TumourSign
from clinical_rules.recurrence.index import TreatedCancer
from clinical_rules.recurrence.judging import after, months_after
from clinical_rules.recurrence.spread_signs import Judged

PART_OF_PATTERN: dict[StatusPattern, SpreadPart] = {
    "local": "local", "regional": "regional", "distant": "distant", "biochemical": "biochemical", "systemic": "distant",
}  # fmt: skip
MARKERS = "recurrence-markers"
"""The markers in blood whose rise may show a return, with the sites they belong to."""


def of_statuses(
    statuses: Iterable[DiseaseStatus], cancer: TreatedCancer | None, spread: Sequence[Judged] = ()
) -> Iterator[tuple[bool, TumourSign]]:
    """Statements on the course of the disease: with True a recurrence, with False progression or residual disease."""
    for status in statuses:
        focus = [each for each in spread if not each.disease.ended and set(each.disease.references) & set(status.focus)]
        for recurred, sign in _of_status(status, cancer):
            yield recurred, _at_metastases(sign, focus) if focus else sign


def _at_metastases(sign: TumourSign, focus: Sequence[Judged]) -> TumourSign:
    """The sign of a status that speaks of metastases: it lies where they lie, "local" too means there."""
    names = " and ".join(each.disease.lead.label or "metastasis" for each in focus)
    return replace(
        sign,
        words=f"{sign.words}, of {names}",
        parts=tuple(sorted({part for each in focus for part in each.sign.parts})),
        metastatic_site=focus[0].sign.metastatic_site,
        sites=tuple(sorted({place for each in focus for place in each.disease.body_sites}, key=repr)),
    )


def _of_status(status: DiseaseStatus, cancer: TreatedCancer | None) -> Iterator[tuple[bool, TumourSign]]:
    parts = tuple(sorted({PART_OF_PATTERN[pattern] for pattern in status.patterns}))
    if status.value == "recurrence":
        yield True, _status(status, "documented", "disease status: recurrence", parts)
    elif status.value == "worsened" and parts:
        why = f"disease status: worsened, {' and '.join(parts)}{_gap_words(status, cancer)}"
        yield True, _status(status, "documented", why, parts)
    elif status.value == "worsened":
        yield (
            _treated(status, cancer),
            _status(status, "possible", "disease status: worsened, place not stated", ()),
        )
    elif status.value == "residual":
        yield False, _status(status, "documented", "disease status: residual tumour", parts)


def of_stages(stages: Iterable[CancerStage]) -> Iterator[TumourSign]:
    """Stages with the r prefix, which is given to recurrences only."""
    for stage in stages:
        if stage.recurrent:
            words = f"stage of a recurrence ({stage.value})"
            yield TumourSign(stage.reference, "documented", words, date=stage.date, recorded=stage.date)


def of_markers(
    markers: Sequence[TumourMarker], cancer: TreatedCancer, *, knowledge: KnowledgeOn
) -> Iterator[TumourSign]:
    """A marker that rose after a time without treatment: possible, and no more, whatever its value."""
    gap_months = int(knowledge.number("recurrence.disease-free-gap-months"))
    factor = knowledge.number("recurrence.marker-rise-factor")
    mine = [each for each in markers if cancer.index.disease.site in knowledge.family(MARKERS, each.marker)]
    for kind in sorted({(each.marker, each.unit) for each in mine if each.unit}):
        series = sorted((each for each in mine if (each.marker, each.unit) == kind and each.date), key=_marker_order)
        if sign := _rise(series, cancer, factor, gap_months):
            yield sign


def _rise(series: Sequence[TumourMarker], cancer: TreatedCancer, factor: Decimal, gap_months: int) -> TumourSign | None:
    """The newest value against the lowest one before it, both after the end of treatment."""
    if not series or series[-1].date is None:
        return None
    last, end = series[-1], cancer.ended_before(series[-1].date)
    if end is None or last.value is None or months_after(series[-1].date, end, gap_months) != "yes":
        return None
    before = [each.value for each in series[:-1] if each.value is not None and each.date and after(each.date, end)]
    if not before or last.value <= 0 or last.value < factor * min(before):
        return None
    words = f"{last.marker} rose from {min(before)} to {last.value} {last.unit} after treatment ended {end}"
    return TumourSign(last.reference, "possible", words, ("biochemical",), last.date, last.date)


def _marker_order(marker: TumourMarker) -> tuple[str, str]:
    return str(marker.date), marker.reference


def _status(status: DiseaseStatus, certainty: Certainty, words: str, parts: tuple[SpreadPart, ...]) -> TumourSign:
    words += f" ({status.date or 'no date'}{', imaging only' if status.imaging_only else ''})"
    return TumourSign(status.reference, certainty, words, parts, status.date, status.date)


def _treated(status: DiseaseStatus, cancer: TreatedCancer | None) -> bool:
    """Whether treatment had ended when a status was stated; without any, it is the first course of the disease."""
    if cancer is None or not cancer.blocks:
        return False
    if status.date is None:
        return True
    block = cancer.block_before(status.date)
    return block is not None and not block.running and block.end.earliest < status.date.latest


def _gap_words(status: DiseaseStatus, cancer: TreatedCancer | None) -> str:
    return "" if _treated(status, cancer) else " (progression or recurrence: no time without treatment on file)"
