"""Clauses of a summary on earlier irradiation: the course that counts most, its time, the sums of structures."""

from collections.abc import Iterable, Sequence

from cards.dose_terms import broken_condition
from cards.doses import course_dose, ended, is_assumed, limit_words, shown_sum, within_value
from cards.escaping import plain_text, reads_right_to_left
from cards.kinds import Kind, kind_of
from cards.reading import Members, members, number, objects, plain_number, text, texts
from cards.regions import NOT_STATED, REGION_ADJECTIVES
from cards.wording import NO_INTERVAL, OVERLAPS, capital, modality, structure
from clinical_rules.findings import Finding

Clause = str | tuple[str, ...]
"""A clause of a summary, or several of the same meaning of which the first that fits is taken."""
SAME_REGION = "same region, fields not compared"
"""What is said in short of a region irradiated before."""
COMPARED = {"exceeds": "exceeds", "near": "is near", "caution": "calls for caution against", "within": "is below"}
OVERLAP_RANK = {"in-region": 0, "unknown": 1, "junction": 2, "adjacent": 3, "none-found": 4}
WITHOUT_COURSE = "earlier radiotherapy on record without dose or site"
FLAG_ONLY = "the order is marked as re-irradiation, no earlier course on file"
_OVERLAP_LEADS = {
    "in-region": "Region irradiated before",
    "adjacent": "Next to a region irradiated before",
    "junction": "Next to a region irradiated before",
    "none-found": "Earlier radiotherapy, no overlapping record found",
}
_AMOUNTS = (("cumulativeEqd2Gy", "cumulative"), ("priorEqd2Gy", "earlier"), ("knownEqd2Gy", "known"))
STATUS_RANK = {"exceeds": 0, "near": 1, "caution": 2, "cannot-assess": 3, "within": 4}


def first(findings: Sequence[Finding], kind: Kind) -> Members | None:
    """Values and words of the first finding of a kind."""
    return next((members(finding) for finding in findings if kind_of(finding.rule) == kind), None)


def all_of(findings: Sequence[Finding], kind: Kind) -> list[Finding]:
    """The findings of a kind."""
    return [finding for finding in findings if kind_of(finding.rule) == kind]


def main_course(overlap: Members) -> Members | None:
    """The course that counts most: the closest overlap, of these the one that ended last."""
    courses = sorted(objects(overlap, "courses"), key=lambda course: text(course, "reference"))
    courses.sort(key=lambda course: text(course, "end"), reverse=True)
    return min(courses, key=lambda course: OVERLAP_RANK.get(text(course, "overlap"), 1), default=None)


def irradiated(findings: Sequence[Finding], on: str) -> list[str]:
    """`pelvic RT 50.4 Gy in 28 fx delivered, ended 14 months ago`, and how it overlaps."""
    overlap = first(findings, "overlap")
    course = main_course(overlap) if overlap else None
    if overlap is None:
        return []
    if course is None:
        return [FLAG_ONLY if flag_only(overlap) else WITHOUT_COURSE, "overlap unknown"]
    relation = text(course, "overlap") or text(overlap, "overlap")
    running = texts(overlap, "partOfRunningCourse")
    more = len(objects(overlap, "courses")) - 1
    return [
        ", ".join(filter(None, (_what(course), _when(findings, overlap, course, on)))),
        "part of the running course, or a new one?" if running else "",
        OVERLAPS["in-region"] if relation == "in-region" else "overlap unknown" if relation == "unknown" else "",
        f"{more} further earlier {'course' if more == 1 else 'courses'}" if more > 0 else "",
    ]


def flag_only(overlap: Members) -> bool:
    """Whether nothing but the order itself says that there was earlier radiotherapy."""
    return not objects(overlap, "courses") and not texts(overlap, "history") and bool(texts(overlap, "flagged"))


def _when(findings: Sequence[Finding], overlap: Members, course: Members, on: str) -> str:
    """When the course ended: in months where the interval is that of this course, else its date."""
    relevant = [entry for entry in objects(overlap, "courses") if text(entry, "overlap") != "none-found"]
    end, interval = text(course, "end"), first(findings, "interval") or {}
    asked = text(interval, "reference") or text(max(relevant, key=_end, default={}), "reference")
    if course in relevant and asked == text(course, "reference"):
        return ended(interval, on) or _no_interval(interval, on)
    return f"end on file {end}" if end > on else f"ended {end}" if end else "end not on file"


