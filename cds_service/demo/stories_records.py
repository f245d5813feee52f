"""Synthetic patients whose records are the story: without dose, without unit, unfinished, or with nothing to say."""

from datetime import date, timedelta

from cds_service.demo import fhir
from cds_service.demo.chart import Story
from cds_service.demo.days import course_dates, months_ago

LARYNX = ("4596009", "Laryngeal structure")
LUNG_LEFT = ("44714003", "Structure of upper lobe of left lung")
BRAIN = ("12738006", "Brain structure")
CPT = "http://www.ama-assn.org/go/cpt"


def record_stories(today: date) -> tuple[Story, ...]:
    """Records that are incomplete, and charts in which nothing is to be said."""
    return (_no_dose(today), _no_unit(today), _running(today), _child(today), _quiet(today), _no_cancer(today))


def _no_dose(today: date) -> Story:
    last = months_ago(today, 50)
    fractions = tuple(
        {
            "resourceType": "Procedure",
            "id": f"claim-{day}",
            "status": "completed",
            "code": {"coding": [{"system": CPT, "code": "77386"}]},
            "performedDateTime": str(last - timedelta(days=day)),
        }
        for day in (2, 1, 0)
    )
    return Story(
        title="Larynx, earlier radiotherapy without a dose",
        told="Billing codes and a history code tell of radiotherapy four years ago; no dose, no site, no plan.",
        patient=fhir.patient("demo-no-dose", "Lopez, Marta", "1959-08-03", "female"),
        resources=(
            fhir.condition(
                "larynx-cancer", "C32.0", "Malignant neoplasm of glottis", months_ago(today, 54), status="recurrence"
            ),
            fhir.condition("history-rt", "Z92.3", "Personal history of irradiation", months_ago(today, 49)),
            *fractions,
            fhir.volume("vol-larynx", LARYNX),
        ),
        orders=(
            fhir.order(
                "order-larynx",
                [fhir.dose("vol-larynx", 60, 30, ordered=True)],
                bodySite=[fhir.concept(fhir.SCT, *LARYNX)],
            ),
        ),
    )


def _no_unit(today: date) -> Story:
    start, end = course_dates(today, 9, 2)
    broken = fhir.dose("vol-lung", 55, 20)
    broken["extension"][1]["valueQuantity"] = {"value": 5500}
    return Story(
        title="Lung, a dose without a unit",
        told="The earlier course says 5500, of what it does not say; the tumour is back in the same lobe.",
        patient=fhir.patient("demo-no-unit", "Mbeki, Thandi", "1960-10-28", "female"),
        resources=(
            fhir.condition(
                "lung-cancer",
                "C34.12",
                "Malignant neoplasm of upper lobe, left lung",
                months_ago(today, 13),
                status="recurrence",
            ),
            fhir.course("rt-lung", start, end, [broken]),
            fhir.volume("vol-lung", LUNG_LEFT),
        ),
        orders=(fhir.order("order-lung", [fhir.dose("vol-lung", 50, 5, ordered=True)]),),
    )


def _running(today: date) -> Story:
    start, end = course_dates(today, 0.1, 5)
    running = fhir.course("rt-larynx", start, end, [fhir.dose("vol-larynx", 50, 25)])
    running["status"] = "in-progress"
    return Story(
        title="Larynx, a boost to the running course",
        told="25 fractions have been given; ten more are ordered to the same volume.",
        patient=fhir.patient("demo-running", "Novak, Jan", "1963-04-19", "male"),
        resources=(
            fhir.condition("larynx-cancer", "C32.0", "Malignant neoplasm of glottis", months_ago(today, 3)),
            running,
            fhir.volume("vol-larynx", LARYNX),
        ),
        orders=(
            fhir.order(
                "order-boost",
                [fhir.dose("vol-larynx", 20, 10, ordered=True)],
                reasonReference=[{"reference": "Condition/larynx-cancer"}],
            ),
        ),
    )


def _child(today: date) -> Story:
    start, end = course_dates(today, 30, 6)
    return Story(
        title="A child, brain irradiated before",
        told="54 Gy to the brain at the age of ten; a second course is ordered. The limits are for adults.",
        patient=fhir.patient("demo-child", "Olsen, Tor", str(months_ago(today, 12 * 13)), "male"),
        resources=(
            fhir.condition(
                "ependymoma", "C71.7", "Malignant neoplasm of brain stem", months_ago(today, 34), status="relapse"
            ),
            fhir.course("rt-brain", start, end, [fhir.dose("vol-brain", 54, 30)]),
            fhir.volume("vol-brain", BRAIN),
        ),
        orders=(fhir.order("order-brain", [fhir.dose("vol-brain", 30.6, 17, ordered=True)]),),
    )


def _quiet(today: date) -> Story:
    start, end = course_dates(today, 70, 3)
    return Story(
        title="Breast cancer in remission: nothing to say",
        told="Treated six years ago, in remission, no new finding. The service stays quiet.",
        patient=fhir.patient("demo-quiet", "Petrov, Olga", "1954-01-05", "female"),
        resources=(
            fhir.condition(
                "breast-cancer",
                "C50.912",
                "Malignant neoplasm of left female breast",
                months_ago(today, 76),
                status="remission",
            ),
            fhir.course("rt-breast", start, end, [fhir.dose("vol-breast", 40.05, 15)]),
            fhir.volume("vol-breast", ("76752008", "Breast structure"), side=fhir.LEFT),
        ),
    )


def _no_cancer(today: date) -> Story:
    return Story(
        title="High blood pressure: nothing to say",
        told="A chart without cancer, as most charts are.",
        patient=fhir.patient("demo-no-cancer", "Quinn, Sean", "1970-03-15", "male"),
        resources=(fhir.condition("hypertension", "I10", "Essential hypertension", months_ago(today, 80)),),
    )
