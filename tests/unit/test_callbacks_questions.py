"""What may be asked, what is asked, and what of a call's prefetch needs no asking."""

import json
from typing import Any

import pytest

from cds_service.callbacks.authorization import TOKEN_LENGTH, Authorization, read_authorization
from cds_service.callbacks.completed import as_sent
from cds_service.callbacks.gaps import Gap, gaps
from cds_service.callbacks.pages import joined, read_page
from cds_service.callbacks.parallel import AT_ONCE, in_parallel
from cds_service.callbacks.queries import Query, queries
from cds_service.callbacks.reasons import NotFetchedError
from cds_service.callbacks.scopes import Scopes
from cds_service.callbacks.servers import Servers
from cds_service.code_table import observation_codes
from cds_service.deadline import Deadline
from cds_service.errors import BadRequestError
from cds_service.protocol import read_request
from cds_service.services import prefetch_templates
from cds_service.settings_files import Client
from clinical_rules.knowledge import Knowledge

GRANT: dict[str, Any] = {"access_token": "canary", "token_type": "Bearer", "expires_in": 300, "scope": "patient/*.rs",
                         "subject": "cds", "patient": "p1"}  # fmt: skip


def authorization(**changes: Any) -> Authorization:
    members = {name: value for name, value in {**GRANT, **changes}.items() if value is not None}
    return read_authorization(members)


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"token_type": "bearer"},
        {"expires_in": 1},
        {"expires_in": 0.5},
        {"scope": "launch"},
        {"scope": "user/*.read", "patient": None},
    ],
)
def test_a_bearer_token_that_still_lasts_is_used(change: dict[str, Any]) -> None:
    token = authorization(**change).token
    assert token is not None
    assert token.get_secret_value() == "canary"


@pytest.mark.conforms("F88")
@pytest.mark.parametrize(
    "change",
    [
        {"expires_in": 0},
        {"expires_in": None},
        {"expires_in": "9"},
        {"token_type": "mac"},
        {"scope": None},
        {"subject": None},
        {"patient": None},
        {"subject": 7},
    ],
)
@pytest.mark.threat("B18")
def test_any_other_token_is_not_used(change: dict[str, Any]) -> None:
    assert authorization(**change).token is None


@pytest.mark.threat("B17")
def test_a_token_is_as_long_as_a_header_may_be() -> None:
    assert authorization(access_token="x" * TOKEN_LENGTH).token is not None
    with pytest.raises(BadRequestError, match=r"fhirAuthorization\.access_token") as refused:
        authorization(access_token="x" * (TOKEN_LENGTH + 1))
    assert "xxx" not in str(refused.value)


@pytest.mark.conforms("F89")
@pytest.mark.threat("B19")
def test_no_form_of_an_authorization_shows_its_token() -> None:
    found = authorization()
    request = read_request(
        json.dumps({
            "hook": "patient-view", "hookInstance": "i", "context": {"userId": "u", "patientId": "p1"},
            "fhirServer": "https://a.example", "fhirAuthorization": GRANT,
        }).encode(),
        "patient-view",
    )  # fmt: skip
    assert "canary" not in f"{found!r}{found!s}{request!r}{request!s}{request.authorization!r}"


def test_a_member_of_the_authorization_that_occurs_twice_is_refused() -> None:
    raw = json.dumps({"hook": "patient-view", "hookInstance": "i", "context": {"userId": "u", "patientId": "p1"},
                      "fhirServer": "https://a.example"})[:-1]  # fmt: skip
    twice = raw + ', "fhirAuthorization": {"patient": "p2", "access_token": "a", "patient": "p1"}}'
    with pytest.raises(BadRequestError, match="occurs twice in fhirAuthorization"):
        read_request(twice.encode(), "patient-view")


