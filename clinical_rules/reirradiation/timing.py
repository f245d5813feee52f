"""How urgent the time since an earlier course makes a new one, and the finding `reirradiation.interval`."""

from collections.abc import Sequence

from clinical_rules.call import Call
from clinical_rules.facts import RadiotherapyCourse
from clinical_rules.findings import JSON, Finding, Urgency
from clinical_rules.intervals import UNKNOWN_BAND, Interval
from clinical_rules.reirradiation.indications import urgent_indications
from clinical_rules.reirradiation.pairs import Pair
from clinical_rules.reirradiation.targets import Target
from clinical_rules.reirradiation.wire import number

DAYS_PER_WEEK = 7


def interval_findings(found: Sequence[Pair], call: Call) -> tuple[Finding, ...]:
    """The time since the last course that lies, or may lie, where the new treatment would go.

    An undated course may be the last one: then the band is unknown, unless another course already puts it
    in the shortest band.
    """
    relevant = [pair for pair in found if _counts(pair)]
    if not relevant:
        return ()
    pair = _last(relevant, call)
    interval = pair.interval
    values: dict[str, JSON] = {"band": interval.band, "estimated": interval.estimated}
    if interval.months is not None:
        values["months"] = number(interval.months)
    return (
        Finding(
            rule="reirradiation.interval",
            status="cannot-assess" if interval.band == UNKNOWN_BAND else "found",
            topic="reirradiation",
            values=values,
            urgency=max((u for u in (time_urgency(p, call) for p in found) if u is not None), default=None),
            evidence=(pair.course.reference,),
            sources=call.knowledge.sources("interval.bands-months"),
            words=_words(pair, relevant, call),
        ),
    )


def time_urgency(pair: Pair, call: Call) -> Urgency | None:
    """What the interval alone makes of an overlap in the same region.

    Orders: critical from six weeks to three months, and before that if marked as re-irradiation; else before
    six weeks a question (the running course, or a new one?). Charts: a warning under six months.
    """
    if pair.relation != "in-region" or pair.interval.band == UNKNOWN_BAND:
        return None
    first, second = call.time_rules.bounds_months[:2]
    if not call.ordering:
        return None if pair.interval.at_least(second) else Urgency.WARNING
    if pair.interval.at_least(first):
        return None
    asked = asks_whether_one_course(pair, call) or (may_be_one_course(pair, call) and not pair.target.flagged)
    milder = asked or pair.field or urgent_indications(pair.target, call)
    return Urgency.WARNING if milder else Urgency.CRITICAL


def may_be_one_course(pair: Pair, call: Call) -> bool:
    """Whether the earlier course in the same region runs still, or surely ended less than six weeks ago."""
    return pair.relation == "in-region" and _runs_or_ended_only_now(pair, call)


def asks_whether_one_course(pair: Pair, call: Call) -> bool:
    """Whether the order may be part of a course that runs still or ended only now.

    In the same place unless for another diagnosis; where the place is not told apart, for the same diagnosis only.
    An order that is marked as re-irradiation has answered the question. External beam and brachytherapy of one
    treatment are asked about for longer.
    """
    if pair.target.order is None or pair.target.flagged or pair.relation not in ("in-region", "unknown"):
        return False
    if pair.one_treatment:
        return True
    same = same_reason(pair.target, pair.course)
    fits = same is True or (same is None and pair.relation == "in-region")
    return fits and _runs_or_ended_only_now(pair, call)


def _runs_or_ended_only_now(pair: Pair, call: Call) -> bool:
    weeks = int(call.knowledge.number("interval.running-course-weeks"))
    return pair.interval.under_days(weeks * DAYS_PER_WEEK)


def same_reason(target: Target, course: RadiotherapyCourse) -> bool | None:
    """Whether both were given for the same diagnosis; None where one of them names none."""
    if target.order is None or not target.order.reason_references or not course.reason_references:
        return None
    return bool(set(target.order.reason_references) & set(course.reason_references))


def _counts(pair: Pair) -> bool:
    return pair.relation in ("in-region", "unknown") or (pair.near and pair.serial)


def _last(relevant: Sequence[Pair], call: Call) -> Pair:
    """The pair that decides: the shortest interval; an undated one unless the shortest band is certain."""
    dated = [pair for pair in relevant if pair.interval.months is not None]
    undated = [pair for pair in relevant if pair.interval.months is None]
    last = min(dated, key=lambda pair: (pair.interval.months, pair.interval.longest_months), default=None)
    if last is not None and (not undated or not last.interval.at_least(call.time_rules.bounds_months[0])):
        return last
    return undated[0]


def _words(pair: Pair, relevant: Sequence[Pair], call: Call) -> dict[str, JSON]:
    interval = pair.interval
    words: dict[str, JSON] = {
        "reference": pair.course.reference,
        "running": interval.running,
        "endInFuture": _end_in_future(interval, call),
        "until": str(pair.target.start),
        "bandDependsOnDate": interval.band != interval.longest_band,
        "undated": [other.course.reference for other in relevant if other.interval.months is None],
        "partOfRunningCourse": [p.course.reference for p in relevant if asks_whether_one_course(p, call)],
        "urgentIndications": list(urgent_indications(pair.target, call)),
    }
    return words | interval_words(interval)


def _end_in_future(interval: Interval, call: Call) -> bool:
    """Whether the end on file lies after today: then the time to a planned start is the shortest there can be."""
    return interval.end is not None and not interval.estimated and interval.end.earliest > call.on


def interval_words(interval: Interval) -> dict[str, JSON]:
    """What a template may say of an interval; only what is known."""
    words: dict[str, JSON] = {"band": interval.band}
    if interval.end is not None:
        words["end"] = str(interval.end)
    if interval.problem is not None:
        words["problem"] = interval.problem
    if interval.months is not None and interval.longest_months is not None:
        words |= {"months": number(interval.months), "estimated": interval.estimated}
        if interval.months != interval.longest_months:
            words |= {"longestMonths": number(interval.longest_months), "longestBand": interval.longest_band}
    return words
