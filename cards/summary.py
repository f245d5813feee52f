"""The summary of a card: finding and why, in fewer than 140 characters of plain text."""

from collections.abc import Callable, Iterable, Sequence

from cards.cancers import METASTASES, cancer, pattern, present_tumour, second_primary
from cards.doses import ended
from cards.escaping import SUMMARY_LIMIT, cut, length, plain_text, reads_right_to_left
from cards.grouping import CardPlan
from cards.irradiation import Clause, all_of, beside, first, in_short, irradiated, overlap_lead, structures
from cards.reading import Members, members, objects, text, texts, true
from cards.wording import NOT_FOUND, capital, problem, spaced, workup_item
from clinical_rules.findings import Finding, Topic


def summary(plan: CardPlan, on: str) -> str:
    """One line: the lead whole or cut at a word, then every further clause that still fits whole."""
    clauses = [_alternatives(clause) for clause in _CLAUSES[plan.topic](plan.findings, on) if clause]
    if not clauses:
        clauses = [(f"{spaced(plan.topic)}: see the findings",)]
    line = cut(capital(clauses[0][0]))
    for clause in clauses[1:]:
        longer = (f"{line}; {words}" for words in clause)
        line = next((words for words in longer if length(words) <= SUMMARY_LIMIT), line)
    return line


def _alternatives(clause: Clause) -> tuple[str, ...]:
    """The wordings of a clause, the fullest first."""
    return tuple(plain_text(words) for words in ((clause,) if isinstance(clause, str) else clause))


def certain(source: Members, words: str) -> str:
    """The words, with `possible` or `probable` before them unless documented."""
    certainty = text(source, "certainty")
    if certainty == "documented":
        return words
    return f"{'probable' if certainty == 'probable' else 'possible'} {words}"


def _sureness(source: Members) -> int:
    return {"documented": 0, "probable": 1}.get(text(source, "certainty"), 2)


def _recurrence(findings: Sequence[Finding], on: str) -> Iterable[Clause]:
    found, *others = sorted(map(members, all_of(findings, "recurrence")), key=_sureness) or [{}]
    yield certain(found, f"{pattern(found)} of {cancer(found)}")
    yield _further(others)  # before any course: which of them it lies next to is not said in one line
    yield "may be treatment effect" if true(first(findings, "treatment-effect") or {}, "afterCourse") else ""
    yield from beside(findings, on)
    yield from structures(findings)
    places = [METASTASES[site] for site in texts(found, "metastaticSites") if site in METASTASES]
    yield f"metastases: {', '.join(places)}" if places else ""


def _further(others: Sequence[Members]) -> Clause:
    """The other recurrences: named where there is one and it fits, else counted."""
    if len(others) != 1:
        return f"{len(others)} further recurrences" if others else ""
    return certain(others[0], f"{pattern(others[0])} of {cancer(others[0])}"), "1 further recurrence"


def _second_primary(findings: Sequence[Finding], on: str) -> Iterable[Clause]:
    found = first(findings, "second-primary") or {}
    documented = text(found, "certainty") == "documented"
    yield f"{'' if documented else 'possible '}second primary: {second_primary(found)}"
    yield from beside(findings, on)
    yield from structures(findings)


def _reirradiation(findings: Sequence[Finding], on: str) -> Iterable[Clause]:
    """A sum over its value leads; else the overlap does."""
    sums = list(structures(findings))
    clauses = irradiated(findings, on)
    exceeds = any(finding.status == "exceeds" for finding in all_of(findings, "dose"))
    if exceeds:
        when = ended(first(findings, "interval") or {}, on)
        return [sums[0], f"earlier RT {when}" if when else "", *clauses[1:], *sums[1:]]
    if not clauses:
        return sums
    lead = overlap_lead(findings, clauses[0])
    tumour = next(filter(None, map(present_tumour, objects(first(findings, "overlap") or {}, "targets"))), "")
    if tumour and ": " in lead:  # `rectal cancer; region irradiated before: pelvic RT ...`
        lead = f"{tumour}; {lead[:1].lower()}{lead[1:]}"
    return [lead, *map(in_short, clauses[1:]), *sums]


def _workup(findings: Sequence[Finding], on: str) -> Iterable[Clause]:
    items = all_of(findings, "workup")
    leads = [text(finding.words, "lead") for finding in items if finding.urgency is not None]
    if any(leads):
        yield from leads
        items = [finding for finding in items if "lead" not in finding.words]
    missing = [_item(finding) for finding in items if finding.status in NOT_FOUND]
    drug = "" if any(leads) else plain_text(text(first(findings, "workup") or {}, "drug", "agent"))
    before = f" before {drug}" if drug and not reads_right_to_left(drug) else ""
    if missing:
        yield f"Work-up: {len(missing)} of {len(items)} items not found{before}: {', '.join(missing)}"
    elif items:
        yield f"Work-up on file{before}: {', '.join(map(_item, items))}"


def _item(finding: Finding) -> str:
    return workup_item(text(members(finding), "item"))


def _supportive(findings: Sequence[Finding], on: str) -> Iterable[Clause]:
    topics = [text(members(finding), "topic") for finding in all_of(findings, "supportive")]
    yield f"Supportive care: {', '.join(spaced(topic) for topic in topics if topic) or 'see the findings'}"


def _data(findings: Sequence[Finding], on: str) -> Iterable[Clause]:
    problems = all_of(findings, "data")
    names = dict.fromkeys(problem(text(members(finding), "problem") or finding.rule) for finding in problems)
    what = "A record" if len(problems) == 1 else f"{len(problems)} records"
    yield f"{what} could not be used as on file: {', '.join(names)}"


_CLAUSES: dict[Topic, Callable[[Sequence[Finding], str], Iterable[Clause]]] = {
    "recurrence": _recurrence,
    "second-primary": _second_primary,
    "reirradiation": _reirradiation,
    "workup": _workup,
    "supportive-care": _supportive,
    "data-quality": _data,
}
