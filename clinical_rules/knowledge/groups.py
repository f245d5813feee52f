"""Reads groups.toml of the anatomy: what belongs together."""

from collections.abc import Mapping

from pydantic import Field

from clinical_rules.anatomy_groups import Groups
from clinical_rules.anatomy_levels import Levels, vertebrae
from clinical_rules.knowledge.schema import KnowledgeModel


class Subsites(KnowledgeModel):
    """Subsites of organs that are decided by subsite."""

    whole: tuple[str, ...]
    named: tuple[str, ...]
    told_apart: tuple[str, ...]
    parts: Mapping[str, tuple[str, ...]]


class GroupsFile(KnowledgeModel):
    """The file as written."""

    spine: tuple[str, ...]
    structures: Mapping[str, tuple[str, ...]]
    substitutes: Mapping[str, Mapping[str, str]] = Field(default_factory=dict)
    subsites: Subsites
    drains_like: Mapping[str, str] = Field(default_factory=dict)
    site_texts: Mapping[str, str] = Field(default_factory=dict)


def read_groups(content: Mapping[str, object]) -> Groups:
    """The groups of the file's content; ValueError where it does not hold what it should."""
    file = GroupsFile.model_validate(content)
    return Groups(
        spine=frozenset(file.spine),
        structures=dict(file.structures),
        substitutes={
            name: tuple((structure, _levels(name, where)) for structure, where in meant.items())
            for name, meant in file.substitutes.items()
        },
        whole=frozenset(file.subsites.whole),
        named=frozenset(file.subsites.named),
        parts={part: frozenset(held) for part, held in file.subsites.parts.items()},
        told_apart=frozenset(file.subsites.told_apart),
        drains_like=dict(file.drains_like),
        site_texts=dict(file.site_texts),
    )


def _levels(name: str, where: str) -> Levels:
    levels = vertebrae(where)
    if levels is None:
        raise ValueError(f"substitutes.{name}: {where!r}; expected vertebrae such as C1-L2")
    return levels
