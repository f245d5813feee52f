"""CDS Hooks cards: the specification's fields and limits, and nothing else."""

from typing import Annotated, Any, Literal
from uuid import uuid4

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

Indicator = Literal["info", "warning", "critical"]


class WireModel(BaseModel):
    """Base: frozen, camelCase on the wire, None left out by `to_wire`."""

    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=to_camel, populate_by_name=True)

    def to_wire(self) -> dict[str, Any]:
        """The JSON object to send: no null, camelCase."""
        return self.model_dump(mode="json", by_alias=True, exclude_none=True)


class Coding(WireModel):
    """A code with its system."""

    system: str
    code: str
    display: str | None = None


class Source(WireModel):
    """Where the card comes from."""

    label: str
    url: str | None = None
    topic: Coding | None = None


class Link(WireModel):
    """A link; the address comes from settings or knowledge, never from data."""

    label: str
    url: str
    type: Literal["absolute", "smart"]


class Action(WireModel):
    """One change that the clinician may accept."""

    type: Literal["create", "update", "delete"]
    description: str
    resource: dict[str, Any] | None = None


class Suggestion(WireModel):
    """Actions that belong together."""

    label: str
    uuid: str = Field(default_factory=lambda: str(uuid4()))
    actions: tuple[Action, ...] | None = None


class Card(WireModel):
    """One card; summary under 140 characters."""

    uuid: str = Field(default_factory=lambda: str(uuid4()))
    summary: Annotated[str, Field(min_length=1, max_length=139)]
    detail: str | None = None
    indicator: Indicator
    source: Source
    suggestions: tuple[Suggestion, ...] | None = None
    selection_behavior: Literal["any", "at-most-one"] | None = None
    override_reasons: tuple[Coding, ...] | None = None
    links: tuple[Link, ...] | None = None
    extension: dict[str, Any] | None = None


class CDSResponse(WireModel):
    """The answer of a service."""

    cards: tuple[Card, ...] = ()
