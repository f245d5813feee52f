"""The published schemas: what we send keeps to them, what clients send is described by them, and they can refuse."""

import copy
import json
import tomllib
from pathlib import Path
from typing import Any

import pytest
from conformance.wire_check import BASE, HOOKS, INVARIANTS, broken, problems, validator
from jsonschema import Draft202012Validator

from cds_service.deadline import Deadline
from cds_service.judge import judge_call
from cds_service.openapi import NAMES, schema
from cds_service.parts import Parts, make_parts
from cds_service.protocol import read_request
from cds_service.services import BY_ID, SERVICES
from cds_service.settings import Settings
from cds_service.wire import to_json

EXAMPLES = Path(__file__).parents[1] / "examples"
FOLDERS = sorted(path.parent for path in EXAMPLES.glob("*/request.json"))
UUID = "0f8fad5b-d9cb-469f-a165-70867728950e"
CARD: dict[str, Any] = {
    "uuid": UUID,
    "summary": "Local recurrence of rectal cancer",
    "indicator": "warning",
    "source": {"label": "rert-cds", "topic": {"system": f"{BASE}/t", "code": "recurrence"}},
    "extension": {
        "org.rert-cds.findings": [{"rule": "recurrence.pattern", "status": "present", "knowledgeVersion": "1"}]
    },
}  # fmt: skip
ACTION = {"type": "create", "description": "Refer", "resource": {"resourceType": "ServiceRequest"}}
SUGGESTION = {"label": "Refer", "uuid": UUID, "actions": [ACTION]}
LINK = {"label": "Source", "url": "https://doi.org/1", "type": "absolute"}
REASON = {"system": "urn:reasons", "code": "r", "display": "Reason"}
RICH = {**CARD, "suggestions": [SUGGESTION], "selectionBehavior": "any", "links": [LINK], "overrideReasons": [REASON]}
ACCEPTED = {"card": UUID, "outcome": "accepted", "acceptedSuggestions": [{"id": UUID}],
            "outcomeTimestamp": "2026-11-23T10:00:00Z"}  # fmt: skip
OVERRIDDEN = {"card": UUID, "outcome": "overridden", "outcomeTimestamp": "2026-11-23T10:00:00.5+01:00"}


@pytest.fixture(scope="module")
def parts() -> Parts:
    return make_parts(Settings.from_environ({}))


def told(folder: Path) -> dict[str, Any]:
    return tomllib.loads((folder / "example.toml").read_text("utf-8"))


def changed(value: Any, path: str, new: object = None, *, remove: bool = False) -> Any:
    """A copy with the member at `a.0.b` replaced or taken out."""
    found = whole = copy.deepcopy(value)
    *way, last = (int(step) if step.isdigit() else step for step in path.split("/"))
    for step in way:
        found = found[step]
    if remove:
        del found[last]
    else:
        found[last] = new
    return whole


def response(card: dict[str, Any]) -> dict[str, Any]:
    return {"cards": [card]}


