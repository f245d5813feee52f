"""Tests that the use of a drug rests on: which result must be on file before which drug is ordered."""

from typing import Annotated, Literal

from pydantic import Field

from clinical_rules.knowledge.schema_base import DatedValue, KnowledgeModel

Names = Annotated[tuple[str, ...], Field(min_length=1)]


class ExemptUse(KnowledgeModel):
    """A use of one drug that rests on no such test: with these cancers alone on file nothing is asked."""

    drug: str
    cancers: Names


class OtherTest(KnowledgeModel):
    """Another result on which the use of some of the drugs may rest instead."""

    name: str  # "ROS1 fusion"
    biomarker: str  # an item of the biomarker codes
    drugs: Names


class DrugTestValue(DatedValue):
    """What must be known before the drug, as it holds from a day on."""

    statement: str  # one sentence of our own
    because: str  # ends the summary: "RAS testing comes first (guideline)"


class DrugTest(KnowledgeModel):
    """A test before a drug; one file each in `drug_tests/`. The rule is `workup.biomarker`."""

    id: Annotated[str, Field(pattern=r"^workup\.biomarker\.[a-z0-9-]+$")]
    type: Literal["drug-test"]
    title: str
    unit: Literal["1"]
    applies: str
    name: str  # the item is "biomarker:" and this name
    label: str  # "Anti-EGFR order"
    drugs: Names  # items of the drug codes
    biomarkers: Names  # any of these that is settled settles the test
    parts: tuple[str, ...] = ()  # or all of these together: KRAS and NRAS
    kind: Literal["mutation", "fusion"]  # what the result must be about
    wanted: Literal["positive", "negative"]  # the outcome on which the use rests
    beside: tuple[str, ...] = ()  # results that are told beside it where they are on file
    cancers: tuple[str, ...] = ()  # sites or organs in which it is asked for; empty: in every cancer
    exempt: tuple[ExemptUse, ...] = ()
    instead: tuple[OtherTest, ...] = ()
    values: tuple[DrugTestValue, ...] = Field(min_length=1)

    @property
    def item(self) -> str:
        """The item of the work-up."""
        return f"biomarker:{self.name}"
