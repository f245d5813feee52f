"""rert-cds explain: the reporting items of the ESTRO and EORTC consensus, each as known or not known."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from cards.reading import members, number, plain_number, text, true
from cds_service.explain_items import Item, course_items, decision_items, patient_items
from clinical_rules.facts import PatientFacts
from clinical_rules.findings import Finding

METHOD = "doses to one structure converted course by course and added; dose distributions are not registered"
SUM = "cumulative-eqd2"
_NAME_AT = 2


def reporting_lines(facts: PatientFacts, findings: Sequence[Finding], on: date) -> Iterator[str]:
    """The items group by group; nothing where no radiotherapy is on file or ordered."""
    if not (facts.courses or facts.orders):
        return
    yield from _group("type of re-irradiation", [Item("type (I, II or neither)", _type(findings))])
    yield from _group("patient and tumour", patient_items(facts, findings, on))
    for course in facts.courses:
        yield from _group(f"radiotherapy given, {course.reference}", course_items(course))
    for order in facts.orders:
        yield from _group(f"radiotherapy ordered, {order.reference}", course_items(order))
    yield from _group("cumulative dose", _cumulative(findings))
    yield from _group("decision", decision_items(facts))


def _group(name: str, items: Iterable[Item]) -> Iterator[str]:
    """What is known, one line each, then what is not, in one line."""
    told = list(items)
    yield name
    yield from (f"  known: {item.name}: {item.known}" for item in told if item.known)
    if unknown := [item.name for item in told if not item.known]:
        yield f"  not known: {', '.join(unknown)}"


def _type(findings: Sequence[Finding]) -> str:
    """The type as judged; "" where site codes cannot tell it."""
    overlap = next((finding for finding in findings if finding.rule == "reirradiation.overlap"), None)
    if overlap is None:
        return ""
    found = members(overlap)
    kind = text(found, "type")
    if kind in {"I", "II"}:
        return f"type {kind}"
    return "possibly type I: the same region, fields not compared" if true(found, "possibleTypeI") else ""


def _cumulative(findings: Sequence[Finding]) -> Iterator[Item]:
    sums = [finding for finding in findings if _is_sum(finding)]
    added = [finding for finding in sums if number(members(finding), "cumulativeEqd2Gy") is not None]
    yield Item("method", METHOD if added else "")
    for finding in sums:
        yield Item(_named(finding), _sum(finding) if finding in added else "")
    yield Item("cumulative dose to the target")
    yield Item("dose-volume data of a registered sum")


def _is_sum(finding: Finding) -> bool:
    parts = finding.rule.split(".")
    return parts[0] == "reirradiation" and len(parts) > _NAME_AT and parts[_NAME_AT] == SUM


def _named(finding: Finding) -> str:
    found = members(finding)
    scheme = text(found, "recoveryScheme")
    return text(found, "structure") + ("" if scheme in {"", "none"} else f" under {scheme}")


def _sum(finding: Finding) -> str:
    found = members(finding)
    total, alpha_beta = number(found, "cumulativeEqd2Gy"), number(found, "alphaBetaGy")
    scheme = text(found, "recoveryScheme")
    words = (
        "" if total is None else f"{plain_number(total)} Gy EQD2",
        "" if alpha_beta is None else f"alpha/beta {plain_number(alpha_beta)} Gy",
        text(found, "metric"),
        text(found, "basis").replace("-", " "),
        "no recovery assumed" if scheme in {"", "none"} else f"recovery {scheme}",
    )
    return ", ".join(filter(None, words))
