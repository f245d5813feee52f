"""Metastases and nodes: whether they came after treatment, and whether the nodes are those of the primary."""

from collections.abc import Sequence
from dataclasses import dataclass

from clinical_rules.anatomy import Anatomy
from clinical_rules.diseases import Disease, earliest
from clinical_rules.facts import CancerDiagnosis, PartialDate
from clinical_rules.knowledge import KnowledgeOn
from clinical_rules.picture import Certainty, SpreadPart, TumourSign
from clinical_rules.recurrence.index import IndexCancer, TreatedCancer
from clinical_rules.recurrence.judging import SURENESS, after, capped, more_than_days_after
from clinical_rules.recurrence.treatment import Block, Treatment, block_before, blocks
from clinical_rules.second_primary import can_spread

GROUP_OF_REGION = {
    "neck": "C77.0", "supraclavicular": "C77.0", "thorax-mediastinum": "C77.1", "para-aortic": "C77.2",
    "axilla": "C77.3", "groin": "C77.4", "pelvic-nodes": "C77.5",
}  # fmt: skip
"""The ICD-10 node group of a nodal metastasis that is coded by its region (SNOMED CT)."""


@dataclass(frozen=True, slots=True)
class SpreadVerdict:
    """How a metastasis stands to the cancers it may come from."""

    kind: str  # "recurrence", "present" (a tumour that is there but no recurrence) or "stage-iv"
    certainty: Certainty = "possible"
    why: str = ""


def sources_of(spread: Disease, cancers: Sequence[TreatedCancer], *, days: int) -> tuple[TreatedCancer, ...]:
    """The cancers a metastasis may come from: the one it names, else all that were there when it was found.

    Skin cancers and entries that name no organ are left aside, and cancers found long after the metastasis.
    """
    named = {entry.related_primary for entry in spread.members} | {entry.follows for entry in spread.members}
    stated = tuple(cancer for cancer in cancers if cancer.index.references & named)
    day = spread.onset or spread.recorded
    return stated or tuple(
        cancer
        for cancer in cancers
        if can_spread(cancer.index.disease) and not (day and _found_long_after(cancer, day, days))
    )


def _found_long_after(cancer: TreatedCancer, day: PartialDate, days: int) -> bool:
    onset = cancer.index.disease.onset
    return onset is not None and more_than_days_after(onset, day, days) == "yes"


def verdict(
    spread: Disease, sources: Sequence[TreatedCancer], given: Sequence[Treatment], *, knowledge: KnowledgeOn
) -> SpreadVerdict:
    """Recurrence if it came after the end of treatment and more than the synchronous window after diagnosis.

    Without a primary on file the treatment on file stands for it: a cancer was known when it began.
    """
    day = spread.onset or spread.recorded
    if day is None:
        return SpreadVerdict("recurrence", "possible", "no date of the metastasis is on file")
    days = int(knowledge.number("recurrence.synchronous-metastasis-days"))
    if not sources:
        gap_days = int(knowledge.number("recurrence.treatment-block-gap-days"))
        begun = earliest(treatment.start for treatment in given)
        block = block_before(blocks(given, gap_days=gap_days), day)
        return _judge(spread, day, begun, block, _first_treatment(block, begun, given, day, knowledge), days)
    found = [_judge_from(spread, day, source, knowledge) for source in sources]
    if len({each.kind for each in found}) > 1:
        why = "it followed the treatment of one cancer and came with another: which it belongs to is not on file"
        return SpreadVerdict("recurrence", "possible", why)
    return min(found, key=lambda each: SURENESS.index(each.certainty))


def _judge_from(spread: Disease, day: PartialDate, source: TreatedCancer, knowledge: KnowledgeOn) -> SpreadVerdict:
    known, block = source.known_since, source.block_before(day)
    days = int(knowledge.number("recurrence.synchronous-metastasis-days"))
    return _judge(spread, day, known, block, _first_treatment(block, known, source.given, day, knowledge), days)


def _first_treatment(
    block: Block | None, known: PartialDate | None, given: Sequence[Treatment], day: PartialDate, knowledge: KnowledgeOn
) -> bool:
    """Whether a block is the first treatment of a cancer and its operation or radiotherapy was not long over."""
    days = int(knowledge.number("recurrence.synchronous-metastasis-days"))
    gap_days = int(knowledge.number("recurrence.treatment-block-gap-days"))
    if block is None or known is None or more_than_days_after(block.start, known, days) == "yes":
        return False
    local = (each for each in given if each.kind != "drug" and not each.running)
    return not any(more_than_days_after(day, each.end, gap_days) == "yes" for each in local)


