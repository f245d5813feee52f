"""Findings on recurrences and second primaries."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from clinical_rules.call import Call
from clinical_rules.facts import PatientFacts
from clinical_rules.findings import JSON, Finding
from clinical_rules.intervals import months_between
from clinical_rules.picture import PresentTumour
from clinical_rules.recurrence.assembly import telling
from clinical_rules.recurrence.present import NO_DATE
from clinical_rules.recurrence.urgency import (
    is_early,
    may_be_treatment_effect,
    of_recurrence,
    of_second_primary,
    recently_irradiated,
    relation,
)

NO_COURSE = "place, date and dose of earlier radiotherapy, of which only a history code tells"


def findings(tumours: Sequence[PresentTumour], call: Call) -> tuple[Finding, ...]:
    """What is said of recurrences and second primaries; that there is none is never said."""
    if call.facts.patient.deceased:
        return ()
    return tuple(finding for tumour in tumours for finding in _of_tumour(tumour, call))


def _of_tumour(tumour: PresentTumour, call: Call) -> Iterator[Finding]:
    tumour = _with_history(tumour, call.facts)
    if tumour.kind == "recurrence":
        yield _pattern(tumour, call)
    if tumour.kind == "second-primary":
        yield _second_primary(tumour, call)
    elif tumour.signs and may_be_treatment_effect(tumour, call):
        yield _treatment_effect(tumour, call)


def _with_history(tumour: PresentTumour, facts: PatientFacts) -> PresentTumour:
    """The tumour with what a history of radiotherapy leaves open, where no course is on file to go with it."""
    if tumour.kind == "other" or facts.courses or not facts.history:
        return tumour
    references = {*tumour.references, *(past.reference for past in facts.history)}
    return replace(tumour, references=tuple(sorted(references)), missing=(*tumour.missing, NO_COURSE))


def _pattern(tumour: PresentTumour, call: Call) -> Finding:
    early = is_early(tumour, call.knowledge)
    return Finding(
        rule="recurrence.pattern",
        status="present" if tumour.certainty == "documented" else "possible",
        topic="recurrence",
        urgency=of_recurrence(tumour, call),
        values=_known({
            "site": tumour.site,
            "metastaticSites": list(tumour.metastatic_sites) or None,
            "pattern": tumour.pattern,
            "certainty": tumour.certainty,
            "date": str(tumour.date) if tumour.date else None,
            "monthsSinceTreatment": _months(tumour, call, longest=False),
            "early": early,
        }),
        evidence=tumour.references,
        sources=() if not early else call.knowledge.sources("recurrence.early-months"),
        words=_words(tumour, call),
    )  # fmt: skip


def _second_primary(tumour: PresentTumour, call: Call) -> Finding:
    """Always called possible: registries ask for pathology before they count a second primary."""
    words = {**_words(tumour, call), "certainty": "possible", "date": str(tumour.date) if tumour.date else None}
    return Finding(
        rule="recurrence.second-primary",
        status="possible",
        topic="second-primary",
        urgency=of_second_primary(tumour, call),
        values=_known({"site": tumour.site, "earlierSite": tumour.earlier_site}),
        evidence=tumour.references,
        words=_known(words),
    )


def _treatment_effect(tumour: PresentTumour, call: Call) -> Finding:
    """Soon after radiotherapy a change on imaging or in status may be its effect."""
    recent = sorted(recently_irradiated(tumour, call), key=lambda each: (each[1].latest, each[0].reference))
    course, end = recent[-1]
    after_course = tumour.date is not None and tumour.date.latest >= end.earliest
    sources = ("treatment-effect.brain-months", "treatment-effect.any-weeks")
    return Finding(
        rule="recurrence.treatment-effect",
        status="possible",
        topic="recurrence",
        values={},
        evidence=tuple(sorted({course.reference, tumour.reference})),
        sources=tuple(source for name in sources for source in call.knowledge.sources(name)),
        words={
            "note": f"radiotherapy of this region ended {end}; confirm before acting",
            "courseEnd": str(end),
            "afterCourse": after_course,
        },
    )


def _months(tumour: PresentTumour, call: Call, *, longest: bool) -> float | None:
    """Months from the end of treatment to the tumour: the shortest interval that the dates allow, or the longest."""
    if tumour.date is None or tumour.treatment_end is None:
        return None
    end = tumour.treatment_end.earliest if longest else tumour.treatment_end.latest
    day = tumour.date.latest if longest else tumour.date.earliest
    return float(months_between(end, max(day, end), call.knowledge.number("time.days-per-month")))


def _words(tumour: PresentTumour, call: Call) -> Mapping[str, JSON]:
    """What a card may print beside the values."""
    shortest, longest = _months(tumour, call, longest=False), _months(tumour, call, longest=True)
    return _known({
        "label": tumour.label,
        "organ": tumour.organ,
        "parts": sorted({part for sign in telling(tumour.signs) for part in sign.parts}),
        "earlierOrgan": tumour.earlier_organ,
        "earlierLabel": tumour.earlier_label or None,
        "differsBy": tumour.differs_by or None,
        "treatmentEnd": str(tumour.treatment_end) if tumour.treatment_end else None,
        "monthsAtMost": longest if longest != shortest else None,
        "recognisedBy": [
            {"words": sign.words, "certainty": sign.certainty, "reference": sign.reference} for sign in tumour.signs
        ],
        "overlap": relation(tumour, call) if tumour.courses else None,
        "contradictions": list(tumour.contradictions),
        "missing": list(tumour.missing),
        "note": _note(tumour),
    })  # fmt: skip


def _note(tumour: PresentTumour) -> str:
    """How it was recognised, what stands against it and what is not on file, as one sentence."""
    parts = ["recognised by " + ", ".join(sign.words for sign in tumour.signs)]
    parts += [f"contradiction: {each}" for each in tumour.contradictions]
    missing = [each for each in tumour.missing if each != NO_DATE]  # the line on the recurrence says that itself
    parts += ["not on file: " + ", ".join(missing)] if missing else []
    return "; ".join(parts)


def _known(values: Mapping[str, JSON]) -> dict[str, JSON]:
    """The members that are known."""
    return {name: value for name, value in values.items() if value is not None}
