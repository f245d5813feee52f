"""What was irradiated before, as it lies to where new treatment would go: worked out once for all rules of a call."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from clinical_rules.call import Call
from clinical_rules.findings import Finding
from clinical_rules.picture import PresentTumour
from clinical_rules.reirradiation.cases import Cases
from clinical_rules.reirradiation.pairs import Pair, pairs
from clinical_rules.reirradiation.structures import structure_findings
from clinical_rules.reirradiation.targets import Target, targets, unrecorded


@dataclass(frozen=True)  # no slots: what several rules ask for is worked out once
class Before:
    """The targets of a call, each paired with the courses before it."""

    targets: tuple[Target, ...]
    pairs: tuple[Pair, ...]
    call: Call

    @cached_property
    def unrecorded(self) -> tuple[str, ...]:
        """References of statements that radiotherapy was given of which no course is on file."""
        return unrecorded(self.targets, self.call)

    @cached_property
    def sums(self) -> tuple[Finding, ...]:
        """The cumulative sums of the structures at the targets, without recovery."""
        return structure_findings(self.cases, self.unrecorded)

    @cached_property
    def cases(self) -> Cases:
        """The structures that targets and courses may share."""
        return Cases(self.targets, self.pairs, self.call)

    def of(self, tumour: PresentTumour) -> "Before":
        """The same of one present tumour alone."""
        mine = tuple(target for target in self.targets if target.tumour is tumour)
        if len(mine) == len(self.targets):
            return self
        return Before(mine, tuple(pair for pair in self.pairs if pair.target.tumour is tumour), self.call)


def look_before(tumours: Sequence[PresentTumour], call: Call) -> Before:
    """The targets of a call and the courses before them: the orders on order hooks, else the present tumours."""
    judged = targets(call, tumours)
    return Before(judged, pairs(judged, call), call)
