"""What every model of a knowledge file rests on: unknown keys refused, every value with a source or a reason."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

Gy = Annotated[Decimal, Field(gt=0)]
Flag = Literal["Y1", "Y2"]
"""Y1: the number was read in the primary text. Y2: in a secondary text. Nothing weaker decides."""


class KnowledgeModel(BaseModel):
    """Base: frozen, and an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Citation(KnowledgeModel):
    """A source; `where` points into the text that was read, `primary_opened` says whether that was the primary."""

    title: str
    label: str  # short, as printed beside a number: "Sahgal et al. 2021, HyTEC"
    doi: str | None = None
    url: str | None = None
    where: str
    flag: Flag
    primary_opened: bool


class DatedValue(KnowledgeModel):
    """What holds from `since` on: cited, or our own decision with its reason."""

    since: date
    last_checked: date
    reviewed_by: tuple[str, ...] = ()
    note: str | None = None
    kind: Literal["cited", "project-decision"] = "cited"
    reason: str | None = None
    citations: tuple[Citation, ...] = ()

    @model_validator(mode="after")
    def _has_a_basis(self) -> "DatedValue":
        if self.kind == "cited" and not self.citations:
            raise ValueError('a value needs at least one citation, or kind = "project-decision" and a reason')
        if self.kind == "project-decision" and not self.reason:
            raise ValueError("a project decision needs a reason")
        return self