@pytest.mark.parametrize("name", NAMES)
def test_every_schema_is_json_schema_2020_12_under_its_own_address(name: str) -> None:
    found = schema(name, BASE)
    Draft202012Validator.check_schema(found)
    assert found["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert found["$id"] == f"{BASE}/schemas/{name}.json"


def test_every_hook_of_ours_has_a_schema_of_its_calls() -> None:
    assert {service.hook for service in SERVICES} == set(HOOKS)
    assert {f"request-{hook}" for hook in HOOKS} <= set(NAMES)


@pytest.mark.conforms("cds-r-1", "cds-r-2")
@pytest.mark.parametrize("folder", FOLDERS, ids=[folder.name for folder in FOLDERS])
def test_the_request_of_every_example_is_one_that_clients_may_send(folder: Path) -> None:
    sent = json.loads((folder / "request.json").read_text("utf-8"))
    assert problems(f"request-{BY_ID[told(folder)['service']].hook}", sent) == []
    assert broken("request", sent) == []


@pytest.mark.conforms("A02", "A03", "A04", "A08", "A10", "G102", "G105", "G106", "G110", "G114", "G117", "G118")
@pytest.mark.conforms("G119", "G125", "G126", "G127", "cds-resp-1", "cds-resp-2", "cds-resp-3", "cds-resp-4")
@pytest.mark.conforms("cds-resp-5", "cds-resp-6", "cds-resp-7")
@pytest.mark.parametrize("folder", FOLDERS, ids=[folder.name for folder in FOLDERS])
def test_the_response_to_every_example_is_as_published(folder: Path, parts: Parts) -> None:
    service = BY_ID[told(folder)["service"]]
    cds_request = read_request((folder / "request.json").read_bytes(), service.hook)
    judged = judge_call(cds_request, service, parts, on=told(folder)["on"], deadline=Deadline(60_000))
    answer = json.loads(to_json(judged.response.to_wire()))
    assert problems("response", answer) == []
    assert broken("response", answer) == []


@pytest.mark.parametrize("card", [CARD, RICH])
def test_a_card_by_hand_is_accepted(card: dict[str, Any]) -> None:
    assert problems("response", response(card)) == []
    assert broken("response", response(card)) == []


@pytest.mark.parametrize(
    "path",
    ["uuid", "summary", "indicator", "source", "extension", "selectionBehavior", "suggestions", "source/label",
     "source/topic", "source/topic/system", "source/topic/code", "suggestions/0/label", "suggestions/0/uuid",
     "suggestions/0/actions/0/type", "suggestions/0/actions/0/description", "suggestions/0/actions/0/resource",
     "links/0/label", "links/0/url", "links/0/type", "overrideReasons/0/display", "overrideReasons/0/code",
     "extension/org.rert-cds.findings/0/rule", "extension/org.rert-cds.findings/0/knowledgeVersion"],
)  # fmt: skip
def test_a_card_without_what_it_must_have_is_refused(path: str) -> None:
    assert problems("response", response(changed(RICH, path, remove=True)))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("uuid", "urn:uuid:" + UUID), ("uuid", UUID.upper()), ("summary", "x" * 140), ("summary", ""),
        ("summary", "a\nb"), ("detail", ""), ("detail", None), ("indicator", "hard-stop"), ("indicator", "error"),
        ("source/topic/code", "other"), ("source/url", "relative"), ("source/label", ""), ("suggestions", []),
        ("links", []), ("overrideReasons", []), ("overrideReasons", None), ("extension", {}), ("systemActions", []),
        ("selectionBehavior", "all"), ("links/0/type", "relative"), ("links/0/appContext", "x"),
        ("suggestions/0/actions", []), ("suggestions/0/actionSelectionBehavior", "one"),
        ("suggestions/0/actions/0/type", "patch"), ("suggestions/0/actions/0/type", "delete"),
        ("extension/short", {"a": 1}), ("extension/org.other.thing", {}), ("extension/org.other.thing", {"a": [None]}),
        ("extension/org.other.thing", {"a": {"b": ""}}), ("extension/org.rert-cds.findings/0/status", "fine"),
        ("extension/org.rert-cds.findings/0/values", {"x": []}), ("unknown", 1),
    ],
)  # fmt: skip
def test_a_card_with_what_no_card_may_have_is_refused(path: str, value: object) -> None:
    assert problems("response", response(changed(RICH, path, value)))


@pytest.mark.parametrize("value", [{}, {"cards": None}, {"cards": {}}, {"cards": [], "systemActions": []}, []])
def test_what_is_no_response_is_refused(value: object) -> None:
    assert problems("response", value)


def test_nothing_to_say_is_a_response() -> None:
    assert problems("response", {"cards": []}) == []


@pytest.mark.conforms("cds-resp-1", "G115")
def test_two_recommended_suggestions_need_any() -> None:
    two = [{**SUGGESTION, "isRecommended": True}] * 2
    for behaviour, refused in (("any", False), ("at-most-one", True)):
        card = {**RICH, "suggestions": two, "selectionBehavior": behaviour}
        assert bool(problems("response", response(card))) is refused
        assert broken("response", response(card)) == ["cds-resp-1"] * refused
    card = {**RICH, "suggestions": [two[0], SUGGESTION], "selectionBehavior": "at-most-one"}
    assert problems("response", response(card)) == []


