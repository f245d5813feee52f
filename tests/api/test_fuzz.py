"""Nothing that stands in a chart or in a call makes the service fail: every answer is 200, 4xx or a plain 503."""

import copy
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cds_service.demo import stories

CALLS = [(service_id, story.request(service_id)) for story in stories(datetime.now(UTC).date())
         for service_id in story.services]  # fmt: skip
ODD = st.sampled_from([
    None, True, False, 0, -1, 1e308, -0.0, "", " ", "x" * 300, "2024-13-45", "9999", "0001-01-01",
    "2024-02-30T25:00:00Z", [], {}, [[]], [None], {"": None}, "Patient/p1", "Patient/other", "urn:uuid:1", "#x",
    "Gy", "cGy", "\u202e", "\0",
    {"coding": None}, {"coding": [None]}, {"coding": [{}]}, {"coding": {"code": 1}}, {"reference": 1}, {"value": "70"},
    {"value": 70, "unit": "Gy"}, {"start": 1, "end": []}, {"resourceType": "Bundle", "entry": [{}]}, "1217123003",
    "entered-in-error", "http://snomed.info/sct", 99999999999999999999,
])  # fmt: skip
JSON = st.recursive(ODD | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
                    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
                    max_leaves=6)  # fmt: skip


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place inside a call."""
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, inner in members:
        yield (*path, name)
        yield from places(inner, (*path, name))


PLACES = [list(places(sent)) for _, sent in CALLS]


@st.composite
def damaged(draw: st.DrawFn) -> tuple[str, dict[str, Any]]:
    """A call of the demonstration with some places replaced, removed or doubled."""
    index = draw(st.integers(0, len(CALLS) - 1))
    service_id, sent = CALLS[index]
    sent = copy.deepcopy(sent)
    for path in draw(st.lists(st.sampled_from(PLACES[index]), min_size=1, max_size=4)):
        _damage(sent, path, draw(st.sampled_from(["replace", "remove", "double"])), draw(JSON))
    return service_id, sent


def _damage(sent: Any, path: tuple[Any, ...], how: str, value: Any) -> None:
    try:
        for name in path[:-1]:
            sent = sent[name]
        if how == "remove":
            del sent[path[-1]]
        elif how == "double":
            sent[path[-1]] = [sent[path[-1]], sent[path[-1]]]
        else:
            sent[path[-1]] = value
    except (LookupError, TypeError):
        return  # an earlier change took the place away


def answered(service: Any, service_id: str, raw: bytes) -> None:
    answer = service.post(service_id, raw)
    assert answer.status_code in {200, 400, 412, 413}, service.log[-1]
    if answer.status_code == 200:
        assert isinstance(answer.json["cards"], list)
    else:
        assert answer.json["resourceType"] == "OperationOutcome"


@settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(call=damaged())
def test_a_damaged_chart_is_answered(service: Any, call: tuple[str, dict[str, Any]]) -> None:
    service_id, sent = call
    answered(service, service_id, json.dumps(sent).encode())


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=JSON, hook=st.sampled_from(["patient-view", "order-select", "order-sign", "problem-list-item-create"]))
def test_any_json_is_answered(service: Any, body: Any, hook: str) -> None:
    answered(service, f"oncology-{hook}", json.dumps(body).encode())
    answered(service, f"oncology-{hook}", json.dumps({"hook": hook, "hookInstance": "i", "context": body}).encode())


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(raw=st.binary(max_size=200), cut=st.integers(1, 2000))
def test_any_bytes_and_any_beginning_of_a_call_are_answered(service: Any, raw: bytes, cut: int) -> None:
    answered(service, "oncology-patient-view", raw)
    whole = json.dumps(CALLS[0][1]).encode()
    answered(service, CALLS[0][0], whole[: min(cut, len(whole) - 1)])
