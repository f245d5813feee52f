"""The findings `reirradiation.site-fact.<fact>`: what is published on re-irradiation at the target's site.

Facts for readers, with their source; they raise no card and none decides.
"""

from collections.abc import Sequence

from clinical_rules.call import Call
from clinical_rules.findings import JSON, Finding
from clinical_rules.knowledge.cited import SiteFactInForce
from clinical_rules.picture import PresentTumour
from clinical_rules.reirradiation.miri import miri
from clinical_rules.reirradiation.pairs import Pair
from clinical_rules.reirradiation.targets import Target, region_sites
from clinical_rules.reirradiation.timing import asks_whether_one_course

MIRI = "site-fact.head-and-neck.miri-classes"
"""The fact whose classes are worked out as far as the chart tells."""


def site_fact_findings(found: Sequence[Pair], call: Call) -> tuple[Finding, ...]:
    """One finding for each fact of a site whose tumour or order meets an earlier course of the same region."""
    sites = {pair.target.reference: _sites(pair.target, call) for pair in found}
    meeting = [pair for pair in found if _meets(pair, call)]
    return tuple(
        _finding(held, pairs, call)
        for held in call.knowledge.all_site_facts
        if (pairs := [pair for pair in meeting if _meant_for(held, pair.target, sites[pair.target.reference])])
    )


def _meets(pair: Pair, call: Call) -> bool:
    """In the same region or organ; not where order and course may be one treatment, nor in whole-body fields."""
    if pair.field or asks_whether_one_course(pair, call):
        return False
    regions = {site.region for site in region_sites(pair.course)} & {site.region for site in pair.target.sites}
    known = call.knowledge.anatomy.regions
    same_organ = any(region in known and known[region].kind == "site" for region in regions)
    return pair.relation == "in-region" or (pair.relation == "unknown" and same_organ)


def _meant_for(held: SiteFactInForce, target: Target, sites: set[str]) -> bool:
    regions = held.fact.regions
    return held.fact.site in sites and (not regions or any(site.region in regions for site in target.sites))


def _sites(target: Target, call: Call) -> set[str]:
    """The disease sites of a target: of a tumour its own, of an order its reason's, else of diagnoses in its place."""
    if target.tumour is not None:
        return _of_tumour(target.tumour)
    if target.order is not None and target.order.reason_site is not None:
        return {target.order.reason_site}
    anatomy = call.knowledge.anatomy
    return {
        entry.site
        for entry in call.facts.diagnoses
        if entry.body_site is not None and anatomy.relation_of_any([entry.body_site], target.sites) == "in-region"
    }


def _of_tumour(tumour: PresentTumour) -> set[str]:
    """Distant disease lies where the metastases do; else the tumour lies at its own site too."""
    spread = set(tumour.metastatic_sites)
    return spread if spread and tumour.pattern == "distant" else spread | {tumour.site}


def _finding(held: SiteFactInForce, pairs: Sequence[Pair], call: Call) -> Finding:
    values: dict[str, JSON] = {"site": held.fact.site, "statement": held.value.short}
    return Finding(
        rule=f"reirradiation.{held.fact.id}",
        status="present",
        topic="reirradiation",
        values=values | (_classes(pairs, call) if held.fact.id == MIRI else {}),
        evidence=tuple(sorted({pair.course.reference for pair in pairs})),
        sources=held.sources,
        words={"evidenceLevel": held.value.evidence, "population": held.fact.applies},
    )


def _classes(pairs: Sequence[Pair], call: Call) -> dict[str, JSON]:
    """The MIRI classes left by what is on file, and what is missing; nothing where they are not meant for it."""
    found = miri(pairs, call)
    if found is None:
        return {}
    values: dict[str, JSON] = {"classes": list(found.classes)}
    return values | ({"missing": list(found.missing)} if found.missing else {})
