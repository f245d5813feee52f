"""Treatment begun again after a time without any: it may mean that the cancer came back, and no more than that."""

from collections.abc import Iterator

from clinical_rules.facts import PartialDate
from clinical_rules.picture import TumourSign
from clinical_rules.recurrence.chart import Chart
from clinical_rules.recurrence.index import TreatedCancer
from clinical_rules.recurrence.judging import months_after
from clinical_rules.recurrence.places import treats
from clinical_rules.recurrence.treatment import SAYING_LESS, Treatment


def of_new_treatment(cancer: TreatedCancer, chart: Chart) -> Iterator[TumourSign]:
    """Radiotherapy or surgery of the region of the cancer, or a new drug, begun after a time without treatment."""
    gap_months = int(chart.knowledge.number("recurrence.disease-free-gap-months"))
    for treatment in cancer.given:
        end = cancer.ended_before(treatment.start)
        if end is None or months_after(treatment.start, end, gap_months) != "yes":
            continue
        if treatment.kind == "drug":
            if _is_new_drug(treatment, cancer, chart, gap_months):
                yield _sign(treatment, f"new systemic treatment ({treatment.agent})", end)
        elif _is_here(treatment, cancer, chart):
            yield _sign(treatment, f"new {treatment.kind} of the same region", end, cancer)


def _is_here(treatment: Treatment, cancer: TreatedCancer, chart: Chart) -> bool:
    """Whether it was given where the cancer lies; an operation without a place needs its reason."""
    if treatment.kind == "surgery" and not treatment.sites:
        return not cancer.index.references.isdisjoint(treatment.reasons)
    return treats(treatment.sites, cancer.index.body_sites, chart.knowledge.anatomy)


def _is_new_drug(treatment: Treatment, cancer: TreatedCancer, chart: Chart, gap_months: int) -> bool:
    """Whether a drug tells of this cancer: the only one on file, a drug of oncology alone, given lately.

    An order of a drug whose earlier order was never closed may be the same treatment going on.
    """
    others = [each for each in chart.cancers if each is not cancer and not each.index.is_history]
    if others or treatment.agent in chart.knowledge.family(SAYING_LESS, "also-outside-oncology"):
        return False
    if months_after(PartialDate.on(chart.on), treatment.end, gap_months) == "yes":
        return False
    before = (
        each for each in cancer.given if each.agent == treatment.agent and each.start.latest < treatment.start.earliest
    )
    return all(each.end != each.start for each in before)


def _sign(treatment: Treatment, what: str, end: PartialDate, cancer: TreatedCancer | None = None) -> TumourSign:
    """`cancer` where the treatment shows the place: that of the cancer."""
    words = f"{what} begun {treatment.start}, treatment had ended {end}"
    return TumourSign(
        treatment.reference, "possible", words, ("local",) if cancer else (), treatment.start, treatment.start,
        sites=cancer.index.body_sites if cancer else (),
    )  # fmt: skip
