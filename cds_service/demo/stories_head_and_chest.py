"""Synthetic patients: nasopharynx, salivary gland, brain metastases, breast and lung."""

from datetime import date

from cds_service.demo import fhir
from cds_service.demo.chart import Story
from cds_service.demo.days import course_dates, months_ago

NASOPHARYNX = ("71836000", "Nasopharyngeal structure")
PAROTID = ("45289007", "Parotid gland structure")
BRAIN = ("12738006", "Brain structure")
BREAST = ("76752008", "Breast structure")
CHIASM = ("244453006", "Structure of optic chiasma")
BRAINSTEM = ("15926001", "Brainstem structure")


def head_and_chest_stories(today: date) -> tuple[Story, ...]:
    """Regional and distant recurrence, optic apparatus near its line, brain, second primary, the other breast."""
    return (_nasopharynx(today), _parotid(today), _brain(today), _second_primary(today), _other_breast(today))


def _nasopharynx(today: date) -> Story:
    start, end = course_dates(today, 26, 6.6)
    doses = [
        fhir.dose("vol-npx", 70, 33),
        fhir.dose("vol-chiasm", 52.8, 33, metric="Dmax"),
        fhir.dose("vol-brainstem", 54.45, 33, metric="Dmax"),
    ]
    new = [
        fhir.dose("vol-npx-2", 60, 50, ordered=True),
        fhir.dose("vol-chiasm", 30, 50, ordered=True, metric="Dmax"),
        fhir.dose("vol-brainstem", 30, 50, ordered=True, metric="Dmax"),
    ]
    return Story(
        title="Nasopharynx, back in place and in a neck node",
        told="70 Gy two years ago with doses to chiasm and brainstem on file; recurrence in place and in the neck.",
        patient=fhir.patient("demo-nasopharynx", "Deng, Wei", "1969-01-30", "male"),
        resources=(
            fhir.condition(
                "npc", "C11.9", "Malignant neoplasm of nasopharynx", months_ago(today, 30), status="recurrence"
            ),
            fhir.condition(
                "npc-node", "C77.0", "Secondary malignant neoplasm of nodes of head and neck", months_ago(today, 1)
            ),
            fhir.course("rt-npx", start, end, doses),
            fhir.volume("vol-npx", NASOPHARYNX),
            fhir.volume("vol-npx-2", NASOPHARYNX),
            fhir.volume("vol-chiasm", CHIASM, organ_at_risk=True),
            fhir.volume("vol-brainstem", BRAINSTEM, organ_at_risk=True),
        ),
        orders=(fhir.order("order-npx", new, bodySite=[fhir.concept(fhir.SCT, *NASOPHARYNX)]),),
    )


def _parotid(today: date) -> Story:
    start, end = course_dates(today, 40, 6)
    return Story(
        title="Parotid gland, now in both lungs",
        told="Left parotid bed irradiated three years ago; lung metastases recorded this month, outside the old field.",
        patient=fhir.patient("demo-parotid", "Eriksen, Liv", "1958-05-08", "female"),
        resources=(
            fhir.condition("parotid-cancer", "C07", "Malignant neoplasm of parotid gland", months_ago(today, 44)),
            fhir.condition("lung-metastases", "C78.00", "Secondary malignant neoplasm of lung", months_ago(today, 0.6)),
            fhir.course("rt-parotid", start, end, [fhir.dose("vol-parotid", 60, 30)]),
            fhir.volume("vol-parotid", PAROTID, side=fhir.LEFT),
        ),
    )


def _brain(today: date) -> Story:
    first, second = course_dates(today, 17, 1), course_dates(today, 5, 1)
    return Story(
        title="Brain metastases, a third stereotactic course",
        told="Two stereotactic courses to the brain, the last five months ago; a third is selected.",
        patient=fhir.patient("demo-brain", "Farouk, Nadia", "1964-09-17", "female"),
        resources=(
            fhir.condition(
                "lung-cancer", "C34.11", "Malignant neoplasm of upper lobe, right lung", months_ago(today, 30)
            ),
            fhir.condition(
                "brain-metastases", "C79.31", "Secondary malignant neoplasm of brain", months_ago(today, 18)
            ),
            fhir.course("rt-brain-1", *first, [fhir.dose("vol-brain-1", 25, 5)]),
            fhir.course("rt-brain-2", *second, [fhir.dose("vol-brain-2", 20, 5)]),
            *(fhir.volume(f"vol-brain-{n}", BRAIN) for n in (1, 2, 3)),
        ),
        orders=(
            fhir.order(
                "order-brain",
                [fhir.dose("vol-brain-3", 25, 5, ordered=True)],
                bodySite=[fhir.concept(fhir.SCT, *BRAIN)],
                reasonReference=[{"reference": "Condition/brain-metastases"}],
            ),
        ),
    )


def _second_primary(today: date) -> Story:
    start, end = course_dates(today, 96, 5)
    return Story(
        title="Lung cancer years after breast radiotherapy",
        told="Left breast irradiated eight years ago; a primary of the left lung is new: another cancer.",
        patient=fhir.patient("demo-second-primary", "Grant, Moira", "1955-12-11", "female"),
        resources=(
            fhir.condition(
                "breast-cancer",
                "C50.912",
                "Malignant neoplasm of left female breast",
                months_ago(today, 100),
                status="remission",
            ),
            fhir.condition(
                "lung-primary", "C34.12", "Malignant neoplasm of upper lobe, left lung", months_ago(today, 0.5)
            ),
            fhir.course("rt-breast", start, end, [fhir.dose("vol-breast", 50, 25)]),
            fhir.volume("vol-breast", BREAST, side=fhir.LEFT),
        ),
    )


def _other_breast(today: date) -> Story:
    start, end = course_dates(today, 60, 3)
    return Story(
        title="Left breast treated, right breast ordered",
        told="Left breast 40 Gy five years ago; the right breast is to be treated now.",
        patient=fhir.patient("demo-other-breast", "Horvat, Ana", "1966-02-25", "female"),
        resources=(
            fhir.condition(
                "left-breast",
                "C50.912",
                "Malignant neoplasm of left female breast",
                months_ago(today, 66),
                status="remission",
            ),
            fhir.condition(
                "right-breast", "C50.911", "Malignant neoplasm of right female breast", months_ago(today, 6)
            ),
            fhir.course("rt-left", start, end, [fhir.dose("vol-left", 40.05, 15)]),
            fhir.volume("vol-left", BREAST, side=fhir.LEFT),
            fhir.volume("vol-right", BREAST, side=fhir.RIGHT),
        ),
        orders=(fhir.order("order-right", [fhir.dose("vol-right", 40.05, 15, ordered=True)]),),
    )
