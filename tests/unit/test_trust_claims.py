"""The claims: exact names, exact addresses, times that are numbers and near."""

import json
from decimal import Decimal
from typing import Any

import pytest
from client_tokens import BASE, ENDPOINT, ISSUER, claims

from cds_service.errors import NotTrustedError
from cds_service.settings_files import Client
from cds_service.trust.claims import check_claims
from cds_service.trust.refusals import Refusal
from fhir_mappings.strict_json import loads

NOW = 1_800_000_000.0
CLIENT = Client(name="hospital", issuer=ISSUER, jwks_file="keys.json")


def check(client: Client = CLIENT, now: float = NOW, **changes: Any) -> Any:
    """As the strict reader hands them over."""
    read = loads(json.dumps(claims(NOW, **changes)).encode())
    assert isinstance(read, dict)
    return check_claims(read, client, ENDPOINT, now)


def refusal(client: Client = CLIENT, now: float = NOW, **changes: Any) -> str:
    with pytest.raises(NotTrustedError) as refused:
        check(client, now, **changes)
    assert refused.value.client == "hospital"
    return refused.value.reason


def test_good_claims_are_accepted_and_what_is_kept_is_their_own() -> None:
    accepted = check(jti="t1", tenant="ward-7", sub="someone", nbf=NOW - 5, scope=["a"], extra={"a": 1})
    assert (accepted.expires, accepted.token_id, accepted.tenant) == (NOW + 300, "t1", None)


@pytest.mark.conforms("J153", "M183")
@pytest.mark.parametrize("audience", [ENDPOINT, [ENDPOINT], [ENDPOINT, ENDPOINT]])
def test_the_audience_is_the_endpoint_called(audience: object) -> None:
    assert check(aud=audience)


@pytest.mark.conforms("J153", "M183")
@pytest.mark.parametrize(
    "audience",
    [
        None, "", [], BASE, f"{BASE}/", f"{BASE}/cds-services", f"{ENDPOINT}/", f"{ENDPOINT}/feedback", ENDPOINT[:-1],
        ENDPOINT.upper(), ENDPOINT.replace("https", "http"), ENDPOINT.replace("patient-view", "order-sign"),
        [ENDPOINT, "https://other.example"], [[ENDPOINT]], {"a": ENDPOINT}, 1, True, [ENDPOINT, None], f" {ENDPOINT}",
        ENDPOINT.replace("example.org", "example.org:443"), f"{ENDPOINT}?x=1", [ENDPOINT, 1],
    ],
)  # fmt: skip
def test_any_other_audience_beside_or_instead_is_refused(audience: object) -> None:
    assert refusal(aud=audience) == Refusal.AUDIENCE


def test_an_alias_counts_as_the_endpoint_for_its_client_only() -> None:
    client = CLIENT.model_copy(update={"audience_aliases": ("urn:cds",)})
    assert check(client, aud=["urn:cds", ENDPOINT])
    assert refusal(aud="urn:cds") == Refusal.AUDIENCE


@pytest.mark.conforms("J150")
@pytest.mark.parametrize("name", ["exp", "iat"])
@pytest.mark.parametrize("value", [None, "1800000300", True, False, [], {}, [1800000300], ""])
def test_a_time_that_is_missing_or_no_number_is_refused(name: str, value: object) -> None:
    assert refusal(**{name: value}) == Refusal.TIMES


@pytest.mark.conforms("J150")
@pytest.mark.parametrize("value", ["1800000000", True, []])
def test_not_before_is_honoured_only_as_a_number(value: object) -> None:
    assert refusal(nbf=value) == Refusal.TIMES


@pytest.mark.conforms("J150", "M183")
@pytest.mark.parametrize("ago", [0, 0.5, 1, 31, 3600, NOW, 2 * NOW])
def test_a_token_that_ends_now_or_ended_is_refused(ago: float) -> None:
    assert refusal(exp=NOW - ago, iat=NOW - ago - 60) == Refusal.EXPIRED


def test_a_token_may_have_a_moment_left() -> None:
    assert check(exp=NOW + 0.5, iat=NOW - 10).expires == NOW + 0.5


@pytest.mark.conforms("J158")
@pytest.mark.parametrize("ahead", [301, 3600, 10**9, 10**19])
def test_a_token_may_not_live_longer_than_its_client_is_allowed(ahead: int) -> None:
    assert refusal(exp=NOW + ahead) == Refusal.TIMES


def test_how_long_is_set_by_client() -> None:
    client = CLIENT.model_copy(update={"max_token_minutes": 60})
    assert check(client, exp=NOW + 3600)
    assert refusal(client, exp=NOW + 3601) == Refusal.TIMES


def test_a_token_may_be_issued_a_moment_before_it_counts() -> None:
    assert check(iat=NOW - 30)


@pytest.mark.conforms("J158")
@pytest.mark.parametrize("ago", [31, 60, 10 * 365 * 86400])
def test_a_token_issued_long_ago_is_refused_though_it_ends_in_time(ago: int) -> None:
    assert refusal(iat=NOW - ago) == Refusal.TIMES


@pytest.mark.conforms("J150", "M183")
@pytest.mark.parametrize("name", ["iat", "nbf"])
def test_a_token_from_the_future_is_refused(name: str) -> None:
    assert check(exp=NOW + 300, **{name: NOW + 30})
    assert refusal(exp=NOW + 300, **{name: NOW + 31}) == Refusal.TIMES


def test_a_token_that_ends_before_it_was_issued_is_refused() -> None:
    assert refusal(exp=NOW + 10, iat=NOW + 10) == Refusal.TIMES


@pytest.mark.conforms("J157")
@pytest.mark.parametrize(("shift", "accepted"), [(-30, True), (30, True), (0, True), (-600, False), (600, False)])
def test_clocks_may_differ_by_thirty_seconds_and_not_by_ten_minutes(shift: int, accepted: bool) -> None:
    if accepted:
        assert check(now=NOW + shift)
    else:
        assert refusal(now=NOW + shift) in {Refusal.TIMES, Refusal.EXPIRED}


def test_fractions_of_seconds_are_numbers() -> None:
    assert check(exp=NOW + 299.75, iat=NOW + 0.25)
    assert isinstance(loads(b"1800000299.75"), Decimal)


@pytest.mark.conforms("J150")
@pytest.mark.parametrize(
    "jti", [None, "", "   ", 1, [], ["a"], True, "j" * 257, "j" * 1_000_000, "a\nb", "a\x7f", "\u202e"]
)
def test_a_token_id_that_is_no_short_printable_text_is_refused(jti: object) -> None:
    assert refusal(jti=jti) == Refusal.ID


def test_a_token_id_of_the_full_length_is_accepted() -> None:
    assert check(jti="j" * 256).token_id == "j" * 256


@pytest.mark.parametrize("tenant", [None, "", "ward-8", "Ward-7", "ward-7 ", ["ward-7"], 7, True])
def test_a_tenant_is_asked_for_where_the_client_has_a_list(tenant: object) -> None:
    client = CLIENT.model_copy(update={"tenants": ("ward-7", "ward-9")})
    assert check(client, tenant="ward-7").tenant == "ward-7"
    assert refusal(client, tenant=tenant) == Refusal.TENANT
