"""CDS Hooks cards: the specification's fields and limits, and nothing else."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal
from uuid import uuid4

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

Indicator = Literal["info", "warning", "critical"]


class WireModel(BaseModel):
    """Base: frozen, camelCase on the wire, nothing empty left in by `to_wire`."""

    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=to_camel, populate_by_name=True)

    def to_wire(self) -> dict[str, Any]:
        """The JSON object to send: camelCase, no null and no empty member. Decimals stay numbers, as Decimal."""
        return {
            name: kept
            for name, value in self.model_dump(by_alias=True, exclude_none=True).items()
            if (kept := without_empty(value, name)) is not None
        }


def without_empty(value: Any, name: str = "") -> Any:
    """The JSON value without null, empty text, arrays and objects; None if nothing is left.

    A FHIR resource (the member `resource`) stays as it is: an order goes back unchanged, and FHIR allows null
    in arrays of primitives.
    """
    if isinstance(value, str):
        return value or None
    if name == "resource":
        return value
    if isinstance(value, dict | Mapping):
        members = {key: kept for key, entry in value.items() if (kept := without_empty(entry, key)) is not None}
        return members or None
    if isinstance(value, list | tuple):
        return [kept for entry in value if (kept := without_empty(entry)) is not None] or None
    return value


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

    def to_wire(self) -> dict[str, Any]:
        """The JSON object to send; nothing to say is an empty array of cards."""
        return {"cards": [card.to_wire() for card in self.cards]}
