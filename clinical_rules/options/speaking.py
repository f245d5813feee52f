"""For which recurrences options are listed, and why for others they are not."""

from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase

from clinical_rules.facts import PatientFacts
from clinical_rules.knowledge import KnowledgeOn
from clinical_rules.knowledge.cited import OptionInForce
from clinical_rules.options.answers import Asking
from clinical_rules.options.listed import Listed, listed
from clinical_rules.picture import PresentTumour, RuleSettings
from clinical_rules.reirradiation import Before
from clinical_rules.second_primary import names_no_place

SURE = frozenset({"documented", "probable"})
NO_PRIMARY = "the primary cancer that it belongs to"
NO_FILE = "other"


def recurrences(tumours: Sequence[PresentTumour], before: Before) -> tuple[Asking, ...]:
    """The recurrences that are sure enough, on a chart or just added; in an order of their own."""
    call = before.call
    if call.ordering:
        return ()
    sure = (each for each in tumours if each.kind == "recurrence" and each.certainty in SURE)
    spoken_of = (each for each in sure if call.hook == "patient-view" or each.just_added)
    return tuple(Asking(each, before.of(each)) for each in sorted(spoken_of, key=lambda each: each.reference))


def why_none(asking: Asking, tumours: Sequence[PresentTumour]) -> str | None:
    """Why no options are listed for a recurrence, in words; None where they are."""
    tumour = asking.tumour
    if tumour.pattern == "unknown":
        return "the pattern is not known"
    primaries = [each for each in asking.diagnoses if each.role == "primary"]
    if NO_PRIMARY in tumour.missing or (primaries and all(map(names_no_place, primaries))):
        return "the primary is not known"
    doubted = any(_questions(each, asking) for each in tumours)
    return "a possible second primary puts the recurrence in question" if doubted else None


def options_of(asking: Asking) -> Iterator[Listed]:
    """The options listed for a recurrence: of every site, of its primary, of the sites of its metastases."""
    pattern = asking.tumour.pattern
    for held in _candidates(asking.tumour, asking.call.knowledge):
        option = held.option
        fits = pattern in option.patterns or ("any" in option.patterns and pattern != "biochemical")
        if fits and _switched_on(held, asking.call.settings) and (found := listed(held, asking)):
            yield found


def _candidates(tumour: PresentTumour, knowledge: KnowledgeOn) -> Iterator[OptionInForce]:
    own = {file.site for file, _ in knowledge.options_by_file if file.kind == "primary"}
    primary = tumour.site if tumour.site in own else NO_FILE
    for file, held in knowledge.options_by_file:
        if file.kind == "any" or file.site in (tumour.metastatic_sites if file.kind == "metastasis" else (primary,)):
            yield from held


def _switched_on(held: OptionInForce, settings: RuleSettings) -> bool:
    """Whether a site lets the option speak: not disabled, and where it ships off, enabled."""
    rule = held.option.rule
    if any(fnmatchcase(rule, pattern) for pattern in settings.disabled_rules):
        return False
    return not held.option.ships_off or any(fnmatchcase(rule, pattern) for pattern in settings.enabled_rules)


def _questions(other: PresentTumour, asking: Asking) -> bool:
    """Whether a second primary puts a recurrence in question: it followed that cancer, and lies where the
    recurrence does, or what came back is neither documented nor stated to be of the first cancer."""
    tumour, call = asking.tumour, asking.call
    if other.kind != "second-primary" or (other.earlier_site, other.earlier_organ) != (tumour.site, tumour.organ):
        return False
    same_place = call.knowledge.anatomy.relation_of_any(other.sites, tumour.sites) == "in-region"
    return same_place or not (tumour.certainty == "documented" or _origin_stated(tumour, call.facts))


def _origin_stated(tumour: PresentTumour, facts: PatientFacts) -> bool:
    """Whether an entry of what came back names the cancer that it belongs to."""
    signs = {sign.reference for sign in tumour.signs}
    mine = [each for each in facts.diagnoses if each.reference in signs]
    return any({each.related_primary, each.follows} & set(tumour.references) for each in mine)
