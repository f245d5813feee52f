"""Tumours that are there without being a recurrence: second primaries, and cancers newer than a course."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from clinical_rules.diseases import Disease
from clinical_rules.facts import PartialDate
from clinical_rules.picture import Certainty, PresentTumour, TumourKind, TumourSign
from clinical_rules.recurrence.assembly import treated_after
from clinical_rules.recurrence.chart import Chart
from clinical_rules.recurrence.index import TreatedCancer
from clinical_rules.recurrence.judging import after, capped
from clinical_rules.recurrence.spread_signs import Judged
from clinical_rules.recurrence.statements import about


def new_tumours(chart: Chart, found: Sequence[PresentTumour], spread: Sequence[Judged]) -> Iterator[PresentTumour]:
    """Second primaries and other present tumours, of what is not already a recurrence or its progression."""
    taken = {reference for each in found for reference in each.references}
    for cancer in chart.cancers:
        if cancer.index.is_history or not cancer.index.references.isdisjoint(taken):
            continue
        if not _present(cancer, chart):
            continue
        disease = cancer.index.disease
        if cancer.index.second_to is not None:
            yield _second_primary(cancer, cancer.index.second_to, chart)
        else:
            yield from _newer_than_a_course(disease, cancer.index.label, chart)
    for disease in chart.not_malignant:
        yield from _not_malignant(disease, chart)
    for each in spread:
        if each.verdict.kind == "stage-iv" and not each.recurrence:
            yield from _newer_than_a_course(each.disease, each.disease.lead.label or "metastasis", chart)


def _present(cancer: TreatedCancer, chart: Chart) -> bool:
    """Whether a cancer is there: not called gone, no remission since, and not treated since."""
    if all(disease.ended for disease in (cancer.index.disease, *cancer.index.returns)):
        return False
    day = cancer.index.disease.onset or cancer.index.disease.recorded
    if day is None:
        return True
    statuses = about(chart.facts.statuses, cancer, chart.cancers, chart.spread)
    if any(each.value == "remission" and each.date and after(each.date, day) for each in statuses):
        return False
    index = cancer.index
    return not treated_after(day, index.body_sites, set(index.references), chart, any_surgery=True)


def _second_primary(cancer: TreatedCancer, earlier: Disease, chart: Chart) -> PresentTumour:
    index = cancer.index
    words = f"{index.label}: {index.differs_by} than {earlier.lead.label or earlier.site}; confirm histology"
    certainty = _certainty(index.disease)
    found = _tumour("second-primary", index.disease, index.label, certainty, words, chart, earlier)
    return replace(found, earlier_organ=earlier.organ, earlier_label=earlier.lead.label, differs_by=index.differs_by)


def _newer_than_a_course(disease: Disease, label: str, chart: Chart) -> Iterator[PresentTumour]:
    """A malignancy that began after a course ended; one that is older is the tumour that was treated."""
    day = disease.onset or disease.recorded
    if disease.ended or day is None:
        return
    certainly, perhaps = chart.ended_courses(day, not_for=frozenset(disease.references))
    if not perhaps:
        return
    certainty = _certainty(disease) if certainly else "possible"
    stated = f"onset {day}" if disease.onset else f"recorded {day} without an onset"
    yield _tumour("other", disease, label, certainty, f"{label}: {stated}, after earlier radiotherapy", chart)


def _not_malignant(disease: Disease, chart: Chart) -> Iterator[PresentTumour]:
    """Intracranial tumours of the D codes: present after a course, or where their status says that they returned."""
    label = disease.lead.label or "intracranial tumour"
    returned = [entry for entry in disease.members if entry.clinical_status in {"recurrence", "relapse"}]
    if not returned:
        yield from _newer_than_a_course(disease, label, chart)
        return
    certainty = capped("documented", returned[0])
    words = f"{label}: clinical status {returned[0].clinical_status}"
    yield _tumour("other", disease, label, certainty, words, chart, undated=True)


def _certainty(disease: Disease) -> Certainty:
    """Documented with an onset; without one, or as a suspicion, possible."""
    if disease.onset is None or disease.suspected_only:
        return "possible"
    return capped("documented", disease.lead)


def _tumour(
    kind: TumourKind,
    disease: Disease,
    label: str,
    certainty: Certainty,
    words: str,
    chart: Chart,
    earlier: Disease | None = None,
    *,
    undated: bool = False,
) -> PresentTumour:
    day: PartialDate | None = None if undated else disease.onset or disease.recorded
    just_added = any(entry.just_added for entry in disease.members)
    sign = TumourSign(
        disease.lead.reference, certainty, words, date=day, recorded=disease.recorded or day,
        sites=disease.body_sites, just_added=just_added, by_code=True,
    )  # fmt: skip
    return PresentTumour(
        reference=disease.lead.reference,
        references=tuple(sorted({*disease.references, *(earlier.references if earlier else ())})),
        kind=kind,
        site=disease.site,
        sites=disease.body_sites,
        certainty=certainty,
        courses=chart.earlier_courses(day),
        date=day,
        just_added=just_added,
        label=label,
        signs=(sign,),
        earlier_site=earlier.site if earlier else None,
        organ=disease.organ,
    )
