"""Missing prefetch is fetched from the client's FHIR server, from nowhere else, and what fails is said."""

import gzip
import itertools
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
from client_tokens import BASE as PUBLIC
from client_tokens import ISSUER, ec_key, key_set, public, token
from fhir_server import GRANT, TOKEN, Answer, Asked, FhirServer, bundle, outcome

EXAMPLE = Path(__file__).resolve().parents[1] / "examples" / "rectum-local-recurrence-in-the-irradiated-pelvis"
PREFETCH: dict[str, Any] = json.loads((EXAMPLE / "request.json").read_text(encoding="utf-8"))["prefetch"]
SECONDS = 10
INDISPENSABLE = ("patient", "conditions", "procedures")
OTHERS = tuple(key for key in PREFETCH if key not in INDISPENSABLE)
TYPES = {"patient": "Patient", "conditions": "Condition", "procedures": "Procedure", "volumes": "BodyStructure",
         "medications": "MedicationRequest", "reports": "DiagnosticReport"}  # fmt: skip


@pytest.fixture(scope="module")
def shared_ehr() -> Iterator[FhirServer]:
    with FhirServer().running() as running:
        yield running


@pytest.fixture
def ehr(shared_ehr: FhirServer) -> FhirServer:
    """A server with the whole chart and no habits."""
    shared_ehr.reset(json.loads(json.dumps(PREFETCH)))
    return shared_ehr


@pytest.fixture(scope="module")
def shared_cds(start: Callable[..., Any], shared_ehr: FhirServer, tmp_path_factory: pytest.TempPathFactory) -> Any:
    return start(CLIENTS_FILE=clients(tmp_path_factory.mktemp("cds"), shared_ehr.address))


@pytest.fixture
def cds(shared_cds: Any, ehr: FhirServer, make_body: Any) -> Iterator[Any]:
    """A service that knows this server, and holds none of its failures against it afterwards."""
    shared_cds.stream.seek(0)
    shared_cds.stream.truncate()
    yield shared_cds
    ehr.reset(json.loads(json.dumps(PREFETCH)))
    assert cards(shared_cds.post(sent=call(make_body, ehr, without("volumes"))))


def clients(folder: Path, *servers: str, more: str = "", name: str = "hospital", issuer: str = ISSUER) -> str:
    (folder / "keys.json").write_bytes(key_set(public(ec_key())))
    with (folder / "clients.toml").open("a") as file:
        file.write(
            f'[[client]]\nname = "{name}"\nissuer = "{issuer}"\njwks_file = "keys.json"\n'
            f"fhir_servers = {json.dumps(servers)}\n{more}\n"
        )
    return str(folder / "clients.toml")


def call(make_body: Any, ehr: FhirServer | str, prefetch: dict[str, Any] | None = None, **changes: Any) -> Any:
    address = ehr if isinstance(ehr, str) else ehr.address
    granted = {"fhirAuthorization": GRANT, **changes}
    named = {name: value for name, value in granted.items() if value is not None}
    return make_body(fhirServer=address, **{"prefetch": prefetch or {}, **named})


def without(*keys: str) -> dict[str, Any]:
    return {key: value for key, value in PREFETCH.items() if key not in keys}


def cards(answer: Any) -> Any:
    assert answer.status_code == 200, answer.text
    return strip(answer.json["cards"])


def strip(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: strip(member) for name, member in value.items() if name != "uuid"}
    return [strip(member) for member in value] if isinstance(value, list) else value


def plain(cds: Any, make_body: Any, prefetch: dict[str, Any] | None = None) -> Any:
    found = cards(cds.post(sent=make_body(prefetch=prefetch or PREFETCH)))
    assert found
    return found


def missing(answer: Any) -> str:
    assert answer.status_code == 412, answer.text
    assert answer.json["resourceType"] == "OperationOutcome"
    return " ".join(issue["details"]["text"] for issue in answer.json["issue"])


def canaries(cds: Any, answer: Any) -> None:
    for written in (cds.stream.getvalue(), answer.text if answer.status_code != 200 else ""):
        assert TOKEN not in written
        assert "1963-05-04" not in written


