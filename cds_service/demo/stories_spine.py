"""Synthetic patients: re-irradiation of the spine, with the dose to the cord on file."""

from datetime import date

from cds_service.demo import fhir
from cds_service.demo.chart import Story
from cds_service.demo.days import course_dates, months_ago

VERTEBRA = ("77435000", "Structure of body of eighth thoracic vertebra")
CORD = ("50800009", "Thoracic spinal cord structure")


def spine_stories(today: date) -> tuple[Story, ...]:
    """A re-irradiation order that meets the published factors, one that does not, one without cord dose."""
    fits = _spine(
        today,
        "demo-spine-fits",
        "Ito, Kenji",
        months=14,
        prior=(20.0, 5),
        new=(14.0, 3),
        title="Spine, an order that meets the published factors",
        told="T8 treated 14 months ago; stereotactic re-treatment ordered; cord dose on file for both.",
    )
    exceeds = _spine(
        today,
        "demo-spine-exceeds",
        "Jansen, Piet",
        months=8,
        prior=(50.0, 25),
        new=(14.0, 3),
        title="Spine, an order over the published value",
        told="T8 treated 8 months ago with 50 Gy to the cord; the new order brings the sum above 70 Gy.",
    )
    unknown = _spine(
        today,
        "demo-spine-unknown",
        "Kowal, Ewa",
        months=4,
        prior=None,
        new=None,
        title="Spine, cord dose not on file",
        told="T8 treated 4 months ago; the records hold the prescription but no dose to the cord.",
    )
    return (fits, exceeds, unknown)


def _spine(
    today: date,
    patient_id: str,
    name: str,
    *,
    months: float,
    prior: tuple[float, int] | None,
    new: tuple[float, int] | None,
    title: str,
    told: str,
) -> Story:
    start, end = course_dates(today, months, 1 if prior is None or prior[1] == 5 else 5)
    given = [fhir.dose("vol-t8", *(prior or (30.0, 10)))]
    ordered = [fhir.dose("vol-t8-new", 27, 3, ordered=True)]
    if prior is not None and new is not None:
        given.append(fhir.dose("vol-cord", *prior, metric="Dmax"))
        ordered.append(fhir.dose("vol-cord", *new, ordered=True, metric="Dmax"))
    return Story(
        title=title,
        told=told,
        patient=fhir.patient(patient_id, name, "1957-06-21", "male"),
        resources=(
            fhir.condition("kidney-cancer", "C64.1", "Malignant neoplasm of right kidney", months_ago(today, 40)),
            fhir.condition(
                "bone-metastasis", "C79.51", "Secondary malignant neoplasm of bone", months_ago(today, months + 3)
            ),
            fhir.course("rt-t8", start, end, given),
            fhir.volume("vol-t8", VERTEBRA),
            fhir.volume("vol-t8-new", VERTEBRA),
            fhir.volume("vol-cord", CORD, organ_at_risk=True),
        ),
        orders=(fhir.order("order-t8", ordered, bodySite=[fhir.concept(fhir.SCT, *VERTEBRA)]),),
    )