@pytest.mark.conforms("F91")
@pytest.mark.parametrize(
    "scope",
    [
        "patient/Observation.read", "patient/Observation.rs", "patient/Observation.s", "user/Observation.r",
        "system/*.read", "system/*.*", "user/*.cruds", "patient/Observation.rs?category=laboratory", "patient/*.rs",
        "patient/Observation.*", "patient/Observation.future", "", "launch openid fhirUser", "nonsense",
        "patient/Patient.read  patient/Observation.cruds", "Observation.read",
    ],
)  # fmt: skip
def test_a_type_that_the_scopes_do_not_plainly_exclude_is_asked_for(scope: str) -> None:
    assert Scopes.parse(scope).may_read("Observation")


@pytest.mark.conforms("F91")
@pytest.mark.parametrize(
    "scope",
    [
        "patient/Patient.read", "patient/Observation.write", "patient/Observation.cud", "system/Condition.rs launch",
        "patient/observation.rs", "user/ObservationDefinition.read", "patient/*.write", "patient/Observation.c",
    ],
)  # fmt: skip
def test_a_type_that_the_scopes_plainly_exclude_is_not(scope: str) -> None:
    assert not Scopes.parse(scope).may_read("Observation")


def test_the_templates_of_discovery_are_what_is_asked(knowledge: Knowledge) -> None:
    templates = prefetch_templates(observation_codes(knowledge))
    found = queries(templates, "p-1.x")
    assert list(found) == list(templates)
    assert found["patient"].path == "Patient/p-1.x"
    assert found["volumes"].path == "BodyStructure?patient=p-1.x"
    assert found["radiationDose"].path.startswith(
        "Observation?patient=p-1.x&code=http://loinc.org%7C73569-6,http://snomed"
    )
    assert not any("{" in query.path or "|" in query.path for query in found.values())
    assert {key: query.is_search for key, query in found.items()} == {key: key != "patient" for key in templates}


def test_a_search_by_subject_names_the_type() -> None:
    query = Query("x", "Condition", parameters=(("patient", "p1"), ("code", "a|b,c")))
    other = query.by_subject()
    assert other is not None
    assert other.form == "subject=Patient/p1&code=a%7Cb,c"
    assert other.by_subject() is None
    assert Query("patient", "Patient", read_id="p1").by_subject() is None


def raw(**members: Any) -> bytes:
    return json.dumps({"resourceType": "Bundle", **members}).encode()


ENTRY = {"resource": {"resourceType": "Condition", "id": "c"}}
ERROR = {"resource": {"resourceType": "OperationOutcome", "issue": [{"severity": "error"}]}}
WARNING = {"resource": {"resourceType": "OperationOutcome", "issue": [{"severity": "warning"}]}}


@pytest.mark.parametrize(
    ("value", "gap"),
    [
        (None, Gap.ABSENT), (b"null", Gap.ABSENT), (b'"text"', Gap.ABSENT), (b"5", Gap.ABSENT), (b"{}", Gap.ABSENT),
        (b'{"resourceType":"OperationOutcome"}', Gap.ABSENT), (raw(entry=[ERROR]), Gap.ABSENT),
        (raw(entry=[ENTRY, ERROR]), Gap.PARTIAL), (raw(entry=[ENTRY], link=[{"relation": "next"}]), Gap.PARTIAL),
        (raw(link=[{"relation": "next", "url": "x"}]), Gap.PARTIAL),
        (raw(entry=[ENTRY], total=2), Gap.SHORT), (raw(total=1), Gap.SHORT),
        (raw(entry=[ENTRY, {**ENTRY, "search": {"mode": "include"}}], total=2), Gap.SHORT),
        (raw(entry=[ENTRY, WARNING], total=2), Gap.SHORT),
        (raw(), None), (raw(total=0), None), (raw(entry=[ENTRY]), None), (raw(entry=[ENTRY], total=1), None),
        (raw(entry=[ENTRY, WARNING], total=1), None), (raw(entry=[ENTRY], link=[{"relation": "self"}]), None),
        (raw(entry=[ENTRY, ENTRY], total=1), None), (b'{"resourceType":"Condition","id":"c"}', None),
    ],
)  # fmt: skip
@pytest.mark.threat("C23")
def test_what_is_not_whole_is_told_from_what_is(value: bytes | None, gap: Gap | None) -> None:
    found = gaps({"conditions": value} if value is not None else {}, ["conditions"])
    assert found == ({"conditions": gap} if gap else {})


