"""Recovery schemes: which part of an earlier course a scheme takes as recovered, and its own limits."""

from decimal import Decimal
from itertools import pairwise
from typing import Annotated, Literal

from pydantic import Field, model_validator

from clinical_rules.knowledge.schema_base import DatedValue, Gy, KnowledgeModel

Share = Annotated[Decimal, Field(ge=0, le=1)]


class RecoveryBand(KnowledgeModel):
    """From this interval on, the bound included, this part of the earlier course counts as recovered."""

    from_months: Annotated[int, Field(ge=0)]
    recovered: Share


class SchemeStructure(KnowledgeModel):
    """What a scheme says of some structures: its bands, and the limit that belongs to them.

    `limit_gy` is left out where the scheme has none of its own; `metric` where the text read states none.
    `statement` holds a rule on spared volume, which no sum of doses can be held against.
    """

    structures: tuple[str, ...] = Field(min_length=1)  # TG-263
    bands: tuple[RecoveryBand, ...] = Field(min_length=1)
    limit_gy: Gy | None = None
    metric: str | None = None
    limit_from_months: int = 0
    alpha_beta_gy: Gy | None = None
    agreement: str
    statement: str | None = None
    note: str | None = None

    @model_validator(mode="after")
    def _bands_rise(self) -> "SchemeStructure":
        bounds = [band.from_months for band in self.bands]
        if bounds[0] != 0 or any(later <= earlier for earlier, later in pairwise(bounds)):
            raise ValueError("bands begin at 0 months and stand in rising order")
        return self


class RecoverySchemeValue(DatedValue):
    """The scheme as it holds from a day on; `alpha_beta_gy` is its own, else that of a structure's deciding limit."""

    alpha_beta_gy: Gy | None = None
    organs: tuple[SchemeStructure, ...] = Field(min_length=1)


class RecoveryScheme(KnowledgeModel):
    """A named scheme, used only where a site asks for it by name; one file each in `recovery/`.

    `discount` takes something off earlier courses; `limits-by-time` takes nothing off and raises limits instead.
    """

    id: str  # recovery.<name>
    type: Literal["recovery-scheme"]
    name: Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]  # as in the setting and at the end of the rule id
    title: str
    unit: Literal["1"]
    applies: str
    form: Literal["discount", "limits-by-time"]
    values: tuple[RecoverySchemeValue, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _fits_its_form(self) -> "RecoveryScheme":
        if self.id != f"recovery.{self.name}" or self.name == "none":
            raise ValueError('id is "recovery." and the name; the name "none" is no scheme')
        organs = [organ for value in self.values for organ in value.organs]
        if self.form == "limits-by-time" and any(band.recovered for organ in organs for band in organ.bands):
            raise ValueError('a scheme of form "limits-by-time" takes nothing off: recovered is 0 in every band')
        for value in self.values:
            names = [name for organ in value.organs for name in organ.structures]
            if len(names) != len(set(names)):
                raise ValueError("each structure stands once in a scheme")
        return self


class RecoveryRefusal(KnowledgeModel):
    """Structures whose recovery no scheme is believed on: nothing is taken off for them, whatever it says."""

    id: str
    type: Literal["recovery-refusal"]
    title: str
    structures: tuple[str, ...] = Field(min_length=1)
    unit: Literal["1"]
    applies: str
    values: tuple[DatedValue, ...] = Field(min_length=1)
