"""Items of a report on re-irradiation: what is known of the patient, of every course, and for the decision."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from cards.escaping import plain_text
from cards.reading import members, plain_number, text
from clinical_rules.facts import (
    BodySite,
    CancerDiagnosis,
    DoseToVolume,
    Modality,
    PartialDate,
    PatientFacts,
    RadiotherapyCourse,
)
from clinical_rules.findings import Finding
from clinical_rules.intervals import whole_months

MONTHS_PER_YEAR = 12
_RESPONSES = frozenset({"improved", "stable", "worsened", "remission", "residual"})
_TUMOURS = frozenset({"primary", "local-recurrence", "recurrence", "secondary", "nodes", "intracranial-not-malignant"})


@dataclass(frozen=True, slots=True)
class Item:
    """One item to report: what is known of it, or "" where nothing is."""

    name: str
    known: str = ""


def patient_items(facts: PatientFacts, findings: Sequence[Finding], on: date) -> Iterator[Item]:
    """The patient and the tumour."""
    patient = facts.patient
    tumours = [diagnosis for diagnosis in facts.diagnoses if diagnosis.role in _TUMOURS]
    patterns = [members(finding) for finding in findings if finding.rule == "recurrence.pattern"]
    statuses = [f"{status.value} {_day(status.date)}" for status in facts.statuses]
    yield Item("age", "" if patient.birth_date is None else f"{_years(patient.birth_date, on)} years")
    yield Item("sex", patient.gender or "")
    yield Item("tumour", _joined(map(_tumour, tumours)))
    yield Item("histology", _joined(diagnosis.histology or "" for diagnosis in tumours))
    yield Item("stage", _joined(stage.value for stage in facts.stages))
    yield Item(
        "recurrence", _joined(f"{text(found, 'pattern')}, {text(found, 'certainty')}".strip(", ") for found in patterns)
    )
    yield Item("disease status", _joined(statuses))


def course_items(course: RadiotherapyCourse) -> Iterator[Item]:
    """One course, given or ordered."""
    targets = [volume for volume in course.volumes if volume.volume_type != "organ-at-risk" and not volume.point_dose]
    organs = [volume for volume in course.volumes if volume not in targets and volume.total_dose_gy is not None]
    modalities = [modality for modality in course.modalities if modality is not Modality.UNKNOWN]
    yield Item("start", "" if course.start is None else str(course.start))
    yield Item("end", "" if course.end is None else str(course.end))
    yield Item("dose", _joined(_dose(volume) for volume in targets if volume.total_dose_gy is not None))
    yield Item("fractions", _fractions(course, targets))
    yield Item("technique", _joined(course.techniques))
    yield Item("modality", _joined(modalities))
    yield Item("site", _joined(map(_site, course.sites)))
    yield Item("intent", course.intent or "")
    yield Item("dose to organs at risk", _joined(f"{_organ(volume)} {_dose(volume)}" for volume in organs))


def decision_items(facts: PatientFacts) -> Iterator[Item]:
    """What the decision rests on; the last four are in no data that this service reads."""
    scores = [event for event in facts.events if event.kind == "performance-status"]
    yield Item("performance status", _joined(f"{one.item} {one.value or ''} {_day(one.date)}" for one in scores))
    yield Item("response to the first radiotherapy", _response(facts))
    yield Item("systemic treatment", _joined(f"{one.agent} {_day(one.start)}" for one in facts.systemic))
    yield Item("survival estimate")
    yield Item("tumour board and shared decision")
    yield Item("toxicity of earlier treatment")
    yield Item("follow-up")


def _response(facts: PatientFacts) -> str:
    """The first dated status after the first course that has an end; a recurrence is no response."""
    since = min((course.end.latest for course in facts.courses if course.end is not None), default=None)
    after = [
        (one.date.earliest, one.value, str(one.date))
        for one in facts.statuses
        if one.value in _RESPONSES and one.date is not None and since is not None and one.date.earliest >= since
    ]
    return " ".join(min(after)[1:]) if after else ""


def _tumour(diagnosis: CancerDiagnosis) -> str:
    name = plain_text(diagnosis.label or diagnosis.code or diagnosis.site)
    onset = "" if diagnosis.onset is None else f", onset {diagnosis.onset}"
    return f"{name} ({diagnosis.role.replace('-', ' ')}{onset})"


def _fractions(course: RadiotherapyCourse, targets: Sequence[DoseToVolume]) -> str:
    stated = [volume.fractions for volume in targets] or [None]
    counts = sorted({count for count in (*stated, course.fractions) if count is not None})
    return _joined(map(str, counts))


def _dose(volume: DoseToVolume) -> str:
    refused = f", not used: {volume.unusable.replace('-', ' ')}" if volume.unusable else ""
    return f"{_gy(volume.total_dose_gy)} {volume.basis}{refused}"


def _gy(dose_gy: Decimal | None) -> str:
    return "dose unknown" if dose_gy is None else f"{plain_number(dose_gy)} Gy"


def _organ(volume: DoseToVolume) -> str:
    names = volume.site.structures if volume.site else ()
    return "/".join(names) or plain_text(volume.name or volume.reference or "volume")


def _site(site: BodySite) -> str:
    subsite = site.subsite if site.subsite != site.region else None
    return " ".join(part for part in (site.side, site.region, subsite) if part)


def _years(born: PartialDate, on: date) -> str:
    oldest, youngest = (whole_months(day, on) // MONTHS_PER_YEAR for day in (born.earliest, born.latest))
    return str(oldest) if oldest == youngest else f"{youngest} to {oldest}"


def _day(day: PartialDate | None) -> str:
    return "undated" if day is None else str(day)


def _joined(parts: Iterable[str]) -> str:
    """The parts that say something, each once, in the order given."""
    found = [part.strip() for part in parts]
    return "; ".join(dict.fromkeys(filter(None, found)))