@pytest.mark.parametrize("value", [raw(), b'{"resourceType":"Condition","id":"p1"}', raw(entry=[ENTRY])])
def test_a_patient_key_without_a_patient_is_absent(value: bytes) -> None:
    assert gaps({"patient": value}, ["patient"]) == {"patient": Gap.ABSENT}
    assert gaps({"patient": b'{"resourceType":"Patient","id":"p1"}'}, ["patient"]) == {}


def test_joined_pages_hold_all_entries_and_what_is_left_to_fetch() -> None:
    first = read_page(raw(entry=[ENTRY], total=3, link=[{"relation": "next", "url": "a"}]))
    second = read_page(raw(entry=[ENTRY, ENTRY], link=[{"relation": "next", "url": "b"}]))
    whole = json.loads(joined([first, second]).raw)
    assert (len(whole["entry"]), whole["total"], whole["link"][0]["url"]) == (3, 3, "b")
    assert "link" not in json.loads(joined([first, read_page(raw(entry=[ENTRY]))]).raw)
    assert joined([first]).raw == first.raw


@pytest.mark.parametrize(
    "value", [b"", b"[]", b"null", b'{"resourceType":5}', b'{"a":1}', b'{"resourceType":"B","a":1,"a":1}']
)
def test_what_is_no_resource_is_no_page(value: bytes) -> None:
    with pytest.raises(NotFetchedError):
        read_page(value)


def test_jobs_that_raise_are_heard_of_and_those_that_hang_are_left() -> None:
    from threading import Event

    def fails() -> int:
        raise KeyError("ours")

    with pytest.raises(KeyError):
        in_parallel({"a": fails}, 5)
    hanging = Event()
    assert in_parallel({"a": lambda: 1, "b": lambda: hanging.wait(5) and 2}, 0.2) == {"a": 1}
    hanging.set()
    assert in_parallel({str(number): lambda: 3 for number in range(AT_ONCE * 3)}, 5) == {
        str(number): 3 for number in range(AT_ONCE * 3)
    }


def client(name: str, *servers: str, without_token: bool = False) -> Client:
    return Client(
        name=name, issuer=f"https://{name}", jwks_file="k", fhir_servers=servers, fhir_without_token=without_token
    )


@pytest.mark.threat("B01")
def test_a_call_goes_to_its_own_clients_servers_only() -> None:
    servers = Servers([client("a", "https://a/fhir"), client("b", "https://b/fhir", "https://a/fhir/b")], 100)
    assert servers.target("https://a/fhir", "a") is not None
    assert servers.target("https://a/fhir", "b") is None
    assert servers.target("https://b/fhir", "c") is None
    assert servers.target("https://b/fhir?x=1", "b") is None
    assert servers.target("https://b/fhir", None) is not None
    assert Servers([], 100).target("https://a/fhir", None) is None


def test_the_nearest_of_the_listed_addresses_counts() -> None:
    one = client("a", "https://a/fhir", "https://a/fhir/r4")
    target = Servers([one], 100).target("https://a/fhir/r4/x", "a")
    assert target is not None
    assert (target.server.address.path, target.base.path) == ("/fhir/r4", "/fhir/r4/x")


def test_without_callbacks_the_prefetch_counts_as_it_was_sent() -> None:
    body = {"hook": "patient-view", "hookInstance": "i", "context": {"userId": "u", "patientId": "p1"},
            "prefetch": {"patient": None}, "fhirServer": "https://a.example"}  # fmt: skip
    request = read_request(json.dumps(body).encode(), "patient-view")
    assert as_sent(request, Deadline(1)).raw == {"patient": b"null"}


def test_the_time_left_of_a_call_is_told_by_its_clock() -> None:
    now = [10.0]
    deadline = Deadline(2000, clock=lambda: now[0])
    assert (deadline.limit_seconds, deadline.left_seconds()) == (2.0, 2.0)
    now[0] = 12.5
    assert deadline.left_seconds() == -0.5