@pytest.mark.conforms("E73", "E74", "F86", "F87", "F95")
def test_everything_can_come_from_the_fhir_server(cds: Any, ehr: FhirServer, make_body: Any) -> None:
    answer = cds.post(sent=call(make_body, ehr))
    assert cards(answer) == plain(cds, make_body)
    assert len(ehr.asked) == 8
    assert {asked.headers["authorization"] for asked in ehr.asked} == {f"Bearer {TOKEN}"}
    assert {asked.headers["accept-encoding"] for asked in ehr.asked} == {"identity"}
    canaries(cds, answer)


@pytest.mark.conforms("E73", "F95")
def test_a_complete_prefetch_needs_nobody(cds: Any, ehr: FhirServer, make_body: Any) -> None:
    assert cards(cds.post(sent=call(make_body, ehr, PREFETCH))) == plain(cds, make_body)
    assert ehr.connections == 0


def test_an_order_call_without_an_order_we_speak_about_fetches_nothing(
    cds: Any, ehr: FhirServer, make_body: Any
) -> None:
    for hook, service in (("order-sign", "oncology-order-sign"), ("order-select", "oncology-order-select")):
        body = {**make_body(hook), "prefetch": {}, "fhirServer": ehr.address, "fhirAuthorization": GRANT}
        assert cds.post(service, body).json == {"cards": []}
    assert ehr.connections == 0


@pytest.mark.conforms("E73", "E74", "E77", "E78", "M179")
@pytest.mark.parametrize("key", sorted(PREFETCH))
@pytest.mark.parametrize("state", ["missing", "null", "outcome", "outcome entry", "next link", "html", "text"])
@pytest.mark.threat("C23")
def test_a_key_that_is_not_whole_is_completed(cds: Any, ehr: FhirServer, make_body: Any, key: str, state: str) -> None:
    value = PREFETCH[key]
    entries = value.get("entry", [])
    broken: dict[str, Any] = {
        "null": None, "outcome": outcome("x"), "html": "<html>gone</html>", "text": 5,
        "outcome entry": {**bundle([]), "entry": [*entries[:1], {"resource": outcome("x")}]},
        "next link": {**bundle([]), "link": [{"relation": "next", "url": f"{ehr.address}/gone?x=1"}]},
    }  # fmt: skip
    sent = without(key) | ({key: broken[state]} if state in broken else {})
    assert cards(cds.post(sent=call(make_body, ehr, sent))) == plain(cds, make_body)
    assert ehr.asked


@pytest.mark.conforms("E73", "M179")
@pytest.mark.threat("C23")
def test_conditions_in_place_of_procedures_are_no_answer_and_fetched(cds: Any, ehr: FhirServer, make_body: Any) -> None:
    sent = without("procedures") | {"procedures": PREFETCH["conditions"]}
    assert cards(cds.post(sent=call(make_body, ehr, sent))) == plain(cds, make_body)
    assert [asked.kind for asked in ehr.asked] == ["Procedure"]


@pytest.mark.conforms("E78")
@pytest.mark.parametrize("key", ["conditions", "procedures"])
@pytest.mark.threat("B08")
def test_the_pages_after_the_one_that_came_along_are_fetched(
    cds: Any, ehr: FhirServer, make_body: Any, key: str
) -> None:
    whole, ehr.page_size = PREFETCH[key], 1
    assert len(whole["entry"]) > 1
    link = {"relation": "next", "url": f"{ehr.address}/{TYPES[key]}?_page=1"}
    first = {**whole, "entry": whole["entry"][:1], "link": [link], "total": len(whole["entry"])}
    assert cards(cds.post(sent=call(make_body, ehr, without(key) | {key: first}))) == plain(cds, make_body)
    assert [asked.parameters.get("_page") for asked in ehr.asked] == [["1"]]