@pytest.mark.conforms("cds-resp-2", "cds-resp-3", "cds-resp-4", "cds-resp-5", "cds-resp-6", "cds-resp-7", "G117")
@pytest.mark.conforms("G127")
@pytest.mark.parametrize(
    ("name", "card"),
    [
        ("cds-resp-2", changed(RICH, "suggestions/0/actions/0/type", "delete")),
        ("cds-resp-3", changed(RICH, "links/0/appContext", "x")),
        ("cds-resp-4", changed(RICH, "overrideReasons/0/display", remove=True)),
        ("cds-resp-5", changed(RICH, "suggestions/0/actions/0/description", remove=True)),
        ("cds-resp-6", changed(RICH, "selectionBehavior", remove=True)),
        ("cds-resp-7", changed(RICH, "suggestions/0/actionSelectionBehavior", "one")),
    ],
)
def test_a_broken_invariant_of_a_response_is_found_and_refused_by_the_schema(name: str, card: dict[str, Any]) -> None:
    assert broken("response", response(card)) == [name]
    assert problems("response", response(card))


@pytest.mark.conforms("cds-r-1", "cds-r-2")
@pytest.mark.parametrize(
    ("name", "members"),
    [
        ("cds-r-1", {"fhirAuthorization": {"scope": "user/*.read"}}),
        ("cds-r-2", {"fhirServer": "https://f", "fhirAuthorization": {"scope": "openid patient/*.read"}}),
    ],
)
def test_a_broken_invariant_of_a_request_is_found_and_refused_by_the_schema(
    name: str, members: dict[str, Any], make_call: Any
) -> None:
    full = {"access_token": "t", "token_type": "Bearer", "expires_in": 300, "subject": "c"}
    members = {**members, "fhirAuthorization": {**full, **members["fhirAuthorization"]}}
    sent = {**make_call("patient-view"), **members}
    assert broken("request", sent) == [name]
    assert problems("request-patient-view", sent)
    mended = {**sent, "fhirServer": "https://f", "fhirAuthorization": {**sent["fhirAuthorization"], "patient": "p1"}}
    assert broken("request", mended) == problems("request-patient-view", mended) == []


@pytest.fixture
def make_call() -> Any:
    def make(hook: str) -> dict[str, Any]:
        context: dict[str, Any] = {"userId": "Practitioner/u1", "patientId": "p1"}
        bundle = {"resourceType": "Bundle"}
        context |= {
            "order-select": {"selections": ["ServiceRequest/1"], "draftOrders": bundle},
            "order-sign": {"draftOrders": bundle},
            "problem-list-item-create": {"conditions": bundle},
        }.get(hook, {})
        return {"hook": hook, "hookInstance": UUID, "context": context}

    return make


@pytest.mark.conforms("A09", "D48", "D50", "D56", "D57", "D58", "D62")
@pytest.mark.parametrize("hook", HOOKS)
def test_the_schema_of_a_call_asks_for_what_the_service_asks_for(hook: str, make_call: Any) -> None:
    """What the schema refuses the service refuses too, and the other way round."""
    from cds_service.errors import BadRequestError

    sent = make_call(hook)
    wrong = [changed(sent, path, remove=True) for path in ("hook", "hookInstance", "context")]
    wrong += [changed(sent, f"context/{name}", remove=True) for name in sent["context"]]
    wrong += [changed(sent, f"context/{name}", 7) for name in sent["context"]]
    wrong += [
        changed(sent, "hook", "other-hook"), changed(sent, "hookInstance", ""), changed(sent, "context", []),
        changed(sent, "context/patientId", "a/b"), changed(sent, "prefetch", []), changed(sent, "context/userId", " "),
        changed(sent, "hookInstance", "x" * 257),
    ]  # fmt: skip
    for value in (sent, {**sent, "extension": {"org.x": {}}, "unknown": 1}, {**sent, "prefetch": None}):
        assert problems(f"request-{hook}", value) == []
        read_request(json.dumps(value).encode(), hook)
    for value in wrong:
        assert problems(f"request-{hook}", value), value
        with pytest.raises(BadRequestError):
            read_request(json.dumps(value).encode(), hook)