def _no_interval(interval: Members, on: str) -> str:
    problem = text(interval, "problem")
    if problem == "future" and text(interval, "until") not in {"", on}:
        return "end on file is after the planned start"
    return NO_INTERVAL.get(problem, "end not on file")


def _end(course: Members) -> str:
    return text(course, "end")


def _what(course: Members) -> str:
    """Where and how much: `pelvic RT 50.4 Gy in 28 fx delivered`, or what of it is not on file."""
    stated = text(course, "site") not in NOT_STATED and not reads_right_to_left(text(course, "site"))
    if stated and number(course, "totalDoseGy") is not None:
        return f"{_site_rt(course)} {course_dose(course)}"
    if stated:
        return f"{_site_rt(course)}, {course_dose(course)}"
    what = f"earlier RT{_radiation(course)}"
    if number(course, "totalDoseGy") is not None:
        return f"{what} {course_dose(course)}, site not on file"
    if texts(course, "unusable"):
        return f"{what}, site not on file, {course_dose(course)}"
    return f"{what}, site and {course_dose(course)}"


def _site_rt(course: Members) -> str:
    site = text(course, "site")
    if site in NOT_STATED or reads_right_to_left(site):
        return f"earlier RT{_radiation(course)} (site not on file)"
    return f"{REGION_ADJECTIVES.get(site) or plain_text(site)} RT{_radiation(course)}"


def _radiation(course: Members) -> str:
    """What the dose is of, where it is not one of photons alone."""
    modalities = texts(course, "modalities") if course.get("notPhotons") is True else ()
    return f" ({', '.join(map(modality, modalities))})" if modalities else ""


def beside(findings: Sequence[Finding], on: str) -> list[Clause]:
    """The earlier irradiation after the tumour was named: `next to pelvic RT ...`; shorter without the dose."""
    overlap = first(findings, "overlap") or {}
    relation, course = text(overlap, "overlap"), main_course(overlap)
    lead = {"adjacent": "next to ", "junction": "next to ", "none-found": "earlier "}.get(relation, "")
    first_clause, *others = irradiated(findings, on) or [""]
    if course is None or first_clause in {"", WITHOUT_COURSE, FLAG_ONLY}:
        return [first_clause, *others]
    lead = "" if "earlier" in lead and first_clause.startswith("earlier") else lead
    site = f"{lead}{_site_rt(course)}"
    shorter = (lead + first_clause, f"{site}, {_when(findings, overlap, course, on)}", site)
    return [shorter, *map(in_short, others), OVERLAPS["none-found"] if relation == "none-found" else ""]


def in_short(clause: str) -> Clause:
    """A clause with its shorter wording, where it has one."""
    return (clause, SAME_REGION) if clause == OVERLAPS["in-region"] else clause


def overlap_lead(findings: Sequence[Finding], course: str) -> str:
    """The clause on the course as the first one of a card."""
    relation = text(first(findings, "overlap") or {}, "overlap")
    if course in {WITHOUT_COURSE, FLAG_ONLY}:
        return course
    return f"{_OVERLAP_LEADS.get(relation, 'Earlier radiotherapy')}: {course.removeprefix('earlier ')}"


def structures(findings: Sequence[Finding]) -> Iterable[str]:
    """One clause per structure sum that is worth a place in the summary, the most telling first."""
    telling = [finding for finding in all_of(findings, "dose") if finding.status in {"exceeds", "near", "caution"}]
    for finding in sorted(telling, key=lambda finding: STATUS_RANK[finding.status]):
        yield _structure(finding)


def _structure(finding: Finding) -> str:
    found = members(finding)
    name = capital(structure(text(found, "structure") or finding.rule.split(".")[1]))
    amount = _amount(found)
    limit_gy = number(found, "limitGy")
    against = f" {limit_words(finding, found)} {plain_number(limit_gy)} Gy" if limit_gy is not None else ""
    if finding.status == "exceeds" and within_value(found):  # a joint condition is broken, not the sum
        return f"{name}: {amount} is outside the conditions of the{against}{broken_condition(found)}"
    return f"{name}: {amount} {COMPARED[finding.status]}{against}"


def _amount(found: Members) -> str:
    which = next((word for member, word in _AMOUNTS if number(found, member) is not None), None)
    if which is None:
        return "EQD2"
    if which == "cumulative" and number(found, "proposedEqd2Gy") is None:
        which = "earlier"  # the new part is not known, or there is none
    assumed = " (assumed from the prescription)" if is_assumed(found) else ""
    return f"{which} EQD2 {shown_sum(found)} Gy{assumed}"
