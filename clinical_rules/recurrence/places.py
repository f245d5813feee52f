"""Whether a treatment was given where a cancer lies."""

from collections.abc import Iterable, Sequence

from clinical_rules.anatomy import Anatomy
from clinical_rules.diseases import SIDED
from clinical_rules.facts import BodySite


def treats(sites: Iterable[BodySite], places: Sequence[BodySite], anatomy: Anatomy) -> bool:
    """Whether one of some treated sites is that of the cancer: in its region, or in the same organ and side.

    Of the lung or the liver, codes alone do not tell whether two fields overlap; they do tell that the
    organ of this cancer was treated.
    """
    pairs = ((site, place) for site in sites for place in places)
    return any(_same_organ(site, place) or anatomy.relation(site, place) == "in-region" for site, place in pairs)


def _same_organ(site: BodySite, place: BodySite) -> bool:
    return site.region == place.region and not {site.side, place.side} >= SIDED
