"""Emergency and palliative indications: they keep the interval alone from being critical."""

from clinical_rules.call import Call
from clinical_rules.facts import CancerDiagnosis, ClinicalEvent, RadiotherapyCourse
from clinical_rules.reirradiation.targets import Target

EMERGENCIES = frozenset({
    "emergency", "cord-compression", "cauda-compression", "superior-vena-cava-obstruction", "bleeding", "airway",
})  # fmt: skip
PALLIATIVE = frozenset({"bone-metastasis", "pain"})
PRESENT = frozenset({"active", "recurrence", "relapse", "unknown"})


def urgent_indications(target: Target, call: Call) -> tuple[str, ...]:
    """The indications of an order that make waiting unusual, by name; bone metastasis and pain unless curative.

    They are the order's own reasons, a bone metastasis where the order gives none, or an emergency or pain
    that came on file after the last course. One of another place or time makes nothing milder.
    """
    order = target.order
    if order is None:
        return ()
    found = {*order.reason_kinds, order.reason_site}
    found |= {"bone-metastasis" for entry in call.facts.diagnoses if _bone(entry, order, call)}
    found |= {event.kind for event in call.facts.events if _event(event, target, order)}
    wanted = EMERGENCIES if order.intent == "curative" else EMERGENCIES | PALLIATIVE
    return tuple(sorted(wanted.intersection(found)))


def _bone(diagnosis: CancerDiagnosis, order: RadiotherapyCourse, call: Call) -> bool:
    if diagnosis.site != "bone-metastasis" or diagnosis.clinical_status not in PRESENT:
        return False
    if order.reason_references:
        return diagnosis.reference in order.reason_references
    places = [] if diagnosis.body_site is None else [diagnosis.body_site]
    return call.knowledge.anatomy.relation_of_any(places, order.sites) in ("in-region", "unknown")


def _event(event: ClinicalEvent, target: Target, order: RadiotherapyCourse) -> bool:
    if event.reference in order.reason_references:
        return True
    dates = [date.earliest for course in target.earlier if (date := course.end or course.start)]
    return event.date is not None and bool(dates) and event.date.latest >= max(dates)