@pytest.mark.parametrize(
    "entry",
    [
        ACCEPTED, OVERRIDDEN,
        {**OVERRIDDEN, "overrideReason": {"reason": {"system": "s", "code": "c"}}},
        {**OVERRIDDEN, "overrideReason": {"userComment": "seen"}, "extension": {}},
    ],
)  # fmt: skip
def test_feedback_that_the_specification_allows_is_accepted(entry: dict[str, Any]) -> None:
    assert problems("feedback", {"feedback": [entry, entry]}) == broken("feedback", {"feedback": [entry]}) == []


@pytest.mark.parametrize(
    ("entry", "name"),
    [
        ({**ACCEPTED, "outcome": "ignored"}, "cds-fb-1"),
        (changed(ACCEPTED, "acceptedSuggestions", remove=True), "cds-fb-2"),
        ({**OVERRIDDEN, "overrideReason": {}}, "cds-fb-3"),
        (changed(OVERRIDDEN, "card", remove=True), None),
        (changed(OVERRIDDEN, "outcomeTimestamp", remove=True), None),
        (changed(OVERRIDDEN, "outcomeTimestamp", "yesterday"), None),
        ({**ACCEPTED, "acceptedSuggestions": []}, None),
        ({**ACCEPTED, "acceptedSuggestions": [{}]}, None),
        ({**OVERRIDDEN, "overrideReason": {"reason": {"code": "c"}}}, None),
    ],
)
def test_feedback_that_the_specification_does_not_allow_is_refused(entry: dict[str, Any], name: str | None) -> None:
    assert problems("feedback", {"feedback": [ACCEPTED, entry]})
    if name:
        assert broken("feedback", {"feedback": [ACCEPTED, entry]}) == [name]


def test_there_are_twelve_invariants() -> None:
    assert sorted(name for group in INVARIANTS.values() for name in group) == sorted(
        [f"cds-r-{n}" for n in (1, 2)] + [f"cds-resp-{n}" for n in range(1, 8)] + [f"cds-fb-{n}" for n in (1, 2, 3)]
    )


@pytest.mark.conforms("B17", "B18", "B19", "B20", "B28", "C33", "C34", "C35", "C36", "C39", "M177")
@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("id", "Two Words"), ("hook", "unknown-hook"), ("version", "3"), ("prefetch", {}), ("title", ""),
        ("prefetch/patient", "Patient/{{today()}}"), ("prefetch/patient", "Patient/{{context.draftOrders}}"),
        ("prefetch/patient", "Patient/{{context.patientId"), ("prefetch/patient", "https://x/Patient/1"),
        ("prefetch/conditions", "Condition?patient={{context.patientId}}&_include=Condition:x"),
        ("prefetch/conditions", "Condition?subject.name=x"), ("prefetch/conditions", None),
        ("prefetch/conditions", "Condition?_has:Observation:patient:code=x"), ("unknown", 1),
    ],
)  # fmt: skip
def test_discovery_that_clients_could_not_use_is_refused(parts: Parts, path: str, value: object) -> None:
    from cds_service.services import discovery

    good = json.loads(to_json(discovery(parts.prefetch)))
    assert problems("discovery", good) == []
    assert problems("discovery", {"services": []}) == []
    assert problems("discovery", changed(good, f"services/0/{path}", value))


def test_an_error_is_described() -> None:
    error = {"severity": "error", "code": "invalid", "details": {"text": "context is missing."}, "diagnostics": UUID}
    outcome = {"resourceType": "OperationOutcome", "issue": [error]}
    assert problems("operation-outcome", outcome) == []
    for path, value in (("issue/0/code", "other"), ("issue", []), ("resourceType", "Bundle"), ("issue/0/details", {}),
                        ("issue/0/diagnostics", "Traceback"), ("issue/0/expression", ["Patient"])):  # fmt: skip
        assert problems("operation-outcome", changed(outcome, path, value))


@pytest.mark.conforms("E83")
def test_every_error_of_ours_has_a_code_that_the_schema_names() -> None:
    from cds_service.errors import STATUS

    codes = validator("operation-outcome").schema["properties"]["issue"]["items"]["properties"]["code"]["enum"]
    assert {code for _, code in STATUS.values()} | {"exception", "processing", "structure"} <= set(codes)