def test_a_total_above_the_entries_is_completed_once_and_else_reported(
    cds: Any, ehr: FhirServer, make_body: Any
) -> None:
    whole = {**PREFETCH["conditions"], "total": 2}
    short = {**whole, "entry": whole["entry"][:1]}
    assert cards(cds.post(sent=call(make_body, ehr, without("conditions") | {"conditions": short}))) == plain(
        cds, make_body
    )
    assert len(ehr.asked) == 1
    ehr.chart["conditions"] = {**whole, "total": 7}
    reported = {**PREFETCH, "conditions": ehr.chart["conditions"]}
    by_callback = cards(cds.post(sent=call(make_body, ehr, without("conditions"))))
    assert by_callback == plain(cds, make_body, reported) != plain(cds, make_body)
    again = cards(cds.post(sent=call(make_body, ehr, reported)))
    assert again == by_callback
    assert "data.incomplete-result" in json.dumps(again)


@pytest.mark.conforms("M179", "M181")
@pytest.mark.parametrize("key", INDISPENSABLE)
@pytest.mark.parametrize(
    ("status", "said"),
    [
        (401, "refused the token"), (403, "refused the token"), (404, "does not answer"), (410, "does not answer"),
        (429, "come back later"), (500, "error"), (503, "come back later"), (302, "error"), (204, "error"),
    ],
)  # fmt: skip
@pytest.mark.threat("B14")
def test_an_indispensable_key_that_cannot_be_fetched_is_412_that_says_why(
    cds: Any, ehr: FhirServer, make_body: Any, key: str, status: int, said: str
) -> None:
    def rule(asked: Asked, _: BaseHTTPRequestHandler) -> Answer | None:
        return (status, outcome("canary-answer"), {"Retry-After": "1"}) if asked.kind == TYPES[key] else None

    ehr.rule = rule
    answer = cds.post(sent=call(make_body, ehr))
    told = missing(answer)
    assert f"Prefetch {key} is missing" in told
    assert said in told
    assert "canary" not in answer.text + cds.stream.getvalue()
    assert len([asked for asked in ehr.asked if asked.kind == TYPES[key]]) <= 2  # by GET and POST, never twice the same
    canaries(cds, answer)


@pytest.mark.conforms("M179")
@pytest.mark.parametrize("key", OTHERS)
@pytest.mark.parametrize("status", [401, 403, 404, 429, 500, 503])
@pytest.mark.threat("B14")
def test_any_other_key_that_cannot_be_fetched_is_named_on_the_card(
    cds: Any, ehr: FhirServer, make_body: Any, key: str, status: int
) -> None:
    def rule(asked: Asked, _: BaseHTTPRequestHandler) -> Answer | None:
        mine = asked.kind == TYPES.get(key) or (asked.kind == "Observation" and ehr._key(asked) == key)
        return (status, outcome(), {}) if mine else None

    ehr.rule = rule
    found = cards(cds.post(sent=call(make_body, ehr)))
    assert found == plain(cds, make_body, without(key) | {key: None})
    assert "Not available for this check" in found[0]["detail"]
    assert cds.log[-2]["keys"][key] == "failed"


@pytest.mark.conforms("F93")
@pytest.mark.threat("B01")
def test_an_address_that_is_not_on_the_clients_list_is_not_gone_to(cds: Any, ehr: FhirServer, make_body: Any) -> None:
    with FhirServer(PREFETCH).running() as other:
        assert "procedures" in missing(cds.post(sent=call(make_body, other)))
        assert (other.connections, ehr.connections) == (0, 0)
        assert "fhir-server-not-listed" in {line["event"] for line in cds.log}
        assert cards(cds.post(sent=call(make_body, other, PREFETCH)))


@pytest.mark.conforms("E74", "F93")
@pytest.mark.threat("B01")
def test_without_a_clients_file_nothing_is_fetched(service: Any, ehr: FhirServer, make_body: Any) -> None:
    assert "patient" in missing(service.post(sent=call(make_body, ehr)))
    assert ehr.connections == 0


