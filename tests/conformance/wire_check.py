"""What is on the wire against our published schemas and the invariants of CDS Hooks."""

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Any

from jsonschema import Draft202012Validator
from referencing import Registry, Resource

from cds_service.openapi import NAMES, schema

BASE = "https://cds.example.org"
HOOKS = ("patient-view", "order-select", "order-sign", "problem-list-item-create")
Json = Mapping[str, Any]


@lru_cache
def _registry() -> Registry[Any]:
    resources = (Resource.from_contents(schema(name, BASE)) for name in NAMES)
    return resources @ Registry()


@lru_cache
def validator(name: str) -> Draft202012Validator:
    """The validator of one of our schemas."""
    return Draft202012Validator(schema(name, BASE), registry=_registry())


def problems(name: str, value: object) -> list[str]:
    """Where the value is not as the schema says; empty if it is."""
    return [f"{error.json_path}: {error.message[:200]}" for error in validator(name).iter_errors(value)]


def broken(kind: str, value: Json) -> list[str]:
    """The ids of the invariants of CDS Hooks that a request, response or feedback breaks."""
    return [name for name, holds in INVARIANTS[kind].items() if not holds(value)]


def _suggestions(response: Json) -> Iterator[Json]:
    for card in response["cards"]:
        yield from card.get("suggestions", ())


def _actions(response: Json) -> Iterator[Json]:
    for suggestion in _suggestions(response):
        yield from suggestion.get("actions", ())


def _scopes(request: Json) -> str:
    return str((request.get("fhirAuthorization") or {}).get("scope", ""))


def _one_recommended(response: Json) -> bool:
    return all(
        sum(suggestion.get("isRecommended") is True for suggestion in card.get("suggestions", ())) <= 1
        for card in response["cards"]
        if card.get("selectionBehavior") == "at-most-one"
    )


Invariant = Callable[[Json], bool]
INVARIANTS: Mapping[str, Mapping[str, Invariant]] = {
    "request": {
        "cds-r-1": lambda r: "fhirAuthorization" not in r or "fhirServer" in r,
        "cds-r-2": lambda r: (
            not any(scope.startswith("patient/") for scope in _scopes(r).split()) or "patient" in r["fhirAuthorization"]
        ),
    },
    "response": {
        "cds-resp-1": _one_recommended,
        "cds-resp-2": lambda r: all(
            "resourceId" in action and "resource" not in action for action in _actions(r) if action["type"] == "delete"
        ),
        "cds-resp-3": lambda r: all(
            link["type"] == "smart"
            for card in r["cards"]
            for link in card.get("links", ())
            if link.get("appContext") is not None
        ),
        "cds-resp-4": lambda r: all(
            reason.get("display") for card in r["cards"] for reason in card.get("overrideReasons", ())
        ),
        "cds-resp-5": lambda r: all(action.get("description") for action in _actions(r)),
        "cds-resp-6": lambda r: all(
            card.get("selectionBehavior") for card in r["cards"] if card.get("suggestions") is not None
        ),
        "cds-resp-7": lambda r: all(
            suggestion["actionSelectionBehavior"] in {"all", "any", "at-most-one"}
            for suggestion in _suggestions(r)
            if "actionSelectionBehavior" in suggestion
        ),
    },
    "feedback": {
        "cds-fb-1": lambda f: all(entry["outcome"] in {"accepted", "overridden"} for entry in f["feedback"]),
        "cds-fb-2": lambda f: all(
            "acceptedSuggestions" in entry for entry in f["feedback"] if entry["outcome"] == "accepted"
        ),
        "cds-fb-3": lambda f: all(
            entry["overrideReason"].get("reason") or entry["overrideReason"].get("userComment")
            for entry in f["feedback"]
            if "overrideReason" in entry
        ),
    },
}
"""The twelve rules by id, each on what it is about."""


def check_answer(path: str, status: int, content_type: str, body: Any) -> None:
    """AssertionError if an answer of ours is not as published."""
    kind = content_type.partition(";")[0]
    if kind == "application/fhir+json" and status >= 400:
        assert problems("operation-outcome", body) == []
    elif kind == "application/json" and "/cds-services" in path:
        name = "discovery" if "services" in body else "response"
        assert problems(name, body) == []
        assert name == "discovery" or broken("response", body) == []
