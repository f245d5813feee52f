"""What the templates see of earlier courses, the interval and the doses to structures."""

from cards.dose_terms import GUARDS, condition, term
from cards.doses import SUMS, course_dose, eqd2, interval_range, is_assumed, limit_words, shown_sum, within_value
from cards.escaping import escape_data, own_words
from cards.printing import View, escape_date, listed, number_of, worded
from cards.reading import Members, number, objects, text, texts, true
from cards.regions import NOT_STATED, REGION_ADJECTIVES
from cards.wording import OVERLAPS, STATUSES, capital, spaced, structure
from clinical_rules.findings import Finding


def overlap_view(finding: Finding, found: Members) -> View:
    """The earlier courses and how each lies to the target."""
    kind = text(found, "type")
    return {
        "type": own_words(kind) if kind in {"I", "II"} else "I" if true(found, "possibleTypeI") else "",
        "possible": true(found, "possibleTypeI") or "possibleTypeI" not in found,
        "relation": text(found, "overlap"),
        "running": bool(texts(found, "partOfRunningCourse")),
        "history": listed(escape_data(label) for label in texts(found, "history")),
        "courses": [course_view(course) for course in objects(found, "courses")],
    }


def course_view(course: Members) -> View:
    """One course of the overlap."""
    site, relation = text(course, "site"), text(course, "relation", "overlap")
    modalities = texts(course, "modalities") if course.get("notPhotons") else ()
    return {
        "site": "" if site in NOT_STATED else worded(site, REGION_ADJECTIVES),
        "places": listed(escape_data(place) for place in texts(course, "sites")),
        "dose": own_words(course_dose(course)),
        "end": escape_date(text(course, "end")),
        "running": text(course, "status") == "in-progress",
        "relation": worded(relation, OVERLAPS),
        "modalities": listed(own_words(spaced(modality)) for modality in modalities),
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
        "band": own_words(text(found, "band")),
        "estimated": true(found, "estimated"),
        "running": true(found, "running"),
        "until": escape_date(text(found, "until")),
        "uncertain": true(found, "bandDependsOnDate"),
        "undated": listed(escape_data(reference) for reference in texts(found, "undated")),
        "problem": spaced(text(found, "problem")),
        "indications": listed(own_words(spaced(name)) for name in texts(found, "urgentIndications")),
    }


def dose_view(finding: Finding, found: Members) -> View:
    """One structure with its doses and the value they are compared with."""
    name = text(found, "structure") or finding.rule.split(".")[1]
    scheme = text(found, "recoveryScheme")
    terms = [entry for entry in objects(found, "terms") if "eqd2Gy" in entry or "totalDoseGy" in entry]
    return {
        "blank": finding.status == "cannot-assess" and not terms and not any(number(found, sum_) for sum_ in SUMS),
        "structure": own_words(capital(structure(name))),
        "prior": own_words(eqd2(found, "priorEqd2Gy")),
        "proposed": own_words(eqd2(found, "proposedEqd2Gy")),
        "sum": own_words(shown_sum(found) if number(found, "cumulativeEqd2Gy") is not None else ""),
        "limit": number_of(found, "limitGy"),
        "left": own_words(eqd2(found, "remainingEqd2Gy")),
        "alpha_beta": number_of(found, "alphaBetaGy"),
        "metric": own_words(text(found, "limitMetric", "metric")),
        "called": own_words(limit_words(finding, found)),
        "agreement": own_words(text(found, "agreement")),
        "basis": own_words(spaced(text(found, "basis"))),
        "assumed": is_assumed(found),
        "documented_alone": true(found, "overByDocumentedAlone"),
        "outcome": own_words(_outcome(finding, found)),
        "scheme": "" if scheme in {"", "none"} else own_words(scheme),
        "line": number_of(found, "lineGy"),
        "span": number_of(found, "spanFromGy"),
        "conditions": listed(condition(entry) for entry in objects(found, "conditions")),
        "terms": listed(term(entry) for entry in terms),
        "guard": own_words(GUARDS.get(text(found, "guard"), "")),
        "missing": listed(escape_data(spaced(entry)) for entry in texts(found, "missing", "reasons")),
    }


def _outcome(finding: Finding, found: Members) -> str:
    if finding.status == "exceeds" and within_value(found):
        return "outside the conditions of the value compared"
    return STATUSES.get(finding.status, finding.status)