@pytest.mark.threat("B01")
def test_each_client_has_its_own_servers(
    start: Callable[..., Any], ehr: FhirServer, make_body: Any, tmp_path: Path
) -> None:
    with FhirServer(PREFETCH).running() as other:
        clients(tmp_path, ehr.address)
        file = clients(tmp_path, other.address, name="other", issuer="https://other.example.org")
        settings = {"CLIENTS_FILE": file, "DATABASE_URL": f"sqlite:///{tmp_path / 's.sqlite3'}"}
        anyone = start(**settings)
        assert cards(anyone.post(sent=call(make_body, ehr))) == cards(anyone.post(sent=call(make_body, other)))
        signed = start(**settings, AUTH="jwt", PUBLIC_BASE_URL=PUBLIC)
        own = signed.post(sent=call(make_body, ehr), headers={"Authorization": f"Bearer {token()}"})
        assert cards(own)
        before = other.connections
        headers = {"Authorization": f"Bearer {token()}"}
        assert "patient" in missing(signed.post(sent=call(make_body, other), headers=headers))
        assert other.connections == before


@pytest.mark.conforms("D48", "F93")
@pytest.mark.parametrize("address", ["http://127.0.0.1:1/fhir", "ftp://x", "nonsense", "HTTP://ehr.example.org"])
@pytest.mark.threat("B02")
def test_in_production_a_server_without_tls_is_400(
    start: Callable[..., Any], make_body: Any, tmp_path: Path, address: str
) -> None:
    production = start(
        ENVIRONMENT="production", PATIENT_KEY="0123456789abcdef", PUBLIC_BASE_URL=PUBLIC,
        CLIENTS_FILE=clients(tmp_path, "https://ehr.example.org/fhir"),
        DATABASE_URL=f"sqlite:///{tmp_path / 's.sqlite3'}",
    )  # fmt: skip
    headers = {"Authorization": f"Bearer {token()}"}
    answer = production.post(sent=call(make_body, address, PREFETCH), headers=headers)
    assert answer.status_code == 400
    assert answer.json["issue"][0]["details"]["text"] == "fhirServer must be an https address."


@pytest.mark.threat("B03")
def test_a_token_without_a_server_is_400(cds: Any, make_body: Any) -> None:
    answer = cds.post(sent=make_body(fhirAuthorization=GRANT))
    assert answer.status_code == 400
    canaries(cds, answer)


@pytest.mark.parametrize("sent", ["a\r\nX: y", "a b", "", "t\u00e4st", "a\x00", "x" * 9000, "a\tb", " a"])
@pytest.mark.threat("B17")
def test_a_token_that_cannot_stand_in_a_header_is_400(cds: Any, ehr: FhirServer, make_body: Any, sent: str) -> None:
    answer = cds.post(sent=call(make_body, ehr, fhirAuthorization={**GRANT, "access_token": sent}))
    assert answer.status_code == 400
    assert "fhirAuthorization.access_token" in answer.text
    assert ehr.connections == 0


@pytest.mark.conforms("F88")
@pytest.mark.parametrize(
    "change",
    [
        {"expires_in": 0}, {"expires_in": -1}, {"expires_in": "300"}, {"expires_in": None}, {"expires_in": True},
        {"token_type": "mac"}, {"token_type": None}, {"token_type": 7}, {"access_token": None}, {"access_token": 7},
        {"scope": None}, {"subject": None}, {"patient": None},
    ],
)  # fmt: skip
@pytest.mark.threat("B18")
def test_a_token_that_cannot_be_used_is_not_used(cds: Any, ehr: FhirServer, make_body: Any, change: Any) -> None:
    granted = {name: value for name, value in {**GRANT, **change}.items() if value is not None}
    sent = call(make_body, ehr, without("volumes"), fhirAuthorization=granted)
    assert cards(cds.post(sent=sent)) == plain(cds, make_body, without("volumes"))
    assert "patient" in missing(cds.post(sent=call(make_body, ehr, fhirAuthorization=granted)))
    assert ehr.connections == 0
    calls = [line for line in cds.log if line["event"] == "call"]
    assert calls[0]["keys"]["volumes"] == "not-asked"


@pytest.mark.conforms("F92")
def test_a_server_is_asked_without_token_only_where_the_operator_says_so(
    start: Callable[..., Any], cds: Any, ehr: FhirServer, make_body: Any, tmp_path: Path
) -> None:
    ehr.token = None
    assert "patient" in missing(cds.post(sent=call(make_body, ehr, fhirAuthorization=None)))
    assert ehr.connections == 0
    folder = tmp_path / "open"
    folder.mkdir()
    opened = start(CLIENTS_FILE=clients(folder, ehr.address, more="fhir_without_token = true"))
    assert cards(opened.post(sent=call(make_body, ehr, fhirAuthorization=None))) == plain(cds, make_body)
    assert not any("authorization" in asked.headers for asked in ehr.asked)


