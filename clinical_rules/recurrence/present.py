"""The tumours that are present now."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta

from clinical_rules.facts import DiseaseStatus, PatientFacts
from clinical_rules.knowledge import KnowledgeOn
from clinical_rules.picture import PresentTumour, TumourSign
from clinical_rules.recurrence.assembly import still_there, treated_since, tumour
from clinical_rules.recurrence.chart import Chart, read_chart
from clinical_rules.recurrence.index import TreatedCancer
from clinical_rules.recurrence.indirect import of_markers, of_stages, of_statuses
from clinical_rules.recurrence.judging import after, more_than_days_after
from clinical_rules.recurrence.new_treatment import of_new_treatment
from clinical_rules.recurrence.new_tumours import new_tumours
from clinical_rules.recurrence.returns import new_entries, recurrence_code, stated_by_entry
from clinical_rules.recurrence.spread_signs import (
    Judged,
    judged_spread,
    metastatic_throughout,
    of_one_cancer,
    of_unknown_primary,
)
from clinical_rules.recurrence.statements import about

NO_DATE = "date of the recurrence"
Signs = tuple[list[TumourSign], list[TumourSign]]
"""Those of a recurrence, and those of a tumour that is there without being one."""


def picture(facts: PatientFacts, *, knowledge: KnowledgeOn, on: date) -> tuple[PresentTumour, ...]:
    """The present tumours of a patient, each once, the surest first; none for the deceased."""
    if facts.patient.deceased:
        return ()
    chart = read_chart(facts, knowledge=knowledge, on=on)
    spread = judged_spread(chart)
    found = [each for cancer in chart.cancers for each in _of_cancer(cancer, spread, chart)]
    found += of_unknown_primary(spread, chart)
    found += _of_nobody(chart)
    found += new_tumours(chart, found, spread)
    return tuple(sorted(found, key=lambda each: (each.kind != "recurrence", each.kind, each.reference)))


def _of_cancer(cancer: TreatedCancer, spread: Sequence[Judged], chart: Chart) -> Iterator[PresentTumour]:
    """The recurrence of one cancer, or else its progression or residual disease."""
    statuses = about(chart.facts.statuses, cancer, chart.cancers, chart.spread)
    remissions = tuple(status for status in statuses if status.value == "remission")
    recurred, stayed = _signs(cancer, statuses, remissions, spread, chart)
    recurred = [_not_after_today(sign, chart.on) for sign in still_there(recurred, remissions, chart)]
    stayed = list(still_there(stayed, remissions, chart))
    if recurred and not treated_since(recurred, cancer.index.body_sites, chart):
        found = tumour("recurrence", recurred, cancer, chart, label=cancer.index.label)
        yield _with_doubts(found, cancer, remissions)
    elif stayed:
        label = f"progression or residual disease: {cancer.index.label}"
        yield tumour("other", stayed, cancer, chart, label=label)


def _signs(
    cancer: TreatedCancer,
    statuses: Sequence[DiseaseStatus],
    remissions: tuple[DiseaseStatus, ...],
    spread: Sequence[Judged],
    chart: Chart,
) -> Signs:
    recurred, stayed = [*stated_by_entry(cancer, chart.knowledge.anatomy)], list[TumourSign]()
    recurred += (recurrence_code(each, entry) for each in cancer.index.coded for entry in each.members)
    recurred += of_stages(about(chart.facts.stages, cancer, chart.cancers, chart.spread))
    recurred += of_markers(chart.facts.markers, cancer, knowledge=chart.knowledge)
    recurred += of_new_treatment(cancer, chart)
    statuses = [status for status in statuses if not _of_first_diagnosis(status, cancer, chart)]
    stated = [status for status in statuses if not _of_first_disease(status, cancer, spread, chart)]
    goes_on = [status for status in statuses if status not in stated]
    sorted_out = [
        *new_entries(cancer, remissions, knowledge=chart.knowledge),
        *of_statuses(stated, cancer, spread),
        *((False, sign) for _, sign in of_statuses(goes_on, cancer, spread)),
        *of_one_cancer(cancer, spread),
    ]
    for is_recurrence, sign in sorted_out:
        (recurred if is_recurrence else stayed).append(sign)
    return recurred, stayed


def _of_first_diagnosis(status: DiseaseStatus, cancer: TreatedCancer, chart: Chart) -> bool:
    """Whether a status of distant disease only says that the cancer was metastatic when it was found."""
    if status.value != "worsened" or "distant" not in status.patterns or status.date is None:
        return False
    days, known = int(chart.knowledge.number("recurrence.synchronous-metastasis-days")), cancer.known_since
    return known is not None and more_than_days_after(status.date, known, days) == "no"


def _of_first_disease(status: DiseaseStatus, cancer: TreatedCancer, spread: Sequence[Judged], chart: Chart) -> bool:
    """Whether a status of distant disease tells of the progression of a cancer that was metastatic throughout."""
    if status.value != "worsened" or "distant" not in status.patterns or status.date is None:
        return False
    return metastatic_throughout(cancer, status.date, spread, chart)


def _not_after_today(sign: TumourSign, on: date) -> TumourSign:
    """A sign dated in the future is only possible; one day ahead may be another time zone."""
    if sign.date is None or sign.date.earliest <= on + timedelta(days=1):
        return sign
    return replace(sign, certainty="possible", words=f"{sign.words} (dated after today)")


def _with_doubts(found: PresentTumour, cancer: TreatedCancer, remissions: Sequence[DiseaseStatus]) -> PresentTumour:
    """The tumour with what contradicts it and what is not on file."""
    doubts = []
    if cancer.index.history and not cancer.index.is_history:
        doubts.append("a history code and an active entry of the same cancer are both on file")
    undated = [sign for sign in found.signs if sign.date is None]
    if undated and remissions:
        doubts.append("remission is also on file")
    missing = [NO_DATE] if found.date is None else []
    missing += ["end of the treatment before it"] if found.treatment_end is None else []
    return replace(found, contradictions=tuple(doubts), missing=tuple(missing))


def _of_nobody(chart: Chart) -> Iterator[PresentTumour]:
    """Statements of a recurrence that name none of several cancers, or come without any."""
    taken = {
        each
        for cancer in chart.cancers
        for each in (
            *about(chart.facts.statuses, cancer, chart.cancers, chart.spread),
            *about(chart.facts.stages, cancer, chart.cancers, chart.spread),
        )
    }
    statuses = [status for status in chart.facts.statuses if status not in taken]
    signs = [sign for recurred, sign in of_statuses(statuses, None) if recurred]
    signs += of_stages(stage for stage in chart.facts.stages if stage not in taken)
    remissions = [status for status in statuses if status.value == "remission" and status.date]
    signs = [s for s in signs if not any(s.date and r.date and after(r.date, s.date) for r in remissions)]
    if signs:
        found = tumour("recurrence", signs, None, chart, label="cancer, which one is not on file")
        yield replace(found, missing=("the primary cancer that it belongs to",))
