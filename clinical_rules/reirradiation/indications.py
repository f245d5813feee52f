"""Emergency and palliative indications: they keep the interval alone from being critical."""

from clinical_rules.facts import CancerDiagnosis, ClinicalEvent, RadiotherapyCourse
from clinical_rules.reirradiation.targets import Setting, Target

EMERGENCIES = frozenset({
    "emergency", "cord-compression", "cauda-compression", "superior-vena-cava", "superior-vena-cava-obstruction",
    "bleeding", "airway", "airway-obstruction",
})  # fmt: skip
PALLIATIVE = frozenset({"bone-metastasis", "pain"})


def urgent_indications(target: Target, setting: Setting) -> tuple[str, ...]:
    """The indications of an order that make waiting unusual, by name; bone metastasis and pain unless curative.

    They must be those of the order: its reasons, what its reasons refer to, or an emergency on file that is no
    older than the last course. An indication of another time or place makes nothing milder.
    """
    if target.order is None:
        return ()
    found = set(_stated(target.order))
    found |= {"bone-metastasis" for entry in setting.facts.diagnoses if _bone(entry, target.order)}
    found |= {event.kind for event in setting.facts.events if _event(event, target)}
    wanted = EMERGENCIES if target.order.intent == "curative" else EMERGENCIES | PALLIATIVE
    return tuple(sorted(found & wanted))


def _stated(order: RadiotherapyCourse) -> tuple[str, ...]:
    return order.reason_kinds if order.reason_site is None else (*order.reason_kinds, order.reason_site)


def _bone(diagnosis: CancerDiagnosis, order: RadiotherapyCourse) -> bool:
    return diagnosis.site == "bone-metastasis" and diagnosis.reference in order.reason_references


def _event(event: ClinicalEvent, target: Target) -> bool:
    if event.kind not in EMERGENCIES | PALLIATIVE or target.order is None:
        return False
    if event.reference in target.order.reason_references:
        return True
    ends = [course.end.earliest for course in target.earlier if course.end is not None]
    return event.kind in EMERGENCIES and event.date is not None and bool(ends) and event.date.latest >= max(ends)
