"""What makes a later cancer a second primary and not the return of the first."""

from clinical_rules.anatomy import Anatomy
from clinical_rules.diseases import Disease, is_haematological
from clinical_rules.duplicates import same_histology, same_place
from clinical_rules.facts import UNSPECIFIED, CancerDiagnosis
from clinical_rules.intervals import add_months
from clinical_rules.knowledge import KnowledgeOn

SKIN_NOT_MELANOMA = "C44"


def difference(earlier: Disease, later: Disease, *, knowledge: KnowledgeOn) -> str | None:
    """How a later cancer differs from an earlier one, in words; None where it may be the same cancer."""
    if not same_place(earlier.lead, later.lead, knowledge.anatomy):
        return "another site"
    if _other_side(earlier, later, knowledge.anatomy):
        return "the other side of a paired organ"
    if _other_histology(earlier, later, int(knowledge.number("second-primary.histology-years"))):
        return "another histology"
    return None


def can_be_second(later: Disease) -> bool:
    """Whether a cancer can be told from an earlier one at all: not skin cancer as a rule, nor one without a place."""
    return not (_is_common_skin_cancer(later.lead) or names_no_place(later.lead))


def can_spread(disease: Disease) -> bool:
    """Whether a metastasis may come from a cancer: not from a lymphoma or leukaemia, nor from one without a place."""
    return can_be_second(disease) and not is_haematological(disease.lead)


def names_no_place(diagnosis: CancerDiagnosis) -> bool:
    """Whether the code names no organ: unknown primary, malignancy not further specified."""
    if diagnosis.site != "other" or is_haematological(diagnosis):
        return False
    place = diagnosis.body_site
    return place is None or (place.region == UNSPECIFIED and not (place.subsite or diagnosis.organ))


def _is_common_skin_cancer(diagnosis: CancerDiagnosis) -> bool:
    """Basal and squamous cell cancer of the skin, so frequent that it would drown the rest."""
    place = diagnosis.body_site
    coarse = place is not None and place.region == "skin" and not (place.subsite or diagnosis.organ)
    return coarse or (diagnosis.code or "").startswith(SKIN_NOT_MELANOMA)


def _other_side(earlier: Disease, later: Disease, anatomy: Anatomy) -> bool:
    regions = {place.region for disease in (earlier, later) for place in disease.body_sites}
    paired = any(region in anatomy.regions and anatomy.regions[region].paired for region in regions)
    return paired and bool(earlier.sides) and bool(later.sides) and earlier.sides.isdisjoint(later.sides)


def _other_histology(earlier: Disease, later: Disease, years: int) -> bool:
    """Another morphology family at any time; after some years any other histology."""
    pairs = [(a, b) for a in earlier.histologies for b in later.histologies]
    if not pairs:
        return False
    if not any(same_histology(a, b) for a, b in pairs):
        return True
    if earlier.onset is None or later.onset is None or any(a[:4] == b[:4] for a, b in pairs):
        return False
    return add_months(earlier.onset.latest, 12 * years) <= later.onset.earliest
