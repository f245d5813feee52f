"""Which of a structure's limits holds: by number of earlier courses, new fractions, interval and place."""

from collections.abc import Iterable, Sequence

from clinical_rules.call import Call
from clinical_rules.facts import RadiotherapyCourse
from clinical_rules.intervals import Interval
from clinical_rules.knowledge import LimitInForce
from clinical_rules.knowledge.schema import DoseLimit
from clinical_rules.reirradiation.pairs import is_stereotactic
from clinical_rules.reirradiation.shares import Share
from clinical_rules.reirradiation.targets import Target


def choose_limit(
    limits: Iterable[LimitInForce],
    earlier: Sequence[Share],
    new: Sequence[Share],
    targets: Sequence[Target],
    call: Call,
) -> LimitInForce | None:
    """The limit for this situation; the lowest where the records leave several open, None where none is meant."""
    fitting = [
        found
        for found in limits
        if _courses_fit(found.limit, earlier, new)
        and _fractions_fit(found.limit, new)
        and _interval_fits(found.limit, last_interval(earlier))
        and places_fit(found.limit.regions, targets, call)
        and not (found.limit.fractionated_partial_only and _whole_or_stereotactic(earlier, new, call))
    ]
    return min(fitting, key=lambda found: (found.value.limit_gy, found.limit.title), default=None)


def last_interval(earlier: Sequence[Share]) -> Interval:
    """The shortest interval of several courses; one that is not known where any is not known."""
    intervals = [interval for share in earlier for interval in share.intervals]
    unknown = [interval for interval in intervals if interval.months is None]
    if unknown or not intervals:
        return unknown[0] if unknown else Interval()
    return min(intervals, key=lambda one: (one.months, one.longest_months))


def _courses_fit(limit: DoseLimit, earlier: Sequence[Share], new: Sequence[Share]) -> bool:
    """Several orders are several courses; one that may not touch the structure does not make them several."""
    several = sum(share.certain for share in earlier) + max(0, len(new) - 1) > 1
    return limit.earlier_courses == "any" or (limit.earlier_courses == "several") == several


def _fractions_fit(limit: DoseLimit, new: Sequence[Share]) -> bool:
    """Whether the new fractions are in the limit's range; True where their number is not known."""
    fractions = new_fractions(new)
    if fractions is None:
        return True
    least, most = limit.new_fractions_min or fractions, limit.new_fractions_max or fractions
    return least <= fractions <= most


def new_fractions(new: Sequence[Share]) -> int | None:
    """The number of new fractions, by the dose to the structure, the prescription or the order; None if not known."""
    if not new:
        return None
    share = new[0]
    stated = [volume.fractions for volume in (*share.organs, *share.prescriptions) if volume.fractions is not None]
    return max(stated, default=share.course.fractions)


def _interval_fits(limit: DoseLimit, interval: Interval) -> bool:
    """A limit for long intervals holds only where the interval surely is that long."""
    if limit.interval_from_months is not None and interval.at_least(limit.interval_from_months) is not True:
        return False
    return limit.interval_below_months is None or interval.at_least(limit.interval_below_months) is not True


def places_fit(regions: Iterable[str], targets: Sequence[Target], call: Call) -> bool:
    """Whether a target lies, or may lie, in one of the regions; any place does where none is named."""
    wanted, known = set(regions), call.knowledge.anatomy.regions
    if not wanted or any(not target.sites for target in targets):
        return True
    places = {site.region for target in targets for site in target.sites}
    return any(place in wanted or place not in known or known[place].kind == "unknown" for place in places)


def _whole_or_stereotactic(earlier: Sequence[Share], new: Sequence[Share], call: Call) -> bool:
    shares = (*earlier, *new)
    return any(is_stereotactic(share.course, call) or _whole_organ(share.course, call) for share in shares)


def _whole_organ(course: RadiotherapyCourse, call: Call) -> bool:
    """A course whose site names no part of the organ, in fractions too small for a small field."""
    most_gy = call.knowledge.number("dose.whole-brain-max-gy-per-fraction")
    parts = {site.subsite for site in course.sites}
    if parts and not parts & ({None} | call.knowledge.anatomy.groups.whole):
        return False
    sizes = [
        volume.total_dose_gy / volume.fractions
        for volume in course.volumes
        if volume.total_dose_gy is not None and volume.fractions
    ]
    return not sizes or min(sizes) < most_gy
