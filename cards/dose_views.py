"""What the templates see of earlier courses, the interval and the doses to structures."""

from collections.abc import Mapping

from cards.cancers import present_tumour
from cards.dose_terms import GUARDS, condition, dose_of_term, term
from cards.doses import (
    SUMS,
    band,
    course_dose,
    eqd2,
    interval_range,
    is_assumed,
    limit_words,
    reason,
    shown_sum,
    within_value,
)
from cards.escaping import escape_data, known_words, own_words
from cards.irradiation import flag_only
from cards.printing import View, escape_date, listed, number_of, worded
from cards.reading import Members, number, objects, plain_number, text, texts, true
from cards.regions import NOT_STATED, REGION_ADJECTIVES
from cards.wording import INTERVAL_PROBLEMS, OVERLAPS, STATUSES, capital, modality, spaced, structure
from clinical_rules.findings import Finding

NOT_COMPARED = " (fields not compared)"


def overlap_view(finding: Finding, found: Members) -> View:
    """The earlier courses and how each lies to the target."""
    kind = text(found, "type")
    return {
        "type": own_words(kind) if kind in {"I", "II"} else "I" if true(found, "possibleTypeI") else "",
        "possible": true(found, "possibleTypeI") or "possibleTypeI" not in found,
        "relation": text(found, "overlap"),
        "running": bool(texts(found, "partOfRunningCourse")),
        "one_treatment": [_treatment_view(group) for group in objects(found, "oneTreatment")],
        "flag_only": flag_only(found),
        "history": listed(escape_data(label) for label in texts(found, "history")),
        "courses": _courses(objects(found, "courses")),
        "tumours": [
            _tumour_view(target, name) for target in objects(found, "targets") if (name := present_tumour(target))
        ],
    }


def _courses(courses: tuple[Members, ...]) -> list[View]:
    """The courses; that fields were not compared is said of the first it holds for."""
    views, said = [course_view(course) for course in courses], False
    for each in views:
        relation = str(each["relation"])
        if said and relation.endswith(NOT_COMPARED):
            each["relation"] = own_words(relation.removesuffix(NOT_COMPARED))
        said = said or relation.endswith(NOT_COMPARED)
    return views


def _treatment_view(group: Members) -> View:
    """External beam and brachytherapy that are listed as one treatment."""
    references = listed(escape_data(reference) for reference in texts(group, "references"))
    return {"references": references, "going_on": true(group, "inProgress")}


def _tumour_view(target: Members, name: str) -> View:
    """A present tumour that only the overlap tells of."""
    return {
        "name": name,
        "certainty": own_words(text(target, "certainty")),
        "date": escape_date(text(target, "date")),
        "note": text(target, "note"),
        "reference": text(target, "reference"),
    }


def course_view(course: Members) -> View:
    """One course of the overlap."""
    site, relation = text(course, "site"), text(course, "relation", "overlap")
    modalities, interval = texts(course, "modalities") if course.get("notPhotons") else (), course.get("interval")
    return {
        "site": "" if site in NOT_STATED else worded(site, REGION_ADJECTIVES),
        "places": listed(escape_data(place) for place in texts(course, "sites")),
        "dose": own_words(course_dose(course)),
        "end": escape_date(text(course, "end")),
        "running": text(course, "status") == "in-progress",
        "later": isinstance(interval, Mapping) and text(interval, "problem") == "future",
        "relation": worded(relation, OVERLAPS),
        "modalities": listed(own_words(modality(name)) for name in modalities),
        "field": true(course, "wholeBodyField"),
        "under_age": true(course, "underAge"),
        "flagged": true(course, "flagged"),
        "unusable": listed(escape_data(spaced(reason)) for reason in texts(course, "unusable")),
        "others": listed(own_words(course_dose(volume)) for volume in objects(course, "otherVolumes")),
        "reference": text(course, "reference"),
        "note": text(course, "note"),
    }


