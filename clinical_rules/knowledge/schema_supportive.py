"""Lines of supportive care and safety: when one is said, and in which words."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from clinical_rules.knowledge.schema_base import DatedValue, KnowledgeModel

Sign = Annotated[str, Field(pattern=r"^[a-z-]+/.+$")]
"""Kind and item of a clinical event, `emergency/airway`; `kind/*` is any item of the kind."""


class SupportiveLine(KnowledgeModel):
    """One line beside a recurrence; one file each in `supportive/`.

    It is said where the site fits and everything asked for is on file: a sign, an active drug, an earlier course.
    """

    id: Annotated[str, Field(pattern=r"^supportive\.[a-z0-9-]+$")]  # the rule id
    type: Literal["supportive"]
    title: str
    applies: str
    line: Annotated[str, Field(min_length=1)]  # as printed; our own words, never a dose or a figure of outcome
    status: Literal["present", "caution"]
    warns: bool = False  # raises a warning; otherwise it rides in the card of the recurrence
    sites: tuple[str, ...] = ()  # of the primary; none: any
    regions: tuple[str, ...] = ()  # a place of the recurrence or of the earlier course lies here
    signs: tuple[Sign, ...] = ()
    agents: tuple[str, ...] = ()  # classes of drugs, one of which must be active
    irradiated: bool = False  # an earlier course in one of `regions`
    state: Literal["ok", "qual"] = "ok"
    rows: tuple[str, ...] = ()  # of the clinical rules that it carries out
    items: tuple[Annotated[int, Field(ge=1)], ...] = ()  # numbers of named systems that it covers
    values: Annotated[tuple[DatedValue, ...], Field(min_length=1)]

    @property
    def topic(self) -> str:
        """The topic on the wire: the last part of the rule id."""
        return self.id.removeprefix("supportive.")

    @model_validator(mode="after")
    def _asks_for_something(self) -> "SupportiveLine":
        if not (self.signs or self.agents or self.irradiated):
            raise ValueError("a line needs a sign, a drug or an earlier course that calls for it")
        if self.irradiated and not self.regions:
            raise ValueError("an earlier course is asked for in named regions")
        return self
