"""From the signs of one cancer to one present tumour: certainty, pattern, date, places."""

from collections.abc import Iterable, Sequence

from clinical_rules.diseases import ENDED, earliest
from clinical_rules.facts import BodySite, DiseaseStatus, PartialDate
from clinical_rules.picture import Certainty, Pattern, PresentTumour, SpreadPart, TumourKind, TumourSign
from clinical_rules.recurrence.chart import Chart
from clinical_rules.recurrence.index import TreatedCancer
from clinical_rules.recurrence.judging import SURENESS, after, months_after, surest
from clinical_rules.recurrence.places import treats


def pattern_of(parts: set[SpreadPart]) -> Pattern:
    """The pattern of a recurrence from where it shows.

    >>> pattern_of({"local", "regional"}), pattern_of({"local", "distant"}), pattern_of({"distant", "biochemical"})
    ('locoregional', 'mixed', 'distant')
    """
    located = parts - {"biochemical"}
    if "distant" in located:
        return "mixed" if len(located) > 1 else "distant"
    if len(located) > 1:
        return "locoregional"
    if located:
        return "local" if "local" in located else "regional"
    return "biochemical" if parts else "unknown"


def telling(signs: Iterable[TumourSign]) -> tuple[TumourSign, ...]:
    """The signs that decide, in the order of their dates: possible ones only where there is nothing surer."""
    signs = sorted(signs, key=sign_order)
    surer = tuple(sign for sign in signs if sign.certainty != "possible")
    return surer or tuple(signs)


def sign_order(sign: TumourSign) -> tuple[str, int, str, str]:
    """By date, the surer first, then by reference."""
    return str(sign.date or "9999"), -SURENESS.index(sign.certainty), sign.reference, sign.words


def still_there(
    signs: Iterable[TumourSign], remissions: Sequence[DiseaseStatus], chart: Chart
) -> tuple[TumourSign, ...]:
    """The signs that no later remission ended, and whose own entry does not call them gone."""
    gone = {entry.reference for entry in chart.facts.diagnoses if entry.clinical_status in ENDED}
    return tuple(sign for sign in signs if sign.reference not in gone and not _remitted(sign, remissions))


def _remitted(sign: TumourSign, remissions: Sequence[DiseaseStatus]) -> bool:
    """Whether remission was stated after a sign; a sign without a date stays, and the contradiction is told."""
    if sign.date is None:
        return False
    return any(status.date is not None and after(status.date, sign.date) for status in remissions)


def treated_since(signs: Sequence[TumourSign], places: Sequence[BodySite], chart: Chart) -> bool:
    """Whether radiotherapy of its region, or surgery for it, began after the tumour and ended long ago.

    Then it is a tumour that was treated, unless it is documented that it is there or has spread.
    """
    day = earliest(sign.date for sign in signs)
    if day is None or any("distant" in sign.parts or sign.certainty == "documented" for sign in signs):
        return False
    return treated_after(day, places, {sign.reference for sign in signs}, chart)


def treated_after(
    day: PartialDate, places: Sequence[BodySite], references: set[str], chart: Chart, *, any_surgery: bool = False
) -> bool:
    """Whether a treatment of the place begun on or after a date ended a disease-free gap ago.

    `any_surgery` counts an operation of which neither place nor reason is on file.
    """
    gap_months = int(chart.knowledge.number("recurrence.disease-free-gap-months"))
    today = PartialDate.on(chart.on)
    for each in chart.given:
        if each.start.latest < day.earliest or months_after(today, each.end, gap_months) != "yes":
            continue
        unplaced = any_surgery and each.kind == "surgery" and not (each.sites or each.reasons)
        if unplaced or references.intersection(each.reasons):
            return True
        if treats(each.sites, places, chart.knowledge.anatomy):
            return True
    return False


def tumour(
    kind: TumourKind, signs: Sequence[TumourSign], cancer: TreatedCancer | None, chart: Chart, *, label: str
) -> PresentTumour:
    """The present tumour that some signs show."""
    used = telling(signs)
    still_open = [sign for sign in signs if not _place_treated(sign, cancer, chart)]
    certainty: Certainty = surest({sign.certainty for sign in used})
    day = earliest(sign.date for sign in used)
    pattern = pattern_of({part for sign in used for part in sign.parts})
    places = _places(still_open or used, pattern, cancer)
    own = cancer.index.references if cancer else frozenset()
    leading = min(used, key=lambda sign: (-SURENESS.index(sign.certainty), *sign_order(sign)))
    return PresentTumour(
        reference=leading.reference,
        references=tuple(sorted({sign.reference for sign in signs} | own)),
        kind=kind,
        site=cancer.index.disease.site if cancer else "other",
        sites=places,
        certainty=certainty,
        courses=chart.earlier_courses(_latest(still_open) if still_open else day),
        date=day,
        just_added=any(sign.just_added for sign in signs),
        label=label,
        signs=tuple(sorted(signs, key=sign_order)),
        pattern=pattern,
        metastatic_sites=tuple(sorted({sign.metastatic_site for sign in used if sign.metastatic_site})),
        treatment_end=_treatment_end(day, cancer, chart),
        organ=cancer.index.disease.organ if cancer else None,
    )


def _place_treated(sign: TumourSign, cancer: TreatedCancer | None, chart: Chart) -> bool:
    """Whether the place of a sign was treated after it: then it is not there that new treatment would go."""
    places = sign.sites or (cancer.index.body_sites if cancer else ())
    return sign.date is not None and any(
        each.start.latest >= sign.date.earliest
        and (sign.reference in each.reasons or treats(each.sites, places, chart.knowledge.anatomy))
        for each in chart.given
        if each.reference != sign.reference
    )


def _latest(signs: Sequence[TumourSign]) -> PartialDate | None:
    """The date of the newest sign: what was irradiated before it counts; None where one has no date."""
    dates = [sign.date for sign in signs]
    known = [day for day in dates if day is not None]
    return None if len(known) < len(dates) else max(known, key=lambda day: (day.latest, day.earliest))


def _places(signs: Sequence[TumourSign], pattern: Pattern, cancer: TreatedCancer | None) -> tuple[BodySite, ...]:
    """Where it lies: where the signs say; else, unless it is elsewhere for sure, at the primary.

    A marker names no place: beside a sign that does, it puts nothing at the primary.
    """
    stated = {place for sign in signs for place in sign.sites}
    telling_of_place = [sign for sign in signs if set(sign.parts) != {"biochemical"}] or signs
    primary = cancer is not None and any(not sign.sites and "distant" not in sign.parts for sign in telling_of_place)
    if cancer is not None and primary:
        stated |= set(cancer.index.body_sites)
    return tuple(sorted(stated, key=repr))


def _treatment_end(day: PartialDate | None, cancer: TreatedCancer | None, chart: Chart) -> PartialDate | None:
    if cancer is None:
        return None
    return cancer.ended_before(day) if day else cancer.last_end(chart.on)
