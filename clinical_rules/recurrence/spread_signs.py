"""Metastases on file, each with the cancer it belongs to, and what it shows."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from clinical_rules.diseases import Disease
from clinical_rules.facts import PartialDate
from clinical_rules.picture import PresentTumour, TumourSign
from clinical_rules.recurrence.assembly import tumour
from clinical_rules.recurrence.chart import Chart
from clinical_rules.recurrence.index import TreatedCancer
from clinical_rules.recurrence.judging import after, months_after
from clinical_rules.recurrence.spread import SpreadVerdict, part_of, sign_of, sources_of, verdict
from clinical_rules.recurrence.statements import about

RETURNED = frozenset({"recurrence", "relapse"})
LONGEST_LABEL = 60
"""Characters of the labels of the cancers that a metastasis may come from."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A metastasis with the cancers it may come from; `sources` holds one where that is known."""

    disease: Disease
    sources: tuple[TreatedCancer, ...]
    verdict: SpreadVerdict
    sign: TumourSign

    @property
    def recurrence(self) -> bool:
        """Whether it counts as a recurrence: by its dates, or because its own status says so."""
        returned = any(entry.clinical_status in RETURNED for entry in self.disease.members)
        return returned or self.verdict.kind == "recurrence"


def judged_spread(chart: Chart) -> tuple[Judged, ...]:
    """All metastases and nodes that are not called gone."""
    found = tuple(_judge(disease, chart) for disease in chart.spread if not disease.ended)
    return tuple(_as_progression(each) if _goes_on(each, found, chart) else each for each in found)


def _goes_on(each: Judged, found: Sequence[Judged], chart: Chart) -> bool:
    """Whether a metastasis is one more of a cancer that was metastatic from the start and goes on."""
    day = each.disease.onset or each.disease.recorded
    if each.verdict.kind != "recurrence" or len(each.sources) != 1 or day is None:
        return False
    return metastatic_throughout(each.sources[0], day, found, chart)


def metastatic_throughout(cancer: TreatedCancer, day: PartialDate, found: Sequence[Judged], chart: Chart) -> bool:
    """Whether a cancer was metastatic from the start, without remission or a time free of treatment until a day."""
    stage_iv = (each for each in found if each.verdict.kind == "stage-iv" and each.disease.lead.role == "secondary")
    if not any(cancer in each.sources for each in stage_iv):
        return False
    statuses = about(chart.facts.statuses, cancer, chart.cancers, chart.spread)
    if any(status.value == "remission" and status.date and after(day, status.date) for status in statuses):
        return False
    end, gap_months = cancer.ended_before(day), int(chart.knowledge.number("recurrence.disease-free-gap-months"))
    return end is None or months_after(day, end, gap_months) == "no"


def _as_progression(each: Judged) -> Judged:
    """The same metastasis, told as progression."""
    judged = SpreadVerdict("present", "documented", "metastatic from the start: progression")
    part = each.sign.parts[0] if each.sign.parts else None
    return replace(each, verdict=judged, sign=sign_of(each.disease, part, judged))


def of_one_cancer(cancer: TreatedCancer, spread: Sequence[Judged]) -> Iterator[tuple[bool, TumourSign]]:
    """The signs that the metastases of a cancer give: with True a recurrence, with False progression."""
    for each in spread:
        if each.sources == (cancer,) and (each.recurrence or each.verdict.kind == "present"):
            yield each.recurrence, each.sign


def of_unknown_primary(spread: Sequence[Judged], chart: Chart) -> Iterator[PresentTumour]:
    """Metastases of which it is not known from which cancer they come: one tumour for all of them."""
    homeless = [each for each in spread if len(each.sources) != 1]
    recurred = [each for each in homeless if each.recurrence]
    if recurred:
        found = tumour("recurrence", [each.sign for each in recurred], None, chart, label=_label(recurred))
        yield replace(found, missing=("the primary cancer that it belongs to",))


def _label(homeless: Sequence[Judged]) -> str:
    labels = sorted({source.index.label for each in homeless for source in each.sources})
    named = " or ".join(labels)
    if len(named) > LONGEST_LABEL:
        return f"one of {len(labels)} cancers on file"
    return named or "cancer of unknown primary"


def _judge(disease: Disease, chart: Chart) -> Judged:
    days = int(chart.knowledge.number("recurrence.synchronous-metastasis-days"))
    sources = sources_of(disease, chart.cancers, days=days)
    part = part_of(disease, [source.index for source in sources], chart.knowledge)
    judged = verdict(disease, sources, chart.given, knowledge=chart.knowledge)
    return Judged(disease, sources, judged, sign_of(disease, part, judged))
