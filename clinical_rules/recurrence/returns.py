"""Signs in the entries of the cancer itself: its status, and new entries of the same cancer."""

from collections.abc import Iterator
from dataclasses import replace

from clinical_rules.anatomy import Anatomy
from clinical_rules.diseases import ENDED, Disease, is_haematological
from clinical_rules.facts import CancerDiagnosis, DiseaseStatus, PartialDate
from clinical_rules.knowledge import KnowledgeOn
from clinical_rules.picture import Certainty, SpreadPart, TumourSign
from clinical_rules.recurrence.index import TreatedCancer
from clinical_rules.recurrence.judging import after, capped, months_after
from clinical_rules.recurrence.places import treats

RETURNED = frozenset({"recurrence", "relapse"})
RISING_MARKER = "R97.21"
"""ICD-10-CM: rising PSA following treatment of prostate cancer. A marker alone is possible, whoever coded it."""


def stated_by_entry(cancer: TreatedCancer, anatomy: Anatomy) -> Iterator[TumourSign]:
    """Entries that say themselves that the cancer came back."""
    for entry in cancer.index.diagnoses:
        if entry.clinical_status in RETURNED:
            yield _sign(entry, "documented", f"clinical status {entry.clinical_status}", _date(entry, cancer, anatomy))
        elif entry.follows is not None and entry.clinical_status not in ENDED:
            yield _sign(entry, "documented", "entered as following the first occurrence", entry.onset or entry.recorded)


def recurrence_code(disease: Disease, entry: CancerDiagnosis) -> TumourSign:
    """The sign that a code of its own for a recurrence gives."""
    day = disease.onset or disease.recorded
    if (entry.code or "").startswith(RISING_MARKER):
        found = _sign(entry, "possible", entry.label or "code of a rising tumour marker after treatment", day)
        return replace(found, parts=("biochemical",), sites=())
    return _sign(entry, "documented", entry.label or "code of a recurrence", day)


def new_entries(
    cancer: TreatedCancer, remissions: tuple[DiseaseStatus, ...], *, knowledge: KnowledgeOn
) -> Iterator[tuple[bool, TumourSign]]:
    """Later entries of the same cancer: with True a recurrence, with False progression or residual disease."""
    gap_months = int(knowledge.number("recurrence.disease-free-gap-months"))
    for disease in (*_after_history(cancer), *cancer.index.returns):
        if disease.ended or any(entry.follows or entry.clinical_status in RETURNED for entry in disease.members):
            continue
        judged = _judge(disease, cancer, remissions, gap_months)
        if judged is not None:
            recurrence, certainty, why = judged
            yield recurrence, _sign(disease.lead, certainty, why, disease.onset or disease.recorded, disease)


def _after_history(cancer: TreatedCancer) -> tuple[Disease, ...]:
    """The first entry of a cancer, where a code called the cancer history before it: then it tells of a return."""
    disease = cancer.index.disease
    day = disease.onset or disease.recorded
    return (disease,) if day is not None and _history_stated(cancer, day) else ()


def _judge(
    disease: Disease, cancer: TreatedCancer, remissions: tuple[DiseaseStatus, ...], gap_months: int
) -> tuple[bool, Certainty, str] | None:
    day = disease.onset or disease.recorded
    if day is None:
        return None
    free = _remission_stated(cancer, day, remissions)
    gone = _said_to_be_gone(cancer, day)
    end = cancer.ended_before(day)
    if disease.onset is None:
        return _recorded_again(day, end, free or gone, gap_months)
    if free or (gone and end is None):
        return True, "probable", f"new entry of the same cancer with onset {day} after remission or history"
    if end is None:
        return None
    gap = months_after(day, end, gap_months)
    if gap == "no":
        known = after(day, end)
        return (False, "documented", f"new entry with onset {day}, soon after treatment ended") if known else None
    certainty: Certainty = "probable" if gap == "yes" else "possible"
    return True, certainty, f"new entry of the same cancer with onset {day}, treatment ended {end}"


def _recorded_again(
    day: PartialDate, end: PartialDate | None, free: bool, gap_months: int
) -> tuple[bool, Certainty, str] | None:
    """A re-entry without onset is the old disease, unless there was a time without treatment or disease before it."""
    if free:
        return True, "possible", f"active again in an entry recorded {day}, after remission or history; no onset stated"
    if end is None or months_after(day, end, gap_months) == "no":
        return None
    return True, "possible", f"entered again on {day} after treatment ended {end}; no onset stated"


def _remission_stated(cancer: TreatedCancer, day: PartialDate, remissions: tuple[DiseaseStatus, ...]) -> bool:
    """Whether remission, or a history of the cancer, was on record before a date."""
    return any(status.date and after(day, status.date) for status in remissions) or _history_stated(cancer, day)


def _history_stated(cancer: TreatedCancer, day: PartialDate) -> bool:
    """Whether a code called the cancer history before a date."""
    if cancer.index.is_history:
        return False
    return any(past.recorded and after(day, past.recorded) for past in cancer.index.history)


def _said_to_be_gone(cancer: TreatedCancer, day: PartialDate) -> bool:
    """Whether an entry of the first occurrence says that it ended, at no later date."""
    ended = (entry for entry in cancer.index.disease.members if entry.clinical_status in ENDED)
    return any(entry.abatement is None or after(day, entry.abatement) for entry in ended)


def _date(entry: CancerDiagnosis, cancer: TreatedCancer, anatomy: Anatomy) -> PartialDate | None:
    """When the cancer came back, by an entry with such a status: never the onset of the first occurrence."""
    if entry.onset is None:
        end = cancer.ended_before(entry.recorded) if entry.recorded else None
        return entry.recorded if end else None
    first = cancer.index.disease.onset
    later = first is not None and after(entry.onset, first) and entry not in cancer.index.disease.members
    return entry.onset if later or _treated_before(entry.onset, cancer, anatomy) else None


def _treated_before(day: PartialDate, cancer: TreatedCancer, anatomy: Anatomy) -> bool:
    """Whether a treatment that was not given elsewhere had ended before a date."""
    here = (each for each in cancer.given if not each.sites or treats(each.sites, cancer.index.body_sites, anatomy))
    return any(after(day, each.end) for each in here)


def _sign(
    entry: CancerDiagnosis,
    certainty: Certainty,
    words: str,
    day: PartialDate | None,
    disease: Disease | None = None,
) -> TumourSign:
    members = disease.members if disease else (entry,)
    parts: tuple[SpreadPart, ...] = (entry.recurrence_kind or "local",)
    if entry.recurrence_kind is None and (entry.role == "recurrence" or is_haematological(entry)):
        parts = ()  # "recurrent", without saying where; leukaemia has no place
    return TumourSign(
        reference=entry.reference,
        certainty=capped(certainty, disease.surest if disease else entry),
        words=words,
        parts=parts,
        date=day,
        recorded=entry.recorded or day,
        sites=disease.body_sites if disease else (entry.body_site,) if entry.body_site else (),
        just_added=any(member.just_added for member in members),
        by_code=entry.clinical_status not in RETURNED,
    )
