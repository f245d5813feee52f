"""Sources of values as findings carry them; comparisons, recovery schemes and site facts with the value in force."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from clinical_rules.findings import JSON, SourceReference
from clinical_rules.knowledge.schema import (
    Citation,
    Comparison,
    ComparisonValue,
    DatedValue,
    DrugTest,
    DrugTestValue,
    RecoveryRefusal,
    RecoveryScheme,
    RecoverySchemeValue,
    SiteFact,
    SiteFactValue,
    SiteFile,
    SiteOption,
    SupportiveLine,
)
from clinical_rules.knowledge.schema_recovery import SchemeStructure

UNSEEN_DRUGS = "drugs given in a ward"
"""What no drug order shows; said beside options whose drugs, or what must come before them, are looked for."""


class Cited:
    """What holds on a day, with where it comes from; no slots, for the sources are put together once a day."""

    value: DatedValue

    @cached_property
    def sources(self) -> tuple[SourceReference, ...]:
        """Where the value comes from."""
        return source_references(self.value)


@dataclass(frozen=True)
class ComparisonInForce(Cited):
    """A cited comparison with the value that holds."""

    comparison: Comparison
    value: ComparisonValue


@dataclass(frozen=True)
class SchemeInForce(Cited):
    """A recovery scheme with the value that holds."""

    scheme: RecoveryScheme
    value: RecoverySchemeValue

    def organ(self, structure: str) -> SchemeStructure | None:
        """What the scheme says of a structure; None where it says nothing."""
        return next((organ for organ in self.value.organs if structure in organ.structures), None)


@dataclass(frozen=True)
class RefusalInForce(Cited):
    """Structures without any discount, with the reason that holds."""

    refusal: RecoveryRefusal
    value: DatedValue


@dataclass(frozen=True)
class SiteFactInForce(Cited):
    """A fact on a disease site as it holds."""

    fact: SiteFact
    value: SiteFactValue


@dataclass(frozen=True)
class OptionInForce(Cited):
    """An option of a site file as it holds."""

    file: SiteFile
    option: SiteOption
    value: DatedValue

    @cached_property
    def words(self) -> Mapping[str, JSON]:
        """What a template may print of it for whomever it is listed."""
        written = self.option
        unseen = [UNSEEN_DRUGS] if self._looks_for_drugs else []
        words: Mapping[str, JSON] = {
            "label": written.option,
            "population": written.population,
            "dispute": written.dispute,
            "notAssessed": [*written.not_assessed, *unseen],
        }
        return {name: value for name, value in words.items() if value}

    @property
    def _looks_for_drugs(self) -> bool:
        option = self.option
        asked = (*option.require, *option.avoid, *option.factors, *option.cautions)
        return bool(option.agents) or any(each.fact == "agent-given" for each in asked)


@dataclass(frozen=True)
class DrugTestInForce(Cited):
    """A test before a drug as it holds."""

    test: DrugTest
    value: DrugTestValue


@dataclass(frozen=True)
class SupportiveInForce(Cited):
    """A line of supportive care as it holds."""

    line: SupportiveLine
    value: DatedValue


def source_references(value: DatedValue) -> tuple[SourceReference, ...]:
    """The sources of a value as a finding carries them; a decision of our own names its reason."""
    cited = tuple(_reference(citation) for citation in value.citations)
    if value.kind == "project-decision":
        return (*cited, SourceReference("rert-cds, project decision", where=value.reason))
    return cited


def _reference(citation: Citation) -> SourceReference:
    url = f"https://doi.org/{citation.doi}" if citation.doi else citation.url
    return SourceReference(citation.label, url, citation.where)
