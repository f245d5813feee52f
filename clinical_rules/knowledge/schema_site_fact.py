"""Facts on re-irradiation of one disease site, for readers; no rule decides by them."""

from typing import Annotated, Literal

from pydantic import Field

from clinical_rules.knowledge.schema_base import DatedValue, KnowledgeModel


class SiteFactValue(DatedValue):
    """The fact in one or two sentences of our own, and what it rests on.

    `short` is the line of a card: without doses, survival or cure figures.
    """

    short: str
    statement: str
    evidence: str


class SiteFact(KnowledgeModel):
    """One fact; one file each in `site_facts/`. Survival and cure figures are left out."""

    id: Annotated[str, Field(pattern=r"^site-fact\.[a-z0-9.-]+$")]
    type: Literal["site-fact"]
    title: str
    site: str  # a name of the site files: brain, rectum ...
    regions: tuple[str, ...] = ()  # of the site `other`: the regions of the one cancer it is meant for
    unit: Literal["1"]
    applies: str
    values: tuple[SiteFactValue, ...] = Field(min_length=1)
