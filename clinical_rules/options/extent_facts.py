"""How far the recurrence reaches: organs, lesions, size, nodes, vertebrae. Codes give a lower bound only."""

from clinical_rules.diseases import SIDED
from clinical_rules.facts import BodySite, TumourSize
from clinical_rules.knowledge.schema_condition import Lesions, MetastaticSite, Nodes, Organs, PlainFact, Size
from clinical_rules.options.answers import Answer, Asking
from clinical_rules.options.names import asked
from clinical_rules.picture import TumourSign
from clinical_rules.recurrence.assembly import telling

ORGANS = {
    "bone-metastasis": "bone", "brain-metastasis": "brain", "liver-metastasis": "liver", "lung-metastasis": "lung",
}  # fmt: skip
BONE = "bone-metastasis"
NODES = "lymph-node"
SPREAD = frozenset({"distant", "mixed"})
NODES_UNSPECIFIED = frozenset({"C77", "C77.8", "C77.9"})
UNPLACED = frozenset({"unspecified", "skeleton"})


def organs(condition: Organs, asking: Asking) -> Answer:
    """Which organs hold metastases on file; where spread is stated without an organ it is not known."""
    found = organs_on_file(asking)
    evidence = tuple(sorted({reference for references in found.values() for reference in references}))
    if not found and asking.tumour.pattern in SPREAD:
        return Answer("unknown", asked(condition))
    named = ", ".join(name.replace("-", " ") for name in found)
    words = f"metastases {'only ' if len(found) == 1 else ''}in {named}" if found else "no metastases on file"
    fits = (
        not condition.only or (bool(found) and set(found) <= set(condition.only)),
        condition.at_most is None or len(found) <= condition.at_most,
        condition.at_least is None or len(found) >= condition.at_least,
    )
    return Answer("yes" if all(fits) else "no", words, evidence)


def organs_on_file(asking: Asking) -> dict[str, list[str]]:
    """The organs with metastases, by name, each with its records; nodes far from the primary count as one."""
    by_reference = {each.reference: each for each in asking.diagnoses}
    found: dict[str, list[str]] = {}
    for sign in _coded(asking):
        if "distant" not in sign.parts:
            continue
        entry, site = by_reference.get(sign.reference), sign.metastatic_site
        if entry is not None and entry.role == "nodes":
            found.setdefault(NODES, []).append(sign.reference)
        elif site is not None:
            organ = ORGANS.get(site) or (entry.organ if entry is not None else None)
            found.setdefault(organ or site, []).append(sign.reference)
    return dict(sorted(found.items()))


def lesions(condition: Lesions, asking: Asking) -> Answer:
    """How many lesions the codes show: at least so many, never at most."""
    coded = _coded(asking)
    count = sum(len(_apart(sign.sites)) or 1 for sign in coded)
    evidence = tuple(sorted({sign.reference for sign in coded}))
    words = f"at least {count} lesion{'' if count == 1 else 's'} on file"
    if condition.at_most is not None and count > condition.at_most:
        return Answer("no", words, evidence)
    if condition.at_least is not None and count >= condition.at_least:
        return Answer("yes", words, evidence)
    return Answer("unknown", asked(condition) + (f" (at least {count} on file)" if count > 1 else ""), evidence)


def _apart(places: tuple[BodySite, ...]) -> list[BodySite]:
    """The places that are told apart by region, subsite or side; a coarse name of a finer one is no further place."""
    kept: list[BodySite] = []
    for place in sorted(places, key=lambda each: (each.subsite is None, each.side not in SIDED, repr(each))):
        if not any(_may_be_one(place, other) for other in kept):
            kept.append(place)
    return kept


def _may_be_one(a: BodySite, b: BodySite) -> bool:
    same_part = a.subsite == b.subsite or a.subsite is None or b.subsite is None
    return a.region == b.region and same_part and not {a.side, b.side} >= SIDED


