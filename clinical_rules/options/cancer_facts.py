"""What the cancer is: its histology, its primary."""

from clinical_rules.facts import CancerDiagnosis
from clinical_rules.knowledge.schema_condition import Histology, Primary
from clinical_rules.options.answers import Answer, Asking
from clinical_rules.options.names import asked

UNSPECIFIC = range(8000, 8015)
"""Morphologies that name no kind of tumour: neoplasm, carcinoma not otherwise specified."""
MELANOMA_OF_SKIN = "C43"
UNNAMED = frozenset({"other", "unspecified"})


def histology(condition: Histology, asking: Asking) -> Answer:
    """Whether the stated morphologies are of one of the families; those that name no kind decide nothing."""
    stated = [each for each in asking.diagnoses if each.histology]
    telling = [each for each in stated if _morphology(each) not in UNSPECIFIC]
    if not telling:
        return Answer("unknown", asked(condition))
    fits = {_of_family(each, condition.any, asking) for each in telling}
    evidence = tuple(each.reference for each in telling)
    words = f"histology {', '.join(sorted({str(each.histology) for each in telling}))}"
    if len(fits) > 1:
        return Answer("unknown", f"{asked(condition)} (entries disagree)", evidence)
    return Answer("yes" if fits.pop() else "no", words, evidence)


def primary(condition: Primary, asking: Asking) -> Answer:
    """Whether the primary is of one of the sites or organs; melanoma counts by morphology and code too."""
    names = {asking.tumour.site, asking.tumour.organ} - {None}
    for each in (each for each in asking.diagnoses if each.role in ("primary", "history")):
        place = each.body_site
        names |= {each.site, each.organ, place.region if place else None, place.subsite if place else None} - {None}
        if (each.code or "").startswith(MELANOMA_OF_SKIN):
            names.add("melanoma")
        names |= {name for name in condition.any if each.histology and _of_family(each, (name,), asking)}
    if names.intersection(condition.any):
        return Answer("yes", f"primary: {asking.tumour.label}", (asking.tumour.reference,))
    return Answer("no" if names - UNNAMED else "unknown", asked(condition))


def _of_family(diagnosis: CancerDiagnosis, families: tuple[str, ...], asking: Asking) -> bool:
    morphology = _morphology(diagnosis)
    spans = (span for family in families for span in asking.family("histology", family))
    return any(_within(morphology, span) for span in spans)


def _within(morphology: int, span: str) -> bool:
    """Whether a morphology is the one named, or lies in the span.

    >>> _within(8072, "8070-8078"), _within(8140, "8140"), _within(8141, "8140")
    (True, True, False)
    """
    first, _, last = span.partition("-")
    return int(first) <= morphology <= int(last or first)


def _morphology(diagnosis: CancerDiagnosis) -> int:
    """The four digits of an ICD-O-3 morphology; 8000, which names no kind, where there are none."""
    digits = (diagnosis.histology or "").removeprefix("M")[:4]
    return int(digits) if digits.isdecimal() and digits.isascii() else UNSPECIFIC.start
