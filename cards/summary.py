"""The summary of a card: finding and why, in fewer than 140 characters of plain text."""

from collections.abc import Callable, Iterable, Sequence

from cards.doses import ended
from cards.escaping import SUMMARY_LIMIT, cut, length, plain_text, reads_right_to_left
from cards.grouping import CardPlan
from cards.irradiation import all_of, beside, first, irradiated, overlap_lead, structures
from cards.reading import Members, members, text
from cards.wording import NO_SITE, NOT_FOUND, PATTERNS, capital, disease, problem, spaced, workup_item
from clinical_rules.findings import Finding, Topic

LONGEST_LABEL = 60
"""Characters of a diagnosis label in a summary: the earlier treatment must still fit."""


def summary(plan: CardPlan, on: str) -> str:
    """One line: the lead whole or cut at a word, then every further clause that still fits whole."""
    clauses = [plain_text(clause) for clause in _CLAUSES[plan.topic](plan.findings, on) if clause]
    if not clauses:
        clauses = [f"{spaced(plan.topic)}: see the findings"]
    line = cut(capital(clauses[0]))
    for clause in clauses[1:]:
        longer = f"{line}; {clause}"
        line = longer if length(longer) <= SUMMARY_LIMIT else line
    return line


def certain(source: Members, words: str) -> str:
    """The words, with `possible` or `probable` before them unless documented."""
    certainty = text(source, "certainty")
    if certainty == "documented":
        return words
    return f"{'probable' if certainty == 'probable' else 'possible'} {words}"


def _disease(found: Members) -> str:
    """The cancer in our words; by the label of its diagnosis where the site says nothing."""
    site, label = text(found, "site"), plain_text(text(found, "label"))
    if site not in NO_SITE or not label or reads_right_to_left(label):
        return disease(site)
    return cut(label, LONGEST_LABEL)


def _sureness(source: Members) -> int:
    return {"documented": 0, "probable": 1}.get(text(source, "certainty"), 2)


def _recurrence(findings: Sequence[Finding], on: str) -> Iterable[str]:
    found = min(map(members, all_of(findings, "recurrence")), key=_sureness, default={})
    pattern = PATTERNS.get(text(found, "pattern"), "recurrence")
    yield certain(found, f"{pattern} of {_disease(found)}")
    yield from beside(findings, on)
    yield from structures(findings)


def _second_primary(findings: Sequence[Finding], on: str) -> Iterable[str]:
    found = first(findings, "second-primary") or {}
    documented = text(found, "certainty") == "documented"
    earlier = text(found, "earlierSite")
    yield (
        f"{'' if documented else 'possible '}second primary: {_disease(found)}"
        + (f" after earlier {disease(earlier)}" if earlier else "")
    )
    yield from beside(findings, on)
    yield from structures(findings)


def _reirradiation(findings: Sequence[Finding], on: str) -> Iterable[str]:
    """A sum over its value leads; else the overlap does."""
    sums = list(structures(findings))
    clauses = irradiated(findings, on)
    exceeds = any(finding.status == "exceeds" for finding in all_of(findings, "dose"))
    if exceeds:
        when = ended(first(findings, "interval") or {}, on)
        return [sums[0], f"earlier RT {when}" if when else "", *clauses[1:], *sums[1:]]
    if not clauses:
        return sums
    return [overlap_lead(findings, clauses[0]), *clauses[1:], *sums]


def _workup(findings: Sequence[Finding], on: str) -> Iterable[str]:
    items = all_of(findings, "workup")
    missing = [_item(finding) for finding in items if finding.status in NOT_FOUND]
    drug = plain_text(text(first(findings, "workup") or {}, "drug", "agent"))
    before = f" before {drug}" if drug and not reads_right_to_left(drug) else ""
    if missing:
        yield f"Work-up: {len(missing)} of {len(items)} items not found{before}: {', '.join(missing)}"
    else:
        yield f"Work-up on file{before}: {', '.join(map(_item, items))}"


def _item(finding: Finding) -> str:
    return workup_item(text(members(finding), "item"))


def _supportive(findings: Sequence[Finding], on: str) -> Iterable[str]:
    topics = [text(members(finding), "topic") for finding in all_of(findings, "supportive")]
    yield f"Supportive care: {', '.join(spaced(topic) for topic in topics if topic) or 'see the findings'}"


def _data(findings: Sequence[Finding], on: str) -> Iterable[str]:
    problems = all_of(findings, "data")
    names = dict.fromkeys(problem(text(members(finding), "problem") or finding.rule) for finding in problems)
    what = "A record" if len(problems) == 1 else f"{len(problems)} records"
    yield f"{what} could not be used as on file: {', '.join(names)}"


_CLAUSES: dict[Topic, Callable[[Sequence[Finding], str], Iterable[str]]] = {
    "recurrence": _recurrence,
    "second-primary": _second_primary,
    "reirradiation": _reirradiation,
    "workup": _workup,
    "supportive-care": _supportive,
    "data-quality": _data,
}
