"""The second sum of typed courses, under a recovery scheme: its own bands, alpha/beta and limit."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from cds_service.cli_dose_conditions import NOTHING
from cds_service.cli_dose_limits import Situation, base_name
from cds_service.errors import InputRefusedError
from cds_service.fitting import largest_fraction_gy
from clinical_rules.dose import eqd2
from clinical_rules.dose_models import EarlierDose, discounted
from clinical_rules.knowledge import KnowledgeOn, SchemeInForce
from clinical_rules.knowledge.schema_recovery import SchemeStructure

NO_SCHEME = "none"


@dataclass(frozen=True, slots=True)
class Scheme:
    """A scheme with what it says of the structure; `refused` names why nothing is taken off all the same."""

    held: SchemeInForce
    organ: SchemeStructure
    refused: str | None

    @property
    def alpha_beta_gy(self) -> Decimal | None:
        """Its own alpha/beta; None where it states none."""
        return self.organ.alpha_beta_gy or self.held.value.alpha_beta_gy


@dataclass(frozen=True, slots=True)
class SecondSum:
    """Both sums at the scheme's alpha/beta, the part of each earlier course taken off, and what its limit leaves."""

    scheme: Scheme
    alpha_beta_gy: Decimal
    recovered: tuple[Decimal, ...]
    raw_eqd2_gy: Fraction
    eqd2_gy: Fraction
    limit_gy: Decimal | None
    left_eqd2_gy: Fraction | None
    largest_fraction_gy: Decimal | None


def scheme_for(name: str, structure: str | None, knowledge: KnowledgeOn) -> Scheme | None:
    """The scheme of that name for a structure; None for none, InputRefusedError where it cannot be used."""
    if name == NO_SCHEME:
        return None
    names = [held.scheme.name for held in knowledge.recovery_schemes]
    if name not in names:
        expected = ", ".join((NO_SCHEME, *names))
        raise InputRefusedError(f"--recovery {name}: no such scheme in the knowledge; expected one of {expected}")
    held = knowledge.recovery_scheme(name)
    organ = _organ(held, structure)
    refusal = None if structure is None else knowledge.recovery_refusal(base_name(structure))
    return Scheme(held, organ, None if refusal is None else refusal.refusal.title)


def _organ(held: SchemeInForce, structure: str | None) -> SchemeStructure:
    name, organs = held.scheme.name, held.value.organs
    covered = ", ".join(sorted(one for organ in organs if organ.statement is None for one in organ.structures))
    if structure is None and len(organs) > 1:
        raise InputRefusedError(f"--recovery {name}: it differs by structure; expected --structure, one of {covered}")
    organ = organs[0] if structure is None else held.organ(base_name(structure))
    if organ is None:
        raise InputRefusedError(f"--structure {structure}: {name} says nothing of it; expected one of {covered}")
    if organ.statement is not None:
        said = f"{name} has a rule on spared volume ({organ.statement}), which no sum of doses answers"
        raise InputRefusedError(f"--structure {structure}: {said}")
    return organ


def second_sum(scheme: Scheme, found: Situation, otherwise_gy: Decimal) -> SecondSum:
    """The sum with what the scheme takes off earlier courses; at `otherwise_gy` where it has no alpha/beta.

    A band counts only where so many months have surely passed; the new part never has a discount.
    """
    alpha_beta, new = scheme.alpha_beta_gy or otherwise_gy, found.new
    parts = tuple(_recovered(scheme, found, index) for index in range(len(found.earlier)))
    raw = [eqd2(course.total_dose_gy, course.fractions, alpha_beta) for course in found.earlier]
    left = [discounted(EarlierDose(dose, part)) for dose, part in zip(raw, parts, strict=True)]
    new_gy = NOTHING if new is None else eqd2(new.total_dose_gy, new.fractions, alpha_beta)
    limit_gy = _limit_gy(scheme, found)
    remaining = None if limit_gy is None else max(NOTHING, Fraction(limit_gy) - sum(left, NOTHING))
    fits = None if remaining is None or new is None else largest_fraction_gy(remaining, new.fractions, alpha_beta)
    return SecondSum(
        scheme,
        alpha_beta,
        parts,
        raw_eqd2_gy=sum(raw, new_gy),
        eqd2_gy=sum(left, new_gy),
        limit_gy=limit_gy,
        left_eqd2_gy=remaining,
        largest_fraction_gy=fits,
    )


def _recovered(scheme: Scheme, found: Situation, index: int) -> Decimal:
    if scheme.refused is not None:
        return Decimal(0)
    course = found.earlier[index]
    reached = [band.recovered for band in scheme.organ.bands if found.surely_since(course, band.from_months)]
    return reached[-1] if reached else Decimal(0)


def _limit_gy(scheme: Scheme, found: Situation) -> Decimal | None:
    """The scheme's own limit, where it has one for so long an interval."""
    months = scheme.organ.limit_from_months
    return scheme.organ.limit_gy if not months or found.at_least(months) is True else None
