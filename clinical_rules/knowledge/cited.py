"""Sources of values as findings carry them; comparisons, recovery schemes and site facts with the value in force."""

from dataclasses import dataclass

from clinical_rules.findings import SourceReference
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


@dataclass(frozen=True, slots=True)
class ComparisonInForce:
    """A cited comparison with the value that holds."""

    comparison: Comparison
    value: ComparisonValue

    @property
    def sources(self) -> tuple[SourceReference, ...]:
        """Where the value comes from."""
        return source_references(self.value)


@dataclass(frozen=True, slots=True)
class SchemeInForce:
    """A recovery scheme with the value that holds."""

    scheme: RecoveryScheme
    value: RecoverySchemeValue

    @property
    def sources(self) -> tuple[SourceReference, ...]:
        """Where the scheme comes from."""
        return source_references(self.value)

    def organ(self, structure: str) -> SchemeStructure | None:
        """What the scheme says of a structure; None where it says nothing."""
        return next((organ for organ in self.value.organs if structure in organ.structures), None)


@dataclass(frozen=True, slots=True)
class RefusalInForce:
    """Structures without any discount, with the reason that holds."""

    refusal: RecoveryRefusal
    value: DatedValue

    @property
    def sources(self) -> tuple[SourceReference, ...]:
        """Why nothing is taken off."""
        return source_references(self.value)


@dataclass(frozen=True, slots=True)
class SiteFactInForce:
    """A fact on a disease site as it holds."""

    fact: SiteFact
    value: SiteFactValue

    @property
    def sources(self) -> tuple[SourceReference, ...]:
        """Where the fact comes from."""
        return source_references(self.value)


@dataclass(frozen=True, slots=True)
class OptionInForce:
    """An option of a site file as it holds."""

    file: SiteFile
    option: SiteOption
    value: DatedValue

    @property
    def sources(self) -> tuple[SourceReference, ...]:
        """Where the option comes from."""
        return source_references(self.value)


@dataclass(frozen=True, slots=True)
class DrugTestInForce:
    """A test before a drug as it holds."""

    test: DrugTest
    value: DrugTestValue

    @property
    def sources(self) -> tuple[SourceReference, ...]:
        """Where it comes from."""
        return source_references(self.value)


@dataclass(frozen=True, slots=True)
class SupportiveInForce:
    """A line of supportive care as it holds."""

    line: SupportiveLine
    value: DatedValue

    @property
    def sources(self) -> tuple[SourceReference, ...]:
        """Where the line comes from."""
        return source_references(self.value)


def source_references(value: DatedValue) -> tuple[SourceReference, ...]:
    """The sources of a value as a finding carries them; a decision of our own names its reason."""
    cited = tuple(_reference(citation) for citation in value.citations)
    if value.kind == "project-decision":
        return (*cited, SourceReference("rert-cds, project decision", where=value.reason))
    return cited


def _reference(citation: Citation) -> SourceReference:
    url = f"https://doi.org/{citation.doi}" if citation.doi else citation.url
    return SourceReference(citation.label, url, citation.where)