def size(condition: Size, asking: Asking) -> Answer:
    """The largest size of the newest day since treatment, of this tumour or of one that is not named."""
    found = [each for each in asking.call.facts.sizes if _of_recurrence(each, asking)]
    if not found:
        return Answer("unknown", asked(condition))
    day = max((each.date.latest, each.date.earliest) for each in found if each.date)
    same_day = [each for each in found if each.date and (each.date.latest, each.date.earliest) == day]
    longest_mm = max(each.longest_mm for each in same_day)
    words = f"size {longest_mm:f} mm, {same_day[0].date}"
    evidence = tuple(sorted(each.reference for each in same_day))
    return Answer("yes" if longest_mm <= condition.at_most_mm else "no", words, evidence)


def nodes(condition: Nodes, asking: Asking) -> Answer:
    """Whether nodes of one of the groups are among what came back."""
    mine = {sign.reference for sign in asking.tumour.signs}
    returned = [each for each in asking.diagnoses if each.reference in mine]
    groups = {each.node_group: each.reference for each in returned if each.node_group}
    wanted = tuple(group for group in sorted(groups) if group.startswith(condition.any))
    if wanted:
        return Answer("yes", f"nodes of group {', '.join(wanted)}", tuple(sorted(groups[group] for group in wanted)))
    if groups.keys() & NODES_UNSPECIFIED or (not groups and _nodes_may_be_there(asking)):
        return Answer("unknown", asked(condition))
    return Answer("no", "no such nodes on file")


def _nodes_may_be_there(asking: Asking) -> bool:
    """Whether nodes came back of which no group is on file: regional by a status, or spread of which no place is."""
    told = telling(asking.tumour.signs)
    regional = any("regional" in sign.parts for sign in told)
    return regional or (asking.tumour.pattern in SPREAD and not any(sign.by_code for sign in told))


def metastatic_site(condition: MetastaticSite, asking: Asking) -> Answer:
    """Whether metastases are on file at one of the sites."""
    found = sorted(set(asking.tumour.metastatic_sites).intersection(condition.any))
    if found:
        evidence = {sign.reference for sign in asking.tumour.signs if sign.metastatic_site in found}
        names = ", ".join(ORGANS.get(site, site) for site in found)
        return Answer("yes", f"metastases in {names}", _sorted(evidence))
    unplaced = asking.tumour.pattern in SPREAD and not asking.tumour.metastatic_sites
    return Answer("unknown" if unplaced else "no", asked(condition))


def vertebra(condition: PlainFact, asking: Asking) -> Answer:
    """Whether a bone metastasis lies in the spine; the ICD-10 code names no bone."""
    signs = [sign for sign in asking.tumour.signs if sign.metastatic_site == BONE]
    spine = asking.call.knowledge.anatomy.groups.spine
    there = _sorted({sign.reference for sign in signs if any(place.region in spine for place in sign.sites)})
    if there:
        return Answer("yes", "a metastasis in the spine on file", there)
    if any(not sign.sites or any(place.region in UNPLACED for place in sign.sites) for sign in signs):
        return Answer("unknown", asked(condition), _sorted({s.reference for s in signs}))
    return Answer("no", "no metastasis in the spine on file")


def _coded(asking: Asking) -> list[TumourSign]:
    """The signs by codes of their own that are told of, each place once."""
    return [sign for sign in telling(asking.tumour.signs) if sign.by_code]


def _of_recurrence(found: TumourSize, asking: Asking) -> bool:
    """Whether a size may be that of the recurrence: measured since treatment, of it or of nothing named."""
    if found.date is None or found.date.earliest > asking.call.on:
        return False
    if asking.since is not None and found.date.latest < asking.since.earliest:
        return False
    return not found.focus or bool(set(found.focus).intersection(asking.tumour.references))


def _sorted(references: set[str]) -> tuple[str, ...]:
    return tuple(sorted(references))
