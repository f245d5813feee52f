"""Options and families in words, for the listing."""

from collections.abc import Iterator
from dataclasses import dataclass

from clinical_rules.knowledge.schema import DatedValue, Families, SiteFile, SiteOption


@dataclass(frozen=True, slots=True)
class ListedOption:
    """An option as an entry of its own: the rule id, what it is, and for whom."""

    id: str
    type: str
    title: str
    applies: str


def listed_options(file: SiteFile) -> Iterator[tuple[ListedOption, DatedValue, str]]:
    """Each value of each option of a site file with what it says."""
    for option in file.options:
        patterns = ", ".join(option.patterns)
        entry = ListedOption(option.rule, "option", option.option, f"{file.site}, {patterns}; {option.population}")
        for value in option.values:
            yield entry, value, _words(option)


def family_words(entry: Families) -> str:
    """The families with their members."""
    return "; ".join(f"{name}: {', '.join(members)}" for name, members in sorted(entry.families.items()))


def _words(option: SiteOption) -> str:
    parts = [option.category, f"grade {option.grade}", f"state {option.state}"]
    parts += ["ships off"] if option.ships_off else []
    parts += [f"disputed: {option.dispute}"] if option.dispute else []
    return "; ".join(parts)
