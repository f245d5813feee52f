"""Clauses of a summary on earlier irradiation: the course that counts most, its time, the sums of structures."""

from collections.abc import Iterable, Sequence

from cards.doses import course_dose, ended, is_assumed, limit_words, shown_sum, within_value
from cards.escaping import plain_text, reads_right_to_left
from cards.kinds import Kind, kind_of
from cards.reading import Members, members, number, objects, plain_number, text, texts
from cards.regions import NOT_STATED, REGION_ADJECTIVES
from cards.wording import OVERLAPS, capital, structure
from clinical_rules.findings import Finding

COMPARED = {"exceeds": "exceeds", "near": "is near", "caution": "calls for caution against", "within": "is below"}
OVERLAP_RANK = {"in-region": 0, "unknown": 1, "junction": 2, "adjacent": 3, "none-found": 4}
WITHOUT_COURSE = "earlier radiotherapy on record without dose or site"
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
        return [WITHOUT_COURSE, "overlap unknown"]
    relation = text(course, "overlap") or text(overlap, "overlap")
    running = texts(overlap, "partOfRunningCourse")
    more = len(objects(overlap, "courses")) - 1
    return [
        ", ".join(filter(None, (f"{_site_rt(course)} {course_dose(course)}", _when(findings, overlap, course, on)))),
        "part of the running course, or a new one?" if running else "",
        OVERLAPS["in-region"] if relation == "in-region" else "overlap unknown" if relation == "unknown" else "",
        f"{more} further earlier {'course' if more == 1 else 'courses'}" if more > 0 else "",
    ]


def _when(findings: Sequence[Finding], overlap: Members, course: Members, on: str) -> str:
    """When the course ended: in months where the interval is that of this course, else its date."""
    relevant = [entry for entry in objects(overlap, "courses") if text(entry, "overlap") != "none-found"]
    end, interval = text(course, "end"), first(findings, "interval") or {}
    asked = text(interval, "reference") or text(max(relevant, key=_end, default={}), "reference")
    if course in relevant and asked == text(course, "reference"):
        return ended(interval, on) or "end not on file"
    return f"ended {end}" if end else "end not on file"


def _end(course: Members) -> str:
    return text(course, "end")


def _site_rt(course: Members) -> str:
    site = text(course, "site")
    if site in NOT_STATED or reads_right_to_left(site):
        return "earlier RT (site not on file)"
    return f"{REGION_ADJECTIVES.get(site) or plain_text(site)} RT"


def beside(findings: Sequence[Finding], on: str) -> list[str]:
    """The earlier irradiation after the tumour was named: `next to pelvic RT ...`."""
    relation = text(first(findings, "overlap") or {}, "overlap")
    lead = {"adjacent": "next to ", "junction": "next to ", "none-found": "elsewhere "}.get(relation, "")
    first_clause, *others = irradiated(findings, on) or [""]
    return [lead + first_clause if first_clause not in {"", WITHOUT_COURSE} else first_clause, *others]


def overlap_lead(findings: Sequence[Finding], course: str) -> str:
    """The clause on the course as the first one of a card."""
    relation = text(first(findings, "overlap") or {}, "overlap")
    return course if course == WITHOUT_COURSE else f"{_OVERLAP_LEADS.get(relation, 'Earlier radiotherapy')}: {course}"


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
    verb = COMPARED[finding.status]
    if finding.status == "exceeds" and within_value(found):
        verb = "is outside the conditions of the"  # a joint condition is broken, not the sum
    return f"{name}: {amount} {verb}{against}"


def _amount(found: Members) -> str:
    which = next((word for member, word in _AMOUNTS if number(found, member) is not None), None)
    if which is None:
        return "EQD2"
    assumed = " (assumed from the prescription)" if is_assumed(found) else ""
    return f"{which} EQD2 {shown_sum(found)} Gy{assumed}"
