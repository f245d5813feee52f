"""The knowledge in force on one day: numbers, limits, sources."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TypeVar

from clinical_rules.anatomy import Anatomy, LevelSteps
from clinical_rules.errors import KnowledgeError
from clinical_rules.findings import SourceReference
from clinical_rules.knowledge.cited import (
    Cited,
    ComparisonInForce,
    DrugTestInForce,
    OptionInForce,
    RefusalInForce,
    SchemeInForce,
    SiteFactInForce,
    SupportiveInForce,
    source_references,
)
from clinical_rules.knowledge.schema import (
    CodeList,
    DatedValue,
    DoseLimit,
    DoseLimitValue,
    Families,
    ParameterValue,
    SiteFile,
)

Value = TypeVar("Value", bound=DatedValue)

SAME_LEVEL, ADJACENT_LEVEL = "anatomy.same-level-steps", "anatomy.adjacent-level-steps"


@dataclass(frozen=True)
class LimitInForce(Cited):
    """A dose limit with the value that holds."""

    limit: DoseLimit
    value: DoseLimitValue


@dataclass(frozen=True, slots=True, eq=False)
class KnowledgeOn:
    """What holds on a day; every question is a dictionary look-up."""

    version: str
    day: date
    anatomy: Anatomy
    code_lists: tuple[CodeList, ...]
    all_limits: tuple[LimitInForce, ...]
    parameters: Mapping[str, ParameterValue]
    limits_by_structure: Mapping[str, tuple[LimitInForce, ...]]
    all_comparisons: tuple[ComparisonInForce, ...] = ()
    comparisons_by_structure: Mapping[str, tuple[ComparisonInForce, ...]] = field(default_factory=dict)
    recovery_schemes: tuple[SchemeInForce, ...] = ()
    recovery_refusals: tuple[RefusalInForce, ...] = ()
    all_site_facts: tuple[SiteFactInForce, ...] = ()
    options_by_file: tuple[tuple[SiteFile, tuple[OptionInForce, ...]], ...] = ()  # each in the order of the file
    families: tuple[Families, ...] = ()
    drug_tests: tuple[DrugTestInForce, ...] = ()
    supportive_lines: tuple[SupportiveInForce, ...] = ()

    @property
    def options(self) -> tuple[OptionInForce, ...]:
        """The options of all site files."""
        return tuple(held for _, options in self.options_by_file for held in options)

    def number(self, parameter_id: str) -> Decimal:
        """The number of a parameter; KnowledgeError where there is none, or several."""
        return one_number(parameter_id, self._parameter(parameter_id))

    def numbers(self, parameter_id: str) -> tuple[Decimal, ...]:
        """The numbers of a parameter, in rising order."""
        value = self._parameter(parameter_id).value
        return value if isinstance(value, tuple) else (value,)

    def sources(self, parameter_id: str) -> tuple[SourceReference, ...]:
        """Where the number of a parameter comes from."""
        return source_references(self._parameter(parameter_id))

    def limits(self, structure: str) -> tuple[LimitInForce, ...]:
        """The limits that judge a structure."""
        return self.limits_by_structure.get(structure, ())

    def comparisons(self, structure: str) -> tuple[ComparisonInForce, ...]:
        """The cited comparisons of a structure, by id."""
        return self.comparisons_by_structure.get(structure, ())

    def recovery_scheme(self, name: str) -> SchemeInForce:
        """The scheme of that name; KnowledgeError where there is none."""
        held = next((held for held in self.recovery_schemes if held.scheme.name == name), None)
        if held is None:
            names = ", ".join(("none", *(held.scheme.name for held in self.recovery_schemes)))
            raise KnowledgeError((f"no recovery scheme {name!r}; expected one of {names}",))
        return held

    def recovery_refusal(self, structure: str) -> RefusalInForce | None:
        """Why no scheme takes anything off for a structure; None where one may."""
        return next((held for held in self.recovery_refusals if structure in held.refusal.structures), None)

    def site_facts(self, site: str) -> tuple[SiteFactInForce, ...]:
        """The facts on a disease site, by id."""
        return tuple(held for held in self.all_site_facts if held.fact.site == site)

    def family(self, role: str, name: str) -> tuple[str, ...]:
        """The members of a family; none where there is no such family."""
        listed = (entry.families.get(name, ()) for entry in self.families if entry.role == role)
        return tuple(member for members in listed for member in members)

    def _parameter(self, parameter_id: str) -> ParameterValue:
        if parameter_id not in self.parameters:
            raise KnowledgeError((f"no parameter {parameter_id!r}; expected a file parameters/{parameter_id}.toml",))
        return self.parameters[parameter_id]


def value_on(values: tuple[Value, ...], day: date) -> Value:
    """The value in force on a day: the last that had begun; before the first of all, the first.

    A day before the first value is one on which this knowledge did not exist yet; it is then read with the
    oldest there is, so that an old chart can be looked at.
    """
    begun = [value for value in values if value.since <= day]
    return max(begun, key=_since) if begun else min(values, key=_since)


def _since(value: DatedValue) -> date:
    return value.since


def with_level_steps(anatomy: Anatomy, parameters: Mapping[str, ParameterValue]) -> Anatomy:
    """The anatomy, read with the steps between vertebrae that the parameters hold."""
    same, adjacent = (int(one_number(name, parameters[name])) for name in (SAME_LEVEL, ADJACENT_LEVEL))
    return anatomy.with_level_steps(LevelSteps(same, adjacent))


def one_number(parameter_id: str, value: ParameterValue) -> Decimal:
    """The number of a value; KnowledgeError where it holds several."""
    if isinstance(value.value, tuple):
        raise KnowledgeError((f"parameter {parameter_id!r} holds several numbers; ask with numbers()",))
    return value.value
