"""CDS Hooks cards: the specification's fields and limits, and nothing else."""

from collections.abc import Mapping
from decimal import Decimal
from functools import cache, cached_property
from typing import Annotated, Any, Literal, Self
from uuid import uuid4

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

Indicator = Literal["info", "warning", "critical"]
_NUMBERS = (int, float, Decimal)
_ARRAYS = (list, tuple)


class WireModel(BaseModel):
    """Base: frozen, camelCase on the wire, nothing empty left in by `to_wire`."""

    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=to_camel, populate_by_name=True)

    def to_wire(self) -> dict[str, Any]:
        """The JSON object to send: camelCase, no null and no empty member. Decimals stay numbers, as Decimal."""
        return self.wire

    @cached_property
    def wire(self) -> dict[str, Any]:
        """What `to_wire` gives, made once: the fingerprint is of it, and it is sent."""
        return {
            alias: kept
            for name, alias in _aliases(type(self))
            if (kept := without_empty(getattr(self, name), alias)) is not None
        }

    def __copy__(self) -> Self:
        copied = super().__copy__()
        copied.__dict__.pop("wire", None)  # it may be copied to be changed
        return copied


@cache
def _aliases(model: type[WireModel]) -> tuple[tuple[str, str], ...]:
    """The fields of a model with their names on the wire."""
    return tuple((name, field.alias or name) for name, field in model.model_fields.items())


def without_empty(value: Any, name: str = "") -> Any:
    """The JSON value without null, empty text, arrays and objects; None if nothing is left.

    A FHIR resource (the member `resource`) stays as it is: an order goes back unchanged, and FHIR allows null
    in arrays of primitives.
    """
    if isinstance(value, str):
        return value or None
    if name == "resource" or isinstance(value, _NUMBERS):
        return value
    if isinstance(value, _ARRAYS):
        return [kept for entry in value if (kept := without_empty(entry)) is not None] or None
    if isinstance(value, dict) or isinstance(value, Mapping):  # noqa: SIM101 - the first is so much quicker
        return _members(value) or None
    return value.to_wire() or None if isinstance(value, WireModel) else value


def _members(value: Mapping[str, Any]) -> dict[str, Any]:
    """The members of an object without the empty ones."""
    return {
        key: kept
        for key, entry in value.items()
        if (kept := entry or None if type(entry) is str else without_empty(entry, key)) is not None
    }


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

    def with_extension(self, name: str, value: str) -> Self:
        """The card with one member more in its extension; what is sent of all else is not made again."""
        more = self.model_copy(update={"extension": {**(self.extension or {}), name: value}})
        more.__dict__["wire"] = {**self.wire, "extension": {**self.wire.get("extension", {}), name: value}}
        return more


class CDSResponse(WireModel):
    """The answer of a service."""

    cards: tuple[Card, ...] = ()

    def to_wire(self) -> dict[str, Any]:
        """The JSON object to send; nothing to say is an empty array of cards."""
        return {"cards": [card.to_wire() for card in self.cards]}