@pytest.mark.conforms("F91")
@pytest.mark.parametrize(
    "scope",
    ["patient/Patient.read patient/Condition.read patient/Procedure.read", "launch user/Patient.r system/Condition.rs "
     "patient/Procedure.s"],
)  # fmt: skip
def test_what_the_scopes_exclude_is_not_asked_for(cds: Any, ehr: FhirServer, make_body: Any, scope: str) -> None:
    found = cards(cds.post(sent=call(make_body, ehr, fhirAuthorization={**GRANT, "scope": scope})))
    assert ehr.paths == ["Condition", "Patient/p1", "Procedure"]
    assert found == plain(cds, make_body, {key: PREFETCH[key] for key in INDISPENSABLE})
    refused = {**GRANT, "scope": "patient/Observation.rs"}
    told = missing(cds.post(sent=call(make_body, ehr, fhirAuthorization=refused)))
    assert "the token's scopes do not cover it" in told


@pytest.mark.conforms("D68", "M179")
@pytest.mark.threat("C24")
def test_what_is_fetched_of_another_patient_is_dropped_and_said(cds: Any, ehr: FhirServer, make_body: Any) -> None:
    stranger = json.loads(json.dumps(PREFETCH["procedures"]).replace("Patient/p1", "Patient/p2"))
    ehr.chart["procedures"] = {**stranger, "entry": stranger["entry"] + PREFETCH["procedures"]["entry"]}
    found = cards(cds.post(sent=call(make_body, ehr)))
    assert found == plain(cds, make_body, {**PREFETCH, "procedures": ehr.chart["procedures"]})
    assert "data.foreign-patient" in json.dumps(found)
    ehr.chart["patient"] = {**PREFETCH["patient"], "id": "p2"}
    ehr.asked.clear()
    assert "Prefetch patient" in missing(cds.post(sent=call(make_body, ehr, without("patient"))))


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ((200, b"<html></html>", {"Content-Type": "text/html"}), "NOT_FHIR"),
        ((200, b"{}", {"Content-Type": "text/html"}), "NOT_FHIR"), ((200, b"", {}), "NOT_FHIR"),
        ((200, b'{"resourceType":"Bundle","entry":[', {}), "NOT_FHIR"), ((200, b"[]", {}), "NOT_FHIR"),
        ((200, {"resourceType": "Patient", "id": "p1"}, {}), "NOT_FHIR"), ((200, outcome("no"), {}), "OUTCOME"),
        ((200, {"entry": []}, {}), "NOT_FHIR"),
        ((200, b'{"resourceType":"Bundle","resourceType":"Bundle"}', {}), "NOT_FHIR"),
        ((200, b'{"resourceType":"Bundle","total":123456789012345678901}', {}), "NOT_FHIR"),
        ((200, b'{"resourceType":"Bundle","x":' + b"[" * 64 + b"]" * 64 + b"}", {}), "NOT_FHIR"),
        ((200, b'{"resourceType":"Bundle","x":NaN}', {}), "NOT_FHIR"), ((200, b"\xff", {}), "NOT_FHIR"),
        ((200, b"\xef\xbb\xbf{}", {}), "NOT_FHIR"),
        ((200, bundle([]), {"Content-Type": "application/json; charset=utf-16"}), "NOT_FHIR"),
        ((200, bundle([]), {"Content-Type": "application/fhir+json; fhirVersion=5.0"}), "RELEASE"),
        ((200, bundle([]), {"Content-Type": 'application/fhir+json; fhirVersion="3.0"'}), "RELEASE"),
        ((200, bundle([{"resourceType": "Patient", "id": "p1"}]), {}), "NOT_FHIR"),
        ((200, gzip.compress(b"{}" * 10**6), {"Content-Encoding": "gzip"}), "TOO_MUCH"),
        ((200, b"{}", {"Content-Length": str(9 * 2**20)}), "TOO_MUCH"),
        ((302, b"", {"Location": "http://127.0.0.1:1/"}), "STATUS"),
    ],
)  # fmt: skip
@pytest.mark.threat("B13")
def test_an_answer_that_is_not_what_was_asked_for_is_a_failure(
    cds: Any, ehr: FhirServer, make_body: Any, answer: Answer, reason: str
) -> None:
    ehr.rule = lambda asked, _: answer if asked.kind == "Procedure" else None
    found = cds.post(sent=call(make_body, ehr))
    assert "Prefetch procedures" in missing(found)
    assert [line["keys"] for line in cds.log if line["event"] == "not-fetched"] == [{"procedures": reason}]


