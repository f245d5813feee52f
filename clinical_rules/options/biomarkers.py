"""Biomarkers that the listed options ask for, or that their site names: what is on file, or that nothing was found."""

from collections.abc import Iterable, Mapping

from clinical_rules.findings import JSON, Finding
from clinical_rules.options.answers import Asking
from clinical_rules.options.gene_facts import marker_values, outcome, results
from clinical_rules.options.listed import Listed

NOT_SEEN = "results in reports or narrative are not read"


def findings(options: Iterable[Listed], asking: Asking) -> tuple[Finding, ...]:
    """One finding a biomarker, by name."""
    return tuple(_finding(name, asking) for name in sorted(_names(options)))


def _names(options: Iterable[Listed]) -> set[str]:
    found: set[str] = set()
    for each in options:
        found.update(each.held.file.biomarkers)
        asked = (*each.option.require, *each.option.factors)
        found.update(condition.name for condition in asked if condition.fact == "biomarker")
    return found


def _finding(name: str, asking: Asking) -> Finding:
    words, evidence = _on_file(name, asking)
    return Finding(
        rule="workup.biomarker",
        status="found" if evidence else "missing",
        topic="workup",
        values={"item": f"biomarker:{name}"},
        evidence=evidence,
        words=words,
    )


def _on_file(name: str, asking: Asking) -> tuple[Mapping[str, JSON], tuple[str, ...]]:
    """The newest result: value, date, method; of a marker in blood its last value."""
    found = results(name, asking)
    same_day = [each for each in found if each.date == found[0].date]
    if not same_day:
        value, day, evidence = marker_values(name, asking)
        return ({"value": value, "date": day, "note": ""} if evidence else {"note": NOT_SEEN}), evidence
    words: dict[str, JSON] = {"value": "; ".join(dict.fromkeys(outcome(each) for each in same_day))}
    if found[0].date:
        words["date"] = str(found[0].date)
    words["note"] = ", ".join(sorted({each.method for each in same_day if each.method}))
    return words, tuple(sorted({each.reference for each in same_day}))
