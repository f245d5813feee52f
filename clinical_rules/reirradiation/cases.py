"""The structures of a call, each with the shares of the courses: what limits, comparisons and schemes read."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from clinical_rules.call import Call
from clinical_rules.reirradiation.pairs import Pair
from clinical_rules.reirradiation.places import Places, Structure
from clinical_rules.reirradiation.shares import Part, Share, earlier_parts, new_parts, organ_doses, shares_of
from clinical_rules.reirradiation.targets import Target


@dataclass(frozen=True, slots=True)
class Case:
    """One structure with the shares of earlier courses and orders; `touches` where the target may meet it."""

    structure: Structure
    earlier: tuple[Share, ...]
    new: tuple[Share, ...]
    touches: bool

    @property
    def has_dose(self) -> bool:
        """Whether earlier treatment counts, a dose is on file, and the new one may meet it or has a dose for it."""
        documented = any(share.organs for share in self.new)
        on_file = documented or any(share.organs for share in self.earlier)
        return bool(self.earlier) and on_file and (self.touches or documented)


@dataclass(frozen=True)  # no slots: what every structure asks for is worked out once
class Cases:
    """The courses and targets that the structures of a call are looked up in."""

    targets: tuple[Target, ...]
    pairs: tuple[Pair, ...]
    call: Call

    @cached_property
    def documented(self) -> frozenset[str]:
        """The structures with a dose on file."""
        groups = self.call.knowledge.anatomy.groups
        courses = [pair.course for pair in self.pairs]
        courses += [target.order for target in self.targets if target.order is not None]
        return frozenset(name for course in courses for _, names in organ_doses(course, groups) for name in names)

    @cached_property
    def at_targets(self) -> frozenset[str]:
        """The structures in or next to the targets."""
        return frozenset(name for target in self.targets for site in target.sites for name in self._places.at(site))

    def of(self, name: str) -> Sequence[Case]:
        """The cases of a structure by its sides; left and right are one where they rest on the very same records."""
        traits = self.call.knowledge.anatomy.traits
        if name not in traits or traits[name].midline:
            return (self._case(Structure(name)),)
        left, right = self._case(Structure(name, "left")), self._case(Structure(name, "right"))
        if (left.earlier, left.new) == (right.earlier, right.new):
            return (replace(left, structure=Structure(name)),)
        return left, right

    def _case(self, structure: Structure) -> Case:
        earlier = shares_of(self._earlier, structure, self._places)
        new = shares_of(self._new, structure, self._places)
        met = bool(new) or any(self._places.placement(target.sites, structure) for target in self.targets)
        return Case(structure, earlier, new, touches=met and any(share.near for share in earlier))

    @cached_property
    def _places(self) -> Places:
        return Places(self.call.knowledge.anatomy)

    @cached_property
    def _earlier(self) -> tuple[Part, ...]:
        return earlier_parts(self.pairs, self.call)

    @cached_property
    def _new(self) -> tuple[Part, ...]:
        """None on a chart."""
        return new_parts(self.targets, self.call)
