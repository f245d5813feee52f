"""The structures with a dose on file, each with the shares of the courses: what comparisons and schemes read."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from clinical_rules.reirradiation.pairs import Pair
from clinical_rules.reirradiation.places import Places, Side, Structure
from clinical_rules.reirradiation.shares import earlier_shares, named_structures, new_shares
from clinical_rules.reirradiation.structures import Case
from clinical_rules.reirradiation.targets import Setting, Target


def documented_cases(targets: Sequence[Target], found: Sequence[Pair], setting: Setting) -> tuple[Case, ...]:
    """One case for each structure and side that a dose is on file for, earlier treatment being among its courses."""
    names = _documented_names(targets, found, Places(setting.knowledge.anatomy))
    return tuple(case for case in cases_of(names, targets, found, setting) if has_dose(case))


def cases_of(
    names: Iterable[str], targets: Sequence[Target], found: Sequence[Pair], setting: Setting
) -> Iterator[Case]:
    """The cases of structures by name; left and right are one where they rest on the very same records."""
    places = Places(setting.knowledge.anatomy)
    for name in sorted(names):
        cases = [_case(Structure(name, side), targets, found, places, setting) for side in _sides(name, places)]
        if len({(case.earlier, case.new) for case in cases}) == 1:
            cases = [replace(cases[0], structure=Structure(name))]
        yield from cases


def has_dose(case: Case) -> bool:
    """Earlier treatment counts, a dose is on file, and the new treatment may meet it or has a dose for it."""
    documented = any(share.organs for share in case.new)
    on_file = documented or any(share.organs for share in case.earlier)
    return bool(case.earlier) and on_file and (case.touches or documented)


def _documented_names(targets: Sequence[Target], found: Sequence[Pair], places: Places) -> set[str]:
    courses = [pair.course for pair in found] + [target.order for target in targets if target.order is not None]
    return {
        name for course in courses for volume in course.volumes for name in named_structures(volume, course, places)
    }


def _sides(name: str, places: Places) -> tuple[Side | None, ...]:
    traits = places.anatomy.traits
    return ("left", "right") if name in traits and not traits[name].midline else (None,)


def _case(
    structure: Structure, targets: Sequence[Target], found: Sequence[Pair], places: Places, setting: Setting
) -> Case:
    earlier = earlier_shares(found, structure, places, setting)
    new = new_shares(targets, structure, places, setting) if setting.ordering else ()
    met = bool(new) or any(places.placement(target.sites, structure) for target in targets)
    return Case(structure, earlier, new, touches=met and any(share.near for share in earlier))


def places_fit(regions: Iterable[str], targets: Sequence[Target], setting: Setting) -> bool:
    """Whether a target lies, or may lie, in one of the regions; any place does where none is named."""
    wanted, known = set(regions), setting.knowledge.anatomy.regions
    if not wanted or any(not target.sites for target in targets):
        return True
    places = {site.region for target in targets for site in target.sites}
    return any(place in wanted or place not in known or known[place].kind == "unknown" for place in places)