def interval_view(finding: Finding, found: Members) -> View:
    """The time since the last course that counts."""
    return {
        "months": own_words(interval_range(found)),
        "band": own_words(band(text(found, "band"))),
        "estimated": true(found, "estimated"),
        "running": true(found, "running"),
        "until": escape_date(text(found, "until")),
        "uncertain": true(found, "bandDependsOnDate"),
        "longest_band": own_words(band(text(found, "longestBand"))),
        "undated": listed(escape_data(reference) for reference in texts(found, "undated")),
        "end_ahead": true(found, "endInFuture"),
        "problem": own_words(INTERVAL_PROBLEMS.get(text(found, "problem"), "")),
        "indications": listed(own_words(spaced(name)) for name in texts(found, "urgentIndications")),
    }


def dose_view(finding: Finding, found: Members) -> View:
    """One structure with its doses and the value they are compared with."""
    name = text(found, "structure") or finding.rule.split(".")[1]
    scheme = text(found, "recoveryScheme")
    terms = [entry for entry in objects(found, "terms") if "eqd2Gy" in entry or "totalDoseGy" in entry]
    documented = any(text(entry, "basis") == "documented" for entry in terms)
    return {
        "blank": _blank(finding, found, documented=documented),
        "lean": is_assumed(found) and not documented,
        "doses": tuple(map(dose_of_term, terms)),
        "structure": own_words(capital(structure(name))),
        "prior": own_words(_of_side(found, "priorEqd2Gy", new=False)),
        "proposed": own_words(_of_side(found, "proposedEqd2Gy", new=True)),
        "sum": own_words(shown_sum(found) if number(found, "cumulativeEqd2Gy") is not None else ""),
        "limit": number_of(found, "limitGy"),
        "sources": listed(map(known_words, dict.fromkeys(source.label for source in finding.sources))),
        "left": own_words(eqd2(found, "remainingEqd2Gy")),
        "alpha_beta": number_of(found, "alphaBetaGy"),
        "metric": own_words(text(found, "limitMetric", "metric")),
        "called": own_words(limit_words(finding, found)),
        "agreement": own_words(text(found, "agreement")),
        "basis": own_words(spaced(text(found, "basis"))),
        "assumed": is_assumed(found),
        "documented_alone": true(found, "overByDocumentedAlone"),
        "outcome": own_words(_outcome(finding, found)),
        "sentences": own_words(_sentences(text(found, "note", "detail", "sentence", "why", "reason"))),
        "scheme": "" if scheme in {"", "none"} else own_words(scheme),
        "line": number_of(found, "lineGy"),
        "span": number_of(found, "spanFromGy"),
        "conditions": listed(condition(entry) for entry in objects(found, "conditions")),
        "terms": listed(term(entry) for entry in terms),
        "guard": own_words(GUARDS.get(text(found, "guard"), "")),
        "missing_words": tuple(map(reason, texts(found, "missing"))),
        "missing": listed(escape_data(reason(entry)) for entry in texts(found, "missing", "reasons")),
    }


def _sentences(note: str) -> str:
    """What is said of a comparison, as sentences."""
    return ". ".join(capital(part.strip().removesuffix(".")) for part in note.split("; ") if part.strip())


def _of_side(found: Members, name: str, *, new: bool) -> str:
    """The dose of the earlier or of the new courses; with its decimal where those are all documented."""
    side = [entry for entry in objects(found, "terms") if true(entry, "new") is new]
    if not side or any(text(entry, "basis") != "documented" for entry in side):
        return eqd2(found, name)
    value = number(found, name)
    return "" if value is None else plain_number(value, 1)


def _blank(finding: Finding, found: Members, *, documented: bool) -> bool:
    """Whether there is nothing to show in the table: no sum, and no dose on file for the structure."""
    if finding.status != "cannot-assess" or documented or number(found, "cumulativeEqd2Gy") is not None:
        return False
    return bool(objects(found, "terms")) or not any(number(found, name) for name in SUMS)


def _outcome(finding: Finding, found: Members) -> str:
    if finding.status == "exceeds" and within_value(found):
        return "outside the conditions of the value compared"
    return STATUSES.get(finding.status, finding.status)
