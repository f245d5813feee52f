"""What a limit asks for beside the sum, held against courses as typed: met or not, and what it leaves."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from clinical_rules.knowledge.schema import JointCondition

State = Literal["met", "not met", "not known"]
NOTHING = Fraction(0)


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition in words, whether it is met, and the largest EQD2 of a new part that meets it (None: any)."""

    words: str
    state: State
    cap_gy: Fraction | None

    def __str__(self) -> str:
        return f"{self.words}: {self.state}{', so not checked' if self.state == 'not known' else ''}"


def joint_conditions(
    asked: JointCondition | None, prior: Sequence[Fraction], new_gy: Fraction | None, long_enough: bool | None
) -> Iterator[Condition]:
    """Each condition for the EQD2 of earlier courses and of the new part; without one, what a new part has to meet."""
    if asked is None:
        return
    if asked.new_part_max_gy is not None:
        most = Fraction(asked.new_part_max_gy)
        yield Condition(f"new part at most {most} Gy EQD2", _at_most(new_gy, most), most)
    if asked.new_share_max is not None:
        yield _share(Fraction(asked.new_share_max), sum(prior, NOTHING), new_gy, str(asked.new_share_max))
    if asked.each_course_max_gy is not None:
        most = Fraction(asked.each_course_max_gy)
        broken = max(prior) > most
        state = "not met" if broken else _at_most(new_gy, most)
        yield Condition(f"each course at most {most} Gy EQD2", state, NOTHING if broken else most)
    if asked.interval_min_months is not None:
        state = "not known" if long_enough is None else "met" if long_enough else "not met"
        cap = NOTHING if long_enough is False else None
        yield Condition(f"interval at least {asked.interval_min_months} months", state, cap)


def _share(most: Fraction, prior_gy: Fraction, new_gy: Fraction | None, written: str) -> Condition:
    share = None if new_gy is None else new_gy / (prior_gy + new_gy)
    cap = most / (1 - most) * prior_gy if most < 1 else None
    return Condition(f"its share of the sum at most {written}", _at_most(share, most), cap)


def _at_most(found: Fraction | None, bound: Fraction) -> State:
    return "not known" if found is None else "met" if found <= bound else "not met"
