"""Families: names that stand for several others, classes of drugs and families of histology."""

from typing import Annotated, Literal

from pydantic import Field

from clinical_rules.knowledge.schema_base import KnowledgeModel

Members = Annotated[tuple[str, ...], Field(min_length=1)]


class Families(KnowledgeModel):
    """Families of one sort; one file each in `families/`.

    Members of a drug class are items of the drug codes, or names as records print them; those of a family of
    histology ICD-O-3 morphologies: one (`8140`) or a span (`8070-8078`), both ends included. The roles of the
    recurrence rules are explained in their files.
    """

    id: str
    type: Literal["families"]
    title: str
    role: Literal["drug-class", "histology", "recurrence-treatments", "recurrence-markers", "adjacent-organs"]
    source: str
    families: Annotated[dict[str, Members], Field(min_length=1)]
