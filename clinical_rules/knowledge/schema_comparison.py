"""Cited comparisons: published values that are shown beside a sum and never decide."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from clinical_rules.knowledge.schema_base import DatedValue, Gy, KnowledgeModel


class FractionPoint(KnowledgeModel):
    """A physical dose that belongs to one number of fractions."""

    fractions: Annotated[int, Field(gt=0)]
    dose_gy: Gy


class ComparisonValue(DatedValue):
    """A dose in its own quantity and metric, or the source's statement where no scalar can be compared.

    `metric` is left out where the text that was read states none.
    """

    value_gy: Gy | None = None
    points: tuple[FractionPoint, ...] = ()
    alpha_beta_gy: Gy | None = None
    metric: str | None = None
    agreement: str
    statement: str | None = None


class Comparison(KnowledgeModel):
    """A published value of one structure that is not a deciding limit; one file each in `comparisons/`.

    `scope` names what is held against it: the sum of all courses, the new part alone, or each course by itself.
    `single_course` marks a limit meant for one course: passing it is a note, not an excess.
    """

    id: str  # reirradiation.<structure>.<limit>, the rule id
    type: Literal["comparison"]
    title: str
    structure: str  # TG-263
    structures: tuple[str, ...] = ()
    unit: Literal["Gy", "1"]
    applies: str  # the population
    form: Literal["scalar", "volumetric", "none", "observed"]  # observed: what a series saw, never compared
    scope: Literal["sum", "new-part", "each-course"] = "sum"
    quantity: Literal["eqd2", "physical"] = "eqd2"
    recovery: Literal["raw", "allowed-for", "not-stated"] = "raw"
    boundary: Literal["equal-is-not-over"] = "equal-is-not-over"
    single_course: bool = False
    regions: tuple[str, ...] = ()  # only for targets there; empty: anywhere
    interval_from_months: int | None = None
    stereotactic: bool = False  # only for a stereotactic new part
    values: tuple[ComparisonValue, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _can_be_compared(self) -> "Comparison":
        for value in self.values:
            self._check(value)
        return self

    def _check(self, value: ComparisonValue) -> None:
        scalar = value.value_gy is not None or bool(value.points)
        if self.form == "scalar" and not scalar:
            raise ValueError("a scalar comparison needs value_gy or points")
        if self.form != "scalar" and (scalar or value.statement is None):
            raise ValueError(f"a comparison of form {self.form!r} has a statement and no dose to compare")
        if self.form == "scalar" and self.quantity == "eqd2" and value.alpha_beta_gy is None:
            raise ValueError("an EQD2 is compared only at an alpha/beta: alpha_beta_gy is missing")
        if self.quantity == "physical" and self.scope == "sum":
            raise ValueError('physical doses of courses are never added: scope is "new-part" or "each-course"')
        if value.points and self.quantity != "physical":
            raise ValueError("points for numbers of fractions are physical doses")
