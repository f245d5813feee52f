"""Synthetic patients: rectum, cervix, prostate."""

from datetime import date

from cds_service.demo import fhir
from cds_service.demo.chart import Story
from cds_service.demo.days import course_dates, months_ago

RECTUM = ("34402009", "Rectum structure")
CERVIX = ("71252005", "Cervix uteri structure")
PROSTATE = ("41216001", "Prostatic structure")
LOCAL = ("255470001", "Local")


def pelvis_stories(today: date) -> tuple[Story, ...]:
    """Local recurrence in the old field; after brachytherapy; biochemical and in bone."""
    return (_rectum(today), _cervix(today), _prostate(today))


def _rectum(today: date) -> Story:
    start, end = course_dates(today, 14.2, 5.6)
    ecog = ("89247-1", "ECOG Performance Status score")
    return Story(
        title="Rectal cancer, back in the pelvis",
        told="Chemoradiotherapy 14 months ago; relapse recorded last week; a second pelvic course is being ordered.",
        patient=fhir.patient("demo-rectum", "Aalto, Ines", "1961-03-02", "female"),
        resources=(
            fhir.condition(
                "rectal-cancer", "C20", "Malignant neoplasm of rectum", months_ago(today, 19), status="relapse"
            ),
            fhir.worsened("status-relapse", months_ago(today, 0.3), "rectal-cancer", LOCAL),
            fhir.course(
                "rt-rectum",
                start,
                end,
                [fhir.dose("vol-rectum", 50.4, 28)],
                reasonReference=[{"reference": "Condition/rectal-cancer"}],
            ),
            fhir.volume("vol-rectum", RECTUM),
            fhir.mri("mri-pelvis", "MRI of the pelvis", months_ago(today, 0.2)),
            fhir.observation("ecog", ecog, months_ago(today, 0.2), valueInteger=1),
        ),
        orders=(
            fhir.order(
                "order-rectum",
                [fhir.dose("vol-rectum", 39, 26, ordered=True)],
                bodySite=[fhir.concept(fhir.SCT, *RECTUM)],
                reasonReference=[{"reference": "Condition/rectal-cancer"}],
            ),
        ),
    )


def _cervix(today: date) -> Story:
    beam_start, beam_end = course_dates(today, 31, 5)
    hdr_start, hdr_end = course_dates(today, 30.3, 2)
    return Story(
        title="Cervix, recurrence after beam and brachytherapy",
        told="45 Gy external beam and HDR brachytherapy 30 months ago; local recurrence; re-treatment is ordered.",
        patient=fhir.patient("demo-cervix", "Baptista, Rosa", "1972-11-20", "female"),
        resources=(
            fhir.condition(
                "cervical-cancer",
                "C53.9",
                "Malignant neoplasm of cervix uteri",
                months_ago(today, 34),
                status="recurrence",
            ),
            fhir.course("rt-beam", beam_start, beam_end, [fhir.dose("vol-cervix", 45, 25)]),
            fhir.course(
                "rt-hdr",
                hdr_start,
                hdr_end,
                [fhir.dose("vol-cervix-hdr", 28, 4)],
                modality=(fhir.HDR, "High dose brachytherapy"),
            ),
            fhir.volume("vol-cervix", CERVIX),
            fhir.volume("vol-cervix-hdr", CERVIX),
        ),
        orders=(
            fhir.order(
                "order-cervix",
                [fhir.dose("vol-cervix", 30, 5, ordered=True)],
                bodySite=[fhir.concept(fhir.SCT, *CERVIX)],
            ),
        ),
    )


def _prostate(today: date) -> Story:
    start, end = course_dates(today, 62, 7.8)
    psa = ("2857-1", "Prostate specific Ag [Mass/volume] in Serum or Plasma")
    nanogram = {"system": fhir.UCUM, "code": "ng/mL", "unit": "ng/mL"}
    return Story(
        title="Prostate, PSA rising and a bone metastasis",
        told="78 Gy five years ago; PSA rises; a bone metastasis has just been put on the problem list.",
        patient=fhir.patient("demo-prostate", "Castellan, Ugo", "1950-07-14", "male"),
        resources=(
            fhir.condition("prostate-cancer", "C61", "Malignant neoplasm of prostate", months_ago(today, 68)),
            fhir.course("rt-prostate", start, end, [fhir.dose("vol-prostate", 78, 39)]),
            fhir.volume("vol-prostate", PROSTATE),
            fhir.observation("psa-1", psa, months_ago(today, 14), valueQuantity={"value": 0.4, **nanogram}),
            fhir.observation("psa-2", psa, months_ago(today, 1), valueQuantity={"value": 6.2, **nanogram}),
            fhir.condition("bone-metastasis", "C79.51", "Secondary malignant neoplasm of bone", months_ago(today, 0.2)),
        ),
        added=(
            fhir.condition("bone-metastasis", "C79.51", "Secondary malignant neoplasm of bone", months_ago(today, 0.2)),
        ),
    )