def _judge(
    spread: Disease, day: PartialDate, known: PartialDate | None, block: Block | None, first: bool, days: int
) -> SpreadVerdict:
    late = more_than_days_after(day, known, days) if known else "unclear"
    if late == "no":
        return SpreadVerdict("stage-iv", "documented", f"within {days} days of the first diagnosis: stage IV")
    during = block is not None and (block.running or block.end.earliest >= day.latest)
    if during and first:
        return SpreadVerdict("present", "documented", "it came during the first treatment: progression")
    if spread.onset is None:
        return SpreadVerdict("recurrence", "possible", "recorded without an onset")
    if during and late == "yes":
        return SpreadVerdict("recurrence", "probable", "it came during treatment: progression or recurrence")
    if late == "unclear" or (block is not None and not after(day, block.end)):
        return SpreadVerdict("recurrence", "possible", "the dates on file do not tell whether it came after treatment")
    why = "after the end of treatment" if block else "the end of treatment is not on file: progression or recurrence"
    return SpreadVerdict("recurrence", "probable", why)


def part_of(spread: Disease, indexes: Sequence[IndexCancer], knowledge: KnowledgeOn) -> SpreadPart | None:
    """Regional or distant; None where the nodes cannot be told (then they are "nodal, region not known")."""
    stated = {member.recurrence_kind for member in spread.members} - {None}
    if spread.lead.role != "nodes":
        return "regional" if indexes and all(_next_to(spread.lead, each, knowledge) for each in indexes) else "distant"
    if len(stated) == 1:
        return stated.pop()
    drained = {_drains(spread.lead, index, knowledge.anatomy) for index in indexes}
    return drained.pop() if len(drained) == 1 else None


def _next_to(metastasis: CancerDiagnosis, index: IndexCancer, knowledge: KnowledgeOn) -> bool:
    """Whether a secondary lies in an organ beside the primary: its code may as well stand for growth into it."""
    place = metastasis.body_site
    if place is None:
        return False
    name = place.region if place.subsite is None else f"{place.region}/{place.subsite}"
    return index.disease.site in knowledge.family("adjacent-organs", name)


def _drains(nodes: CancerDiagnosis, index: IndexCancer, anatomy: Anatomy) -> SpreadPart | None:
    place = nodes.body_site
    group = nodes.node_group or (GROUP_OF_REGION.get(place.region) if place else None)
    if group is None:
        return None
    primary = index.body_sites[0] if index.body_sites else None
    finer = index.disease.lead.organ or (primary.subsite if primary else None)
    row = anatomy.drainage_of(index.disease.site, primary.region if primary else None, finer, group)
    if row is None or row.default == "unknown":
        return None
    return row.default


def sign_of(spread: Disease, part: SpreadPart | None, judged: SpreadVerdict) -> TumourSign:
    """The sign that a metastasis gives: documented where its own status says that it came back."""
    lead = spread.lead
    returned = any(member.clinical_status in {"recurrence", "relapse"} for member in spread.members)
    certainty = capped("documented" if returned else judged.certainty, spread.surest)
    name = lead.label or ("nodal metastasis" if lead.role == "nodes" else f"metastasis ({lead.organ or lead.site})")
    dated = f"with onset {spread.onset}" if spread.onset else f"recorded {spread.recorded or 'without a date'}"
    region = ", region of the nodes not known" if part is None and lead.role == "nodes" else ""
    if part == "regional" and lead.role == "secondary":
        region = ", in an organ next to the primary"
    return TumourSign(
        reference=lead.reference,
        certainty=certainty,
        words=f"{name} {dated}{region}" + (f" ({judged.why})" if judged.why else ""),
        parts=(part,) if part else (),
        date=spread.onset or spread.recorded,
        recorded=spread.recorded or spread.onset,
        metastatic_site=None if part == "regional" or (lead.role == "nodes" and part is None) else lead.site,
        sites=spread.body_sites,
        just_added=any(member.just_added for member in spread.members),
        by_code=True,
    )
