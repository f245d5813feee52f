"""Site files: the options for a recurrence of one disease site, and what a new site needs to be recognised."""

from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from clinical_rules.knowledge.schema_base import DatedValue, KnowledgeModel
from clinical_rules.knowledge.schema_condition import Condition

Kebab = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
Category = Literal["surgery", "radiotherapy", "systemic", "radioligand", "local-ablation", "trial", "supportive"]
Grade = Literal["A", "B", "C", "D"]
"""A randomised or guideline, B single-arm or large retrospective, C expert or consensus, D one weak source only."""
OptionState = Literal["ok", "qual", "contested", "outdated"]
OptionPattern = Literal["local", "regional", "locoregional", "distant", "mixed", "biochemical", "any"]


class SiteOption(KnowledgeModel):
    """One option: for whom it is listed, and what is said beside it. Never a dose, a survival figure or a vendor."""

    id: Kebab  # the rule is salvage.<id>
    option: Annotated[str, Field(min_length=1)]
    category: Category
    grade: Grade
    state: OptionState
    patterns: Annotated[tuple[OptionPattern, ...], Field(min_length=1)]
    population: Annotated[str, Field(min_length=1)]
    agents: tuple[str, ...] = ()  # items of the drug codes, or classes of drugs
    ships_off: bool = False
    dispute: str = ""
    require: tuple[Condition, ...] = ()
    avoid: tuple[Condition, ...] = ()
    factors: tuple[Condition, ...] = ()
    cautions: tuple[Condition, ...] = ()
    not_assessed: tuple[str, ...] = ()
    rows: tuple[str, ...] = ()  # of the clinical rules that it carries out
    items: tuple[Annotated[int, Field(ge=1)], ...] = ()  # numbers of named systems that it covers
    values: Annotated[tuple[DatedValue, ...], Field(min_length=1)]

    @property
    def rule(self) -> str:
        """The rule id."""
        return f"salvage.{self.id}"

    @field_validator("patterns")
    @classmethod
    def _any_stands_alone(cls, patterns: tuple[OptionPattern, ...]) -> tuple[OptionPattern, ...]:
        if "any" in patterns and set(patterns) - {"any", "biochemical"}:
            raise ValueError('"any" is every known pattern except biochemical; it stands alone or beside it')
        return patterns

    @model_validator(mode="after")
    def _is_told_honestly(self) -> "SiteOption":
        if self.state == "contested" and not self.dispute:
            raise ValueError(f"option {self.id!r} is contested: dispute says in one sentence what is disputed")
        if self.grade == "D" and not self.ships_off:
            raise ValueError(f"option {self.id!r} rests on one weak source (grade D): ships_off = true")
        if any(each.words is None for each in self.cautions):
            raise ValueError(f"option {self.id!r}: each caution has words, which are printed")
        if any(each.words is not None for each in (*self.require, *self.avoid, *self.factors)):
            raise ValueError(
                f"option {self.id!r}: only cautions have words; the others are put into words by their fact"
            )
        if any(each.unknown != "keep" for each in (*self.avoid, *self.factors, *self.cautions)):
            raise ValueError(f'option {self.id!r}: unknown = "hide" belongs to require')
        return self


class SiteCode(KnowledgeModel):
    """A diagnosis code or prefix of the site: a row for the anatomy table of diagnoses (icd10_sites.csv)."""

    system: str
    code: str
    match: str
    region: str
    subsite: str = ""
    role: str = "primary"
    note: str = ""
    source: str


class SiteDrainage(KnowledgeModel):
    """A node group of the site: a row for the anatomy table of drainage (nodal_drainage.csv)."""

    node_group: str
    regional: str
    condition: str
    source: str
    verified: str
    default_if_unclear: str


class SiteFile(KnowledgeModel):
    """The options of a site, and the codes by which it is recognised; one file each in `sites/`.

    `kind` primary: for recurrences whose primary is of this site; metastasis: for those with metastases there;
    any: for every recurrence.
    """

    id: Annotated[str, Field(pattern=r"^site\.[a-z0-9-]+$")]
    type: Literal["site"]
    title: str
    site: Kebab
    kind: Literal["primary", "metastasis", "any"]
    biomarkers: tuple[str, ...] = ()
    codes: tuple[SiteCode, ...] = ()
    drainage: tuple[SiteDrainage, ...] = ()
    options: tuple[SiteOption, ...] = ()

    @model_validator(mode="after")
    def _names_agree(self) -> "SiteFile":
        if self.id != f"site.{self.site}":
            raise ValueError('id is "site." and the site')
        if (self.kind == "any") != (self.site == "any"):
            raise ValueError('kind "any" and site "any" go together')
        if self.kind == "any" and (self.codes or self.drainage):
            raise ValueError("codes and drainage belong to a site, not to the file for every site")
        return self
