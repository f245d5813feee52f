"""Doses and times in words, for the summary and for the detail: numbers and closed words only."""

from decimal import Decimal

from cards.reading import Members, number, plain_number, text, texts, true
from cards.wording import BASES, spaced
from clinical_rules.findings import Finding

LOW_RISK = "published low-risk value"
PUBLISHED = "published value"
_REASONS = {"no-organ-dose": "no organ dose", "not-photons": "a course not by photons"}
"""Why a dose is missing from a sum."""
SUMS = ("cumulativeEqd2Gy", "priorEqd2Gy", "knownEqd2Gy")


def course_dose(course: Members) -> str:
    """The dose of a course as on file: `50.4 Gy in 28 fx delivered`.

    >>> course_dose({"totalDoseGy": 50.4, "fractions": 28, "basis": "delivered"})
    '50.4 Gy in 28 fx delivered'
    """
    total_gy, fractions, basis = number(course, "totalDoseGy"), number(course, "fractions"), text(course, "basis")
    if total_gy is None:
        missing = "dose on file not used" if texts(course, "unusable") else "dose not on file"
        return missing + ("" if fractions is None else f" ({plain_number(fractions)} fx)")
    words = [f"{plain_number(total_gy)} Gy"]
    if fractions is not None:
        words.append(f"in {plain_number(fractions)} fx")
    if basis in BASES:
        words.append(basis)
    return " ".join(words)


def is_assumed(members: Members) -> bool:
    """Whether a sum rests on a prescription used as a screening value."""
    return text(members, "basis") == "assumed-prescription"


def eqd2(members: Members, name: str) -> str:
    """A dose of a structure finding in Gy: one decimal, whole Gy where it is assumed; "" where it is missing."""
    value = number(members, name)
    return "" if value is None else plain_number(value, 0 if is_assumed(members) else 1)


def shown_sum(members: Members) -> str:
    """The sum, else the earlier doses, else what is known; more decimals where one hides its side of the value."""
    shown = next(filter(None, (eqd2(members, name) for name in SUMS)), "")
    limit, exact = number(members, "limitGy"), number(members, *SUMS)
    if exact is None or limit is None or is_assumed(members) or Decimal(shown) != limit or exact == limit:
        return shown
    return next((tried for places in (2, 3, 4, 5) if Decimal(tried := plain_number(exact, places)) != limit), shown)


def within_value(members: Members) -> bool:
    """Whether the sum itself is not above the value it is compared with."""
    limit, exact = number(members, "limitGy"), number(members, *SUMS)
    return limit is not None and exact is not None and exact <= limit


def limit_words(finding: Finding, members: Members) -> str:
    """What the limit is called: low-risk only where its source says so."""
    word = text(members, "limit_word", "basis_word", "limitWord", "basisWord")
    return LOW_RISK if "low-risk" in word else PUBLISHED


def ended(interval: Members, on: str) -> str:
    """`ended 8.2 months ago`, or nothing where the interval is not known; an estimate and a range say so.

    The interval of an order runs to its planned start: where that is not today, the words say so.
    """
    if true(interval, "running"):
        return "still running"
    months = interval_range(interval)
    if not months:
        return ""
    about = "about " if true(interval, "estimated") else ""
    point = "ago" if text(interval, "until") in {"", on} else "before the planned start"
    return f"ended {about}{months} {point}"


def interval_range(interval: Members) -> str:
    """`8.2 to 19.5 months` where the date is known in part only, else `8.2 months`; "" where it is not known."""
    months, longest = number(interval, "months"), number(interval, "longestMonths")
    if months is None:
        return ""
    shortest = plain_number(months, 1)
    if longest is None:
        return f"{shortest} month" if months == 1 else f"{shortest} months"
    return f"{shortest} to {plain_number(longest, 1)} months"


def reason(name: str) -> str:
    """Why a dose is missing."""
    return _REASONS.get(name) or spaced(name)


def band(name: str) -> str:
    """A band of the interval in words.

    >>> band("<3"), band("3-6"), band(">=12"), band("unknown")
    ('under 3 months', '3 to 6 months', '12 months or more', 'not known')
    """
    if name.startswith("<"):
        return f"under {name[1:]} months"
    if name.startswith(">="):
        return f"{name[2:]} months or more"
    return f"{name.replace('-', ' to ')} months" if name[:1].isdecimal() else "not known" if name else ""
