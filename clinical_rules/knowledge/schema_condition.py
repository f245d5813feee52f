"""What an option of a site file may ask of the facts: one model a fact, so that an unknown argument is refused.

`require` keeps an option while no answer is "no"; `avoid` takes it off when one is "yes"; `factors` and
`cautions` only add words. How each is answered stands in `clinical_rules/options`.
"""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field, model_validator

from clinical_rules.knowledge.schema_base import KnowledgeModel

Names = Annotated[tuple[str, ...], Field(min_length=1)]
Count = Annotated[int, Field(ge=0)]
Score = Literal["CPS", "TPS", "TC", "IC"]
BiomarkerKind = Literal["mutation", "fusion", "protein", "instability", "quantity"]


class ConditionModel(KnowledgeModel):
    """Base: `unknown = "hide"` (of a requirement) hides the option where the answer is not known; `words` (of a
    caution) is what is printed."""

    unknown: Literal["keep", "hide"] = "keep"
    words: str | None = None


class Histology(ConditionModel):
    """The morphology of the cancer belongs to one of these families (families/histology.toml)."""

    fact: Literal["histology"]
    any: Names


class Biomarker(ConditionModel):
    """The newest result of a biomarker: its outcome, or a score from a number on."""

    fact: Literal["biomarker"]
    name: str
    kind: BiomarkerKind | None = None
    outcome: Literal["positive", "negative"] | None = None
    score: Score | None = None
    at_least: Decimal | None = None

    @model_validator(mode="after")
    def _asks_one_thing(self) -> "Biomarker":
        if (self.outcome is None) == (self.score is None):
            raise ValueError("a biomarker is asked for its outcome, or for a score with at_least")
        if (self.score is None) != (self.at_least is None):
            raise ValueError("score and at_least go together")
        return self


class AgentGiven(ConditionModel):
    """One of these drugs, or of these classes of drugs, is on file."""

    fact: Literal["agent-given"]
    any: Names


class Irradiated(ConditionModel):
    """The tumour lies in an irradiated region."""

    fact: Literal["irradiated"]


class IntervalAtLeast(ConditionModel):
    """So many months have passed since the last course that overlaps, the bound included."""

    fact: Literal["interval"]
    at_least_months: Count


class Organs(ConditionModel):
    """Which and how many organs hold metastases on file."""

    fact: Literal["organs"]
    only: tuple[str, ...] = ()
    at_most: Count | None = None
    at_least: Count | None = None

    @model_validator(mode="after")
    def _asks_something(self) -> "Organs":
        if not self.only and self.at_most is None and self.at_least is None:
            raise ValueError("organs are asked with only, at_most or at_least")
        return self


class Lesions(ConditionModel):
    """How many lesions there are; codes show a lower bound only."""

    fact: Literal["lesions"]
    at_most: Count | None = None
    at_least: Count | None = None

    @model_validator(mode="after")
    def _asks_one_thing(self) -> "Lesions":
        if (self.at_most is None) == (self.at_least is None):
            raise ValueError("lesions are asked with at_most or at_least")
        return self


class Size(ConditionModel):
    """The newest size on file, the bound included."""

    fact: Literal["size"]
    at_most_mm: Annotated[Decimal, Field(gt=0)]


class Nodes(ConditionModel):
    """The recurrence has nodes of one of these groups (C77.5)."""

    fact: Literal["nodes"]
    any: Names


class Sins(ConditionModel):
    """The spine instability score on file."""

    fact: Literal["sins"]
    at_least: Count


class PerformanceStatus(ConditionModel):
    """ECOG performance status; Karnofsky is converted."""

    fact: Literal["performance-status"]
    at_most: Count


class PlainFact(ConditionModel):
    """A fact that is asked without arguments."""

    fact: Literal["castration-resistance", "psma-imaging", "vertebra", "structure-exceeds", "dosimetry"]


class MetastaticSite(ConditionModel):
    """Metastases are on file at one of these sites."""

    fact: Literal["metastatic-site"]
    any: Names


class Primary(ConditionModel):
    """The primary is of one of these sites or organs."""

    fact: Literal["primary"]
    any: Names


class Symptom(ConditionModel):
    """One of these symptoms is on file."""

    fact: Literal["symptom"]
    any: Names


Condition = Annotated[
    Histology | Biomarker | AgentGiven | Irradiated | IntervalAtLeast | Organs | Lesions | Size | Nodes | Sins
    | PerformanceStatus | PlainFact | MetastaticSite | Primary | Symptom,
    Field(discriminator="fact"),
]  # fmt: skip
