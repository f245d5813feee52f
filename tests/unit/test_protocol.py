"""The envelope and the contexts: what a call must hold, and what is refused by name."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cds_service.envelope import open_envelope
from cds_service.errors import BadRequestError
from cds_service.protocol import read_request
from cds_service.same_patient import check_patient, patient_of

BUNDLE = {"resourceType": "Bundle", "entry": []}


def call(hook: str = "patient-view", **changes: Any) -> dict[str, Any]:
    context: dict[str, Any] = {"userId": "Practitioner/u1", "patientId": "p1"}
    if hook.startswith("order"):
        context["draftOrders"] = BUNDLE
    if hook == "order-select":
        context["selections"] = ["ServiceRequest/s1"]
    if hook == "problem-list-item-create":
        context["conditions"] = BUNDLE
    context |= changes.pop("context", {})
    return {"hook": hook, "hookInstance": "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea", "context": context, **changes}


def without(value: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: kept for key, kept in value.items() if key != name}


def refusal(body: object, hook: str = "patient-view") -> str:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    with pytest.raises(BadRequestError) as refused:
        check_patient(read_request(raw, hook))
    return str(refused.value)


@pytest.mark.conforms("D48")
@pytest.mark.parametrize("hook", ["patient-view", "order-select", "order-sign", "problem-list-item-create"])
def test_a_call_with_what_the_hook_requires_is_read(hook: str) -> None:
    request = read_request(json.dumps(call(hook)).encode(), hook)
    check_patient(request)
    assert (request.patient_id, request.user_id) == ("p1", "Practitioner/u1")


@pytest.mark.parametrize("name", ["hook", "hookInstance"])
@pytest.mark.parametrize("value", [None, "", 1, [], {}, "x" * 257, " "])
def test_a_wrong_or_missing_member_is_named(name: str, value: object) -> None:
    assert name in refusal({**call(), name: value})
    assert refusal(without(call(), name)) == f"{name} is missing."


@pytest.mark.parametrize(
    ("hook", "name"),
    [
        ("patient-view", "userId"), ("patient-view", "patientId"), ("order-select", "selections"),
        ("order-select", "draftOrders"), ("order-sign", "draftOrders"), ("problem-list-item-create", "conditions"),
    ],
)  # fmt: skip
def test_a_missing_context_field_is_named(hook: str, name: str) -> None:
    body = call(hook)
    assert refusal({**body, "context": without(body["context"], name)}, hook) == f"context.{name} is missing."
    assert refusal({**body, "context": {**body["context"], name: 7}}, hook).startswith(f"context.{name} must be")


def test_another_hook_than_that_of_the_service_is_refused() -> None:
    assert refusal(call("order-sign")) == "hook must be patient-view for this service."


@pytest.mark.conforms("D51")
@pytest.mark.parametrize("instance", ["1", "not-a-uuid", "x" * 256, "a\nb\u202e"])
def test_a_hook_instance_need_not_be_a_uuid(instance: str) -> None:
    assert read_request(json.dumps(call(hookInstance=instance)).encode(), "patient-view").hook_instance == instance


@pytest.mark.parametrize("patient", ["Patient/p1", "a b", "p" * 65, "p/1", "\u00e4", "p1\r\nX: y"])
def test_a_patient_id_that_is_no_fhir_id_is_refused(patient: str) -> None:
    assert "context.patientId" in refusal(call(context={"patientId": patient}))


@pytest.mark.parametrize("body", [b"", b"[]", b"1", b"null", b'"x"', b"{", b"\xff", b"\xef\xbb\xbf{}", b"{}x"])
def test_what_is_no_json_object_in_utf8_is_refused(body: bytes) -> None:
    assert "body" in refusal(body)


@pytest.mark.parametrize("member", ["context", "prefetch"])
@pytest.mark.parametrize("value", [[], "x", 1])
def test_context_and_prefetch_must_be_objects(member: str, value: object) -> None:
    assert refusal(call() | {member: value}) == f"{member} must be a JSON object."


@pytest.mark.conforms("A09", "A11")
def test_unknown_members_are_ignored_everywhere() -> None:
    body = {"future": {"deep": [1, 2]}, **call(context={"other": {"x": 1}}), "extension": {"a": 1}, "__proto__": {}}
    assert read_request(json.dumps(body).encode(), "patient-view").patient_id == "p1"


def test_prefetch_values_stay_the_bytes_they_came_in() -> None:
    raw = json.dumps(call()).encode()[:-1] + b', "prefetch": { "patient" : {"id":"p1", "n": 1.50} , "x":null }}'
    request = read_request(raw, "patient-view")
    assert request.prefetch == {"patient": b'{"id":"p1", "n": 1.50}', "x": b"null"}


@pytest.mark.parametrize("prefetch", [b"null", b"{}"])
def test_prefetch_may_be_null_or_empty(prefetch: bytes) -> None:
    raw = json.dumps(call()).encode()[:-1] + b', "prefetch":' + prefetch + b"}"
    assert read_request(raw, "patient-view").prefetch == {}


@pytest.mark.parametrize(
    "twice",
    [
        b'{"hook":"patient-view","hook":"patient-view"}',
        b'{"hook":"a","hookInstance":"b","hook":"a"}',
        b'{"hook":"a", "h\\u006fok":"a"}',
        b'{"prefetch":{},"prefetch":{"a":1}}',
        b'{"prefetch":null,"prefetch":{"a":1}}',
        b'{"prefetch":{"a":1},"prefetch":null}',
        b'{"prefetch":{"a":1,"a":1}}',
        b'{"prefetch":{"a":[1],"b":{},"a":[1,2]}}',
        b'{"context":{"patientId":"p1","patientId":"p2"}}',
        b'{"context":{"patientId":"p1"},"context":{"patientId":"p1"}}',
        b'{"future":1,"future":2}',
        b'{"future":{"hook":1},"x":[],"future":{"hook":1}}',
    ],
)
def test_a_name_that_occurs_twice_is_refused(twice: bytes) -> None:
    with pytest.raises(BadRequestError, match="occurs twice"):
        open_envelope(twice)


NAMES = st.sampled_from(["hook", "hookInstance", "extension", "future", 'a"b', "\u00e4", "fhirServer"])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


@given(
    members=st.lists(st.tuples(NAMES, VALUES), max_size=6),
    prefetch=st.lists(st.tuples(st.sampled_from(["patient", "conditions", "x\\y"]), VALUES), max_size=4),
    indent=st.sampled_from([None, 1]),
)
def test_an_envelope_is_refused_exactly_if_a_name_repeats(
    members: list[tuple[str, object]], prefetch: list[tuple[str, object]], indent: int | None
) -> None:
    def written(pairs: list[tuple[str, str]]) -> str:
        return "{" + ",".join(f"{json.dumps(name)}: {value}" for name, value in pairs) + " }"

    inner = written([(name, json.dumps(value, indent=indent)) for name, value in prefetch])
    raw = written([*((n, json.dumps(v, indent=indent)) for n, v in members), ("prefetch", inner)]).encode()
    names, keys = [name for name, _ in members], [name for name, _ in prefetch]
    if len(set(names)) == len(names) and len(set(keys)) == len(keys):
        kept = {name: json.loads(value) for name, value in open_envelope(raw).prefetch.items()}
        assert kept == dict(prefetch)
    else:
        with pytest.raises(BadRequestError, match="occurs twice"):
            open_envelope(raw)


@pytest.mark.conforms("D48", "F90", "cds-r-1")
def test_authorization_needs_the_server_it_is_for() -> None:
    authorization = {"access_token": "t", "token_type": "Bearer", "expires_in": 300, "scope": "x", "subject": "s"}
    assert refusal(call(fhirAuthorization=authorization)) == "fhirAuthorization needs fhirServer beside it."
    assert refusal(call(fhirAuthorization=[], fhirServer="https://a.example")) == "fhirAuthorization must be an object."
    body = call(fhirAuthorization={**authorization, "patient": "p2"}, fhirServer="https://a.example/fhir")
    assert refusal(body) == "fhirAuthorization.patient differs from context.patientId."
    body["fhirAuthorization"]["patient"] = "p1"
    assert read_request(json.dumps(body).encode(), "patient-view").fhir_server == "https://a.example/fhir"


@pytest.mark.parametrize(
    "patient",
    [
        {"resourceType": "Patient", "id": "p2"},
        {"id": "p2", "name": [{"family": "Canary"}], "resourceType": "Patient"},
        {"resourceType": "Bundle", "entry": [{"resource": {"resourceType": "Patient", "id": "p2"}}]},
    ],
)
def test_a_patient_resource_of_another_patient_is_refused_without_naming_them(patient: dict[str, Any]) -> None:
    told = refusal(call(prefetch={"patient": patient}))
    assert told == "prefetch.patient is another patient than context.patientId."


@pytest.mark.parametrize("patient", [None, {}, [], "<html>", {"resourceType": "OperationOutcome"}, {"entry": 1}])
def test_a_patient_key_without_a_patient_is_left_for_later(patient: object) -> None:
    check_patient(read_request(json.dumps(call(prefetch={"patient": patient})).encode(), "patient-view"))


@pytest.mark.conforms("D68")
@pytest.mark.parametrize(
    ("hook", "field", "kind"),
    [
        ("order-select", "draftOrders", "ServiceRequest"), ("order-sign", "draftOrders", "MedicationRequest"),
        ("problem-list-item-create", "conditions", "Condition"),
    ],
)  # fmt: skip
@pytest.mark.parametrize(
    "reference", ["Patient/p2", "https://a.example/fhir/Patient/p2", "urn:uuid:1", "Patient/p2/_history/1"]
)
def test_resources_of_another_patient_in_the_context_are_refused(
    hook: str, field: str, kind: str, reference: str
) -> None:
    entries = [
        {"resource": {"resourceType": kind, "id": "s1", "subject": {"reference": reference}}},
        {"fullUrl": "urn:uuid:1", "resource": {"resourceType": "Patient", "id": "p2"}},
    ]
    bundle = {"resourceType": "Bundle", "entry": entries[: 2 if reference.startswith("urn") else 1]}
    assert refusal(call(hook, context={field: bundle}), hook) == (
        f"context.{field} holds a resource of another patient than context.patientId."
    )


@pytest.mark.parametrize("subject", [{"reference": "Patient/p1"}, {"display": "x"}, {}, None, {"reference": "#c"}])
def test_an_order_of_the_patient_or_of_nobody_stated_is_read(subject: object) -> None:
    order = {"resourceType": "ServiceRequest", "subject": subject}
    bundle = {"resourceType": "Bundle", "entry": [{"resource": order}, {"resource": None}, {}, None, 1]}
    check_patient(read_request(json.dumps(call("order-sign", context={"draftOrders": bundle})).encode(), "order-sign"))


def test_patient_references_are_read_in_every_usual_form() -> None:
    assert [patient_of(r) for r in ("Patient/p1", "https://a/b/Patient/p1", "Group/p1", "NotPatient/p1", "")] == [
        "p1", "p1", None, None, None,
    ]  # fmt: skip
