"""The finding `reirradiation.overlap`: all earlier courses, and how each lies to the new treatment."""

from collections.abc import Sequence

from clinical_rules.anatomy import Relation
from clinical_rules.call import Call
from clinical_rules.facts import DoseToVolume, RadiotherapyCourse
from clinical_rules.findings import JSON, Finding, SourceReference, Status, Urgency
from clinical_rules.reirradiation.course_lines import CourseLine, on_wire
from clinical_rules.reirradiation.pairs import Pair, by_course, worst_relation
from clinical_rules.reirradiation.targets import Target
from clinical_rules.reirradiation.timing import asks_whether_one_course
from clinical_rules.reirradiation.treatment_groups import treatment_groups

DEFINITIONS = SourceReference(
    "Andratschke et al. 2022, ESTRO and EORTC consensus",
    "https://doi.org/10.1016/S1470-2045(22)00447-8",
    "definitions of re-irradiation types I and II",
)
STATUS: dict[Relation, Status] = {
    "in-region": "present",
    "unknown": "possible",
    "junction": "possible",
    "adjacent": "possible",
    "none-found": "absent",
}


def overlap_findings(
    targets: Sequence[Target], found: Sequence[Pair], unrecorded: Sequence[str], call: Call
) -> tuple[Finding, ...]:
    """Earlier radiotherapy in or next to the target, from site codes; fields are not compared.

    A statement that radiotherapy was given, without a course, is an overlap that is not known.
    """
    if not found and not unrecorded:
        return ()
    relation = worst_relation(found)
    lines = [CourseLine(pairs, call) for pairs in by_course(found)]
    values: dict[str, JSON] = {
        "overlap": on_wire(relation),
        "type": "I" if any(same_volume(pair) for pair in found) else "unknown",
    }
    if lines:
        values["courses"] = [line.values for line in lines]
    return (
        Finding(
            rule="reirradiation.overlap",
            status=STATUS[relation],
            topic="reirradiation",
            values=values,
            urgency=_urgency(relation, found, call),
            evidence=tuple(dict.fromkeys([*(line.course.reference for line in lines), *unrecorded])),
            sources=(DEFINITIONS,),
            words=_words(targets, found, unrecorded, relation, call) | {"courses": [line.words for line in lines]},
        ),
    )


def same_volume(pair: Pair) -> bool:
    """Whether order and course name one and the same target volume: the only overlap that is on record as such."""
    if pair.target.order is None:
        return False
    return bool(_target_references(pair.target.order) & _target_references(pair.course))


def _target_references(course: RadiotherapyCourse) -> set[str]:
    return {volume.reference for volume in course.volumes if volume.reference and volume.volume_type == "target"}


def _urgency(relation: Relation, found: Sequence[Pair], call: Call) -> Urgency | None:
    if not call.ordering:
        return None if relation == "none-found" else Urgency.INFO
    if relation in ("in-region", "unknown"):
        return Urgency.WARNING
    if relation == "none-found":
        return Urgency.INFO if call.signing else None
    junction = any(pair.relation == "junction" and not _dosimetry(pair) for pair in found)
    return Urgency.WARNING if junction and call.signing else Urgency.INFO


def _dosimetry(pair: Pair) -> bool:
    """Whether both sides state a dose to some organ at risk."""
    courses = (pair.course, pair.target.order)
    return all(course is not None and any(_organ_dose(volume) for volume in course.volumes) for course in courses)


def _organ_dose(volume: DoseToVolume) -> bool:
    return volume.volume_type == "organ-at-risk" and volume.total_dose_gy is not None and volume.unusable is None


def _target_words(target: Target) -> dict[str, JSON]:
    """Where new treatment would go; a present tumour that no other finding tells of is told here."""
    words: dict[str, JSON] = {"reference": target.reference, "sites": [site.label for site in target.sites]}
    tumour = target.tumour
    if tumour is None or tumour.kind != "other":
        return words
    told = {"site": tumour.site, "organ": tumour.organ, "label": tumour.label, "certainty": tumour.certainty}
    dated = {"date": str(tumour.date) if tumour.date else None}
    note = {"note": "; ".join(sign.words for sign in tumour.signs)}
    return words | {name: value for name, value in {**told, **dated, **note}.items() if value}


def _words(
    targets: Sequence[Target], found: Sequence[Pair], unrecorded: Sequence[str], relation: Relation, call: Call
) -> dict[str, JSON]:
    asked = [pair for pair in found if asks_whether_one_course(pair, call)]
    return {
        "targets": [_target_words(target) for target in targets],
        "orders": [target.reference for target in targets if target.order is not None],
        "inRegionOrders": _in_region_orders(found),
        "flagged": [target.reference for target in targets if target.flagged],
        "unrecorded": list(unrecorded),
        "history": [entry.label for entry in call.facts.history],
        "junction": any(pair.relation == "junction" for pair in found),
        "possibleTypeI": relation == "in-region" and not any(same_volume(pair) for pair in found),
        "fieldsNotCompared": True,
        "partOfRunningCourse": list(dict.fromkeys(pair.course.reference for pair in asked)),
        "oneTreatment": treatment_groups(found, call),
    }


def _in_region_orders(found: Sequence[Pair]) -> list[str]:
    """The orders that share a region with an earlier course."""
    meeting = [pair.target for pair in found if pair.relation == "in-region" and pair.target.order is not None]
    return list(dict.fromkeys(target.reference for target in meeting))
