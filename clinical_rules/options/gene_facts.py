"""Biomarkers: the newest result decides; another kind of test or another score is never read as the one asked for."""

from collections.abc import Sequence

from clinical_rules.facts import GenomicResult
from clinical_rules.knowledge.schema_condition import Biomarker
from clinical_rules.options.answers import Answer, Asking
from clinical_rules.options.names import asked
from clinical_rules.options.names import biomarker as named

NAMED_KINDS = ("mutation", "fusion", "protein", "instability", "quantity")


def biomarker(condition: Biomarker, asking: Asking) -> Answer:
    """The outcome asked for, or the score from its number on."""
    found = results(condition.name, asking)
    fitting = [each for each in found if _fits(each, condition)]
    if not fitting:
        return Answer("unknown", _nothing(condition, found), tuple(each.reference for each in found))
    same_day = [each for each in fitting if each.date == fitting[0].date]
    told = {_told(each, condition) for each in same_day}
    evidence = tuple(each.reference for each in same_day)
    if len(told) > 1:
        return Answer("unknown", f"{asked(condition)} (results disagree)", evidence)
    verdict = told.pop()
    if verdict is None:
        return Answer("unknown", f"{asked(condition)} (result not conclusive)", evidence)
    if verdict and condition.outcome == "negative" and any(each.outcome == "positive" for each in fitting):
        return Answer("unknown", f"{asked(condition)} (an earlier result was positive)", evidence)
    return Answer("yes" if verdict else "no", words(same_day[0]), evidence)


def results(name: str, asking: Asking) -> tuple[GenomicResult, ...]:
    """The results of a biomarker by today, the newest first; those without a date come last."""
    mine = [each for each in asking.call.facts.genomics if each.biomarker.casefold() == name.casefold()]
    past = (each for each in mine if each.date is None or each.date.earliest <= asking.call.on)
    return tuple(sorted(past, key=_newest_first))


def words(result: GenomicResult) -> str:
    """A result in words: what was tested, what came out, when."""
    day = f", {result.date}" if result.date else ""
    return f"{result.biomarker} {outcome(result)}{day}"


def outcome(result: GenomicResult) -> str:
    """What came out of a test, and what it tells of: `fusion positive`, `CPS 10`."""
    number = _number(result)
    stated = "" if result.outcome == "unknown" and number else result.outcome
    kind = result.kind if result.kind in NAMED_KINDS else ""
    return " ".join(filter(None, (kind, stated, (result.score or "") if number else "", number)))


def _number(result: GenomicResult) -> str:
    """The number with its unit; the units of UCUM that stand for none are not printed: a score of 10 is not 101."""
    stated = result.below if result.value is None else result.value
    if stated is None:
        return ""
    unit = result.unit if result.unit and result.unit != "1" and not result.unit.startswith("{") else ""
    return f"{'<' if result.value is None else ''}{stated:f}{unit if unit in ('', '%') else f' {unit}'}"


def _fits(result: GenomicResult, condition: Biomarker) -> bool:
    if condition.score is not None:
        return result.score == condition.score and bool(_number(result))
    return condition.kind is None or result.kind == condition.kind


def _told(result: GenomicResult, condition: Biomarker) -> bool | None:
    """Whether a result is the one asked for; None where it decides nothing."""
    if condition.at_least is not None and result.value is not None:
        return result.value >= condition.at_least
    if condition.at_least is not None and result.below is not None:
        return False if result.below <= condition.at_least else None
    return None if result.outcome in ("indeterminate", "unknown") else result.outcome == condition.outcome


def _nothing(condition: Biomarker, found: Sequence[GenomicResult]) -> str:
    """Why nothing is known: no result, or one of another kind or score."""
    if not found:
        return asked(condition)
    if condition.score is not None:
        stated = sorted({each.score for each in found if each.score})
        if condition.score in stated:
            return f"{named(condition)} (no usable number)"
        other = f"as {', '.join(stated)} is not {condition.score}" if stated else f"without a stated {condition.score}"
        return f"{named(condition)} ({condition.name} {other})"
    kinds = " and ".join(sorted({each.kind for each in found} - {"unknown"}))
    stated_kind = f"{condition.name} {kinds} on file is not a {condition.kind}" if kinds else "kind of test not stated"
    return f"{named(condition)} ({stated_kind})"


def _newest_first(result: GenomicResult) -> tuple[int, int, str]:
    if result.date is None:
        return 0, 0, result.reference
    return -result.date.latest.toordinal(), -result.date.earliest.toordinal(), result.reference


def marker_values(name: str, asking: Asking) -> tuple[str, str, tuple[str, ...]]:
    """The last value of a marker in blood of that name: value, date, record; nothing where there is none."""
    mine = [each for each in asking.call.facts.markers if _names(each.marker, name) and each.date]
    past = [
        (each.date.latest, each.reference, each) for each in mine if each.date and each.date.earliest <= asking.call.on
    ]
    if not past:
        return "", "", ()
    last = max(past, key=lambda each: each[:2])[2]
    value = "" if last.value is None else " ".join(filter(None, (f"{last.value:f}", last.unit)))
    return value, str(last.date), (last.reference,)


def _names(marker: str, name: str) -> bool:
    """Whether a marker is the one named, or a measure of it: `EBV DNA` of `EBV`."""
    return f"{marker} ".casefold().startswith(f"{name} ".casefold())
