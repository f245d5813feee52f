"""The spinal cord score of two typed courses: it informs beside the limits, and decides nothing."""

from dataclasses import dataclass

from cds_service.cli_dose_limits import Situation, base_name
from clinical_rules.dose import bed
from clinical_rules.findings import SourceReference
from clinical_rules.intervals import months_between
from clinical_rules.knowledge import KnowledgeOn
from clinical_rules.nieder_score import NiederScore, nieder_rules, nieder_score

CORD = "SpinalCord"
CAVEAT = "from a small series of the two-dimensional era, high by today's experience; it decides nothing"


@dataclass(frozen=True, slots=True)
class CordScore:
    """The score, with where its numbers come from."""

    score: NiederScore
    sources: tuple[SourceReference, ...]


def cord_score(structure: str | None, found: Situation, knowledge: KnowledgeOn) -> CordScore | None:
    """The score of one dated earlier course and a new one; None for other structures or other courses."""
    if structure is None or base_name(structure) != CORD or found.new is None or len(found.earlier) != 1:
        return None
    end = found.earlier_end
    if end is None or end > found.start:
        return None
    alpha_beta = knowledge.limits(CORD)[0].value.alpha_beta_gy
    beds = [bed(course.total_dose_gy, course.fractions, alpha_beta) for course in (*found.earlier, found.new)]
    score = nieder_score(beds, months_between(end, found.start), nieder_rules(knowledge))
    return CordScore(score, knowledge.sources("nieder.cumulative-bed-gy2"))