def ignoring() -> Answer:
    """Of a lenient server: it says that it ignored `patient`, and gives what it has of everybody."""
    said = outcome("Unknown search parameter 'patient' was ignored", "not-supported", "warning")
    strangers = json.loads(json.dumps(PREFETCH["procedures"]).replace("Patient/p1", "Patient/p2"))["entry"]
    return 200, {**bundle([]), "entry": [*strangers, {"resource": said, "search": {"mode": "outcome"}}]}, {}


@pytest.mark.parametrize("way", ["ignored", "400", "422", "outcome"])
def test_a_server_that_disowns_the_parameter_is_asked_by_subject(
    cds: Any, ehr: FhirServer, make_body: Any, way: str
) -> None:
    answers: dict[str, Answer] = {
        "ignored": ignoring(), "400": (400, outcome("x"), {}), "422": (422, b"", {}),
        "outcome": (200, outcome("The parameter patient is not supported for this type"), {}),
    }  # fmt: skip
    ehr.only_subject = True
    ehr.rule = lambda asked, _: answers[way] if "patient" in asked.parameters else None
    assert cards(cds.post(sent=call(make_body, ehr))) == plain(cds, make_body)
    assert len(ehr.asked) == 1 + 2 * 7


def test_a_long_address_is_asked_by_post_at_once(cds: Any, ehr: FhirServer, make_body: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr("cds_service.callbacks.client.LONGEST_ADDRESS", 100)
    assert cards(cds.post(sent=call(make_body, ehr))) == plain(cds, make_body)
    methods = {ehr._key(asked): asked.method for asked in ehr.asked if asked.kind == "Observation"}
    assert methods == {"radiationDose": "POST", "observations": "POST"}
    assert {asked.method for asked in ehr.asked if asked.kind != "Observation"} == {"GET"}


@pytest.mark.parametrize("status", [404, 405, 414, 501])
def test_a_server_that_refuses_get_is_asked_by_post(cds: Any, ehr: FhirServer, make_body: Any, status: int) -> None:
    search = lambda asked: asked.method == "GET" and asked.kind != "Patient"  # noqa: E731  # named for its use below
    ehr.rule = lambda asked, _: (status, outcome("no"), {}) if search(asked) else None
    assert cards(cds.post(sent=call(make_body, ehr))) == plain(cds, make_body)


@pytest.mark.conforms("F94", "L173")
@pytest.mark.threat("B12")
def test_all_answers_of_a_call_together_are_bounded(
    start: Callable[..., Any], ehr: FhirServer, make_body: Any, tmp_path: Path
) -> None:
    small = start(CLIENTS_FILE=clients(tmp_path, ehr.address), MAX_BODY_BYTES="8000")
    assert cards(small.post(sent=call(make_body, ehr)))
    ehr.chart["procedures"] = {**PREFETCH["procedures"], "meta": {"tag": [{"display": "x" * 8000}]}}
    assert "larger than is read" in missing(small.post(sent=call(make_body, ehr)))


@pytest.mark.conforms("F94", "L173")
@pytest.mark.threat("B08")
def test_more_entries_than_are_read_are_left_and_said(cds: Any, ehr: FhirServer, make_body: Any) -> None:
    many = bundle([{"resourceType": "Procedure", "id": str(number)} for number in range(1300)])
    link = {"relation": "next", "url": ""}

    def rule(asked: Asked, _: BaseHTTPRequestHandler) -> Answer | None:
        if asked.kind != "Procedure":
            return None
        link["url"] = f"{ehr.address}/Procedure?_page={len(ehr.asked)}"
        return 200, {**many, "link": [link]}, {}

    ehr.rule = rule
    assert "larger than is read" in missing(cds.post(sent=call(make_body, ehr)))
    assert len([asked for asked in ehr.asked if asked.kind == "Procedure"]) == 4


def test_an_error_among_the_pages_makes_us_ask_anew(cds: Any, ehr: FhirServer, make_body: Any) -> None:
    whole = PREFETCH["procedures"]
    link = {"relation": "next", "url": f"{ehr.address}/Procedure?_page=9"}
    first = {**whole, "entry": [*whole["entry"], {"resource": outcome("x")}], "link": [link]}
    assert cards(cds.post(sent=call(make_body, ehr, without("procedures") | {"procedures": first}))) == plain(
        cds, make_body
    )
    assert [asked.parameters for asked in ehr.asked] == [{"_page": ["9"]}, {"patient": ["p1"]}]


@pytest.mark.conforms("F93")
@pytest.mark.threat("B07")
def test_a_redirect_is_not_followed_and_takes_no_token_along(cds: Any, ehr: FhirServer, make_body: Any) -> None:
    with FhirServer(PREFETCH).running() as evil:
        ehr.rule = lambda asked, _: (307, b"", {"Location": f"{evil.address}/{asked.below_base}"})
        missing(cds.post(sent=call(make_body, ehr)))
        assert evil.connections == 0


@pytest.mark.conforms("F93")
@pytest.mark.threat("B08")
def test_a_next_link_that_leads_elsewhere_is_not_followed(cds: Any, ehr: FhirServer, make_body: Any) -> None:
    with FhirServer(PREFETCH).running() as evil:
        for link in (
            f"{evil.address}/Procedure?_page=1", f"http://127.0.0.1:{ehr.port}/admin", "", "//evil.example/fhir",
            f"http://user@127.0.0.1:{ehr.port}/fhir/x", f"{ehr.address}/../admin", f"{ehr.address}/Procedure#x",
        ):  # fmt: skip
            linked = {**PREFETCH["procedures"], "link": [{"relation": "next", "url": link}]}
            ehr.rule = lambda asked, _, linked=linked: (200, linked, {}) if asked.kind == "Procedure" else None
            assert "not all pages could be fetched" in missing(cds.post(sent=call(make_body, ehr)))
        assert evil.connections == 0
        assert not [asked for asked in ehr.asked if "admin" in asked.path]


@pytest.mark.conforms("F94", "L173")
@pytest.mark.parametrize("shape", ["itself", "a circle", "without end"])
@pytest.mark.threat("B08")
def test_pages_that_do_not_end_are_left(cds: Any, ehr: FhirServer, make_body: Any, shape: str) -> None:
    def rule(asked: Asked, _: BaseHTTPRequestHandler) -> Answer | None:
        if asked.kind != "Procedure":
            return None
        page = int(asked.parameters.get("_page", ["0"])[0])
        following = {"itself": 1, "a circle": 1 - page, "without end": page + 1}[shape]
        link = {"relation": "next", "url": f"{ehr.address}/Procedure?_page={following}"}
        return 200, {**PREFETCH["procedures"], "link": [link]}, {}

    ehr.rule = rule
    assert "not all pages could be fetched" in missing(cds.post(sent=call(make_body, ehr)))
    pages = [asked for asked in ehr.asked if asked.kind == "Procedure"]
    assert len(pages) == (20 if shape == "without end" else {"itself": 2, "a circle": 3}[shape])


@pytest.mark.conforms("F94")
@pytest.mark.parametrize("resource_type", ["Procedure", "Observation"])
@pytest.mark.threat("B10")
def test_a_server_that_drips_is_left_at_the_deadline(
    start: Callable[..., Any],
    ehr: FhirServer,
    make_body: Any,
    tmp_path: Path,
    resource_type: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("cds_service.callbacks.complete.JUDGING_SECONDS_AT_MOST", 3)  # however slow the machine is

    def rule(asked: Asked, handler: BaseHTTPRequestHandler) -> Answer | None:
        if asked.kind != resource_type:
            return None
        handler.wfile.write(b"HTTP/1.0 200 OK\r\nContent-Type: application/json\r\n\r\n")
        for _ in range(400):
            handler.wfile.write(b" ")
            time.sleep(0.05)
        handler.close_connection = True
        return 0, b"", {}

    ehr.rule = rule
    quick = start(CLIENTS_FILE=clients(tmp_path, ehr.address), DEADLINE_MS="6000")
    began = time.monotonic()
    answer = quick.post(sent=call(make_body, ehr))
    took = time.monotonic() - began
    assert took < SECONDS  # it would drip for twenty
    if resource_type == "Procedure":
        assert "did not answer in time" in missing(answer)
    else:
        assert cards(answer) == plain(quick, make_body, without("observations", "radiationDose"))


@pytest.mark.threat("B10")
def test_a_server_that_is_not_there_is_said(start: Callable[..., Any], make_body: Any, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        address = f"http://127.0.0.1:{gone.getsockname()[1]}/fhir"
    cds = start(CLIENTS_FILE=clients(tmp_path, address))
    assert "could not be reached" in missing(cds.post(sent=call(make_body, address)))


@pytest.mark.threat("B14")
def test_after_failures_in_a_row_a_server_is_left_alone(
    start: Callable[..., Any], ehr: FhirServer, make_body: Any, tmp_path: Path
) -> None:
    cds = start(CLIENTS_FILE=clients(tmp_path, ehr.address))
    ehr.rule = lambda _asked, _handler: (500, b"", {})
    for _ in range(5):
        missing(cds.post(sent=call(make_body, ehr)))
    before = ehr.connections
    assert "left alone for a while" in missing(cds.post(sent=call(make_body, ehr)))
    assert ehr.connections == before
    assert cards(cds.post(sent=call(make_body, ehr, without("volumes")))) == plain(
        cds, make_body, without("volumes") | {"volumes": None}
    )


@pytest.mark.threat("B14")
def test_refused_tokens_do_not_make_a_server_be_left_alone(cds: Any, ehr: FhirServer, make_body: Any) -> None:
    bad = {**GRANT, "access_token": "another"}
    for _ in range(7):
        assert "refused the token" in missing(cds.post(sent=call(make_body, ehr, fhirAuthorization=bad)))
    assert cards(cds.post(sent=call(make_body, ehr)))


@pytest.mark.conforms("F94")
def test_keys_are_asked_for_side_by_side(cds: Any, ehr: FhirServer, make_body: Any) -> None:
    together, arrived = threading.Barrier(6), itertools.count()

    def rule(_asked: Asked, _handler: BaseHTTPRequestHandler) -> Answer | None:
        if next(arrived) < 6:
            together.wait(SECONDS)  # nobody is answered before all six are there
        return None

    ehr.rule = rule
    assert cards(cds.post(sent=call(make_body, ehr)))
    assert not together.broken


@pytest.mark.conforms("F89")
@pytest.mark.threat("B20")
def test_cookies_are_not_kept(cds: Any, ehr: FhirServer, make_body: Any) -> None:
    ehr.rule = lambda asked, _: (*ehr.chart_answer(asked)[:2], {"Set-Cookie": "a=b; Path=/"})
    for _ in range(2):
        assert cards(cds.post(sent=call(make_body, ehr)))
    assert not [asked for asked in ehr.asked if "cookie" in asked.headers]


@pytest.mark.threat("B16")
def test_proxies_and_credentials_of_the_environment_are_not_used(
    cds: Any, ehr: FhirServer, make_body: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login u password p\n")
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    assert cards(cds.post(sent=call(make_body, ehr)))
    assert {asked.headers["authorization"] for asked in ehr.asked} == {f"Bearer {TOKEN}"}


def test_the_patient_must_be_the_one_the_token_is_for(cds: Any, ehr: FhirServer, make_body: Any) -> None:
    assert cds.post(sent=call(make_body, ehr, fhirAuthorization={**GRANT, "patient": "p2"})).status_code == 400
    assert ehr.connections == 0
