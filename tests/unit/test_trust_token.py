"""The strict reader of tokens: one spelling, closed header members, nothing believed."""

import json
from base64 import b64encode

import pytest
from client_tokens import claims, part, token

from cds_service.errors import NotTrustedError
from cds_service.trust.refusals import Refusal
from cds_service.trust.token import TEXT_LENGTH, TOKEN_LENGTH, read_token

HEADER = b'{"alg":"ES384","kid":"k1","typ":"JWT"}'


def refusal(authorization: str | None) -> str:
    with pytest.raises(NotTrustedError) as refused:
        read_token(authorization)
    assert refused.value.texts == ("The call needs a valid token.",)
    return refused.value.reason


def unsigned(header: bytes = HEADER, payload: bytes | None = None, signature: bytes = b"s" * 96) -> str:
    payload = json.dumps(claims()).encode() if payload is None else payload
    return f"Bearer {part(header)}.{part(payload)}.{part(signature)}"


def test_a_well_formed_token_is_read() -> None:
    read = read_token(unsigned())
    assert (read.algorithm, read.key_id, read.key_address) == ("ES384", "k1", None)
    assert read.claims["iss"] == "https://ehr.example.org"


def test_the_scheme_is_read_in_any_case() -> None:
    assert read_token(unsigned().replace("Bearer", "bearer")).key_id == "k1"


@pytest.mark.parametrize("authorization", [None, ""])
def test_no_authorization_is_refused(authorization: str | None) -> None:
    assert refusal(authorization) == Refusal.ABSENT


@pytest.mark.parametrize(
    "authorization",
    [
        "Bearer", "Bearer ", "Bearer a.b", "Bearer a.b.c.d", "Bearer ..", "Basic dTpw", "Bearer\ta.b.c",
        "Token a.b.c", "Bearer  ", " Bearer a.b.c", "Bearer a.b.c, Bearer a.b.c", "Bearer é.b.c",
    ],
)  # fmt: skip
def test_anything_but_one_bearer_token_of_three_parts_is_refused(authorization: str) -> None:
    assert refusal(authorization) == Refusal.MALFORMED


def test_two_headers_joined_by_the_server_are_refused() -> None:
    assert refusal(f"{unsigned()},{unsigned()}") == Refusal.MALFORMED


@pytest.mark.parametrize("junk", ["=", "==", " ", "\n", "\x00", "!", "/", "+", "é", "."])
@pytest.mark.parametrize("place", [0, 1, 2])
def test_padding_and_junk_in_any_part_are_refused(junk: str, place: int) -> None:
    parts = unsigned().split(".")
    parts[place] += junk
    assert refusal(".".join(parts)) == Refusal.MALFORMED


@pytest.mark.parametrize("place", [0, 1, 2])
def test_an_empty_part_is_refused(place: int) -> None:
    parts = unsigned().removeprefix("Bearer ").split(".")
    parts[place] = ""
    assert refusal("Bearer " + ".".join(parts)) == Refusal.MALFORMED


def test_a_part_in_another_spelling_of_the_same_bytes_is_refused() -> None:
    first, second, last = unsigned(signature=b"s" * 97).rsplit(".", 2)[0], "", part(b"s" * 97)
    assert first
    assert second == ""
    other = last[:-1] + chr(ord(last[-1]) + 1)  # differs in bits that stand for nothing
    assert refusal(f"{unsigned().rsplit('.', 1)[0]}.{other}") == Refusal.MALFORMED


def test_a_token_longer_than_any_honest_one_is_refused() -> None:
    assert refusal(unsigned(signature=b"s" * TOKEN_LENGTH)) == Refusal.MALFORMED


@pytest.mark.parametrize(
    "header",
    [
        b"", b"null", b"[]", b'"x"', b"{", b'{"alg":"ES384","alg":"ES384","kid":"k1","typ":"JWT"}',
        b'{"alg":"ES384","kid":"k1","kid":"k2","typ":"JWT"}', b"\xef\xbb\xbf" + HEADER,
        HEADER.decode().encode("utf-16"), HEADER.decode().encode("utf-16-le"), HEADER[:-1] + b',"x5t":NaN}',
        HEADER[:-1] + b',"x5t":"\\ud800"}',
        b'{"alg":"ES384","kid":"k\xff","typ":"JWT"}', b"[" * 3000,
    ],
)  # fmt: skip
def test_a_header_that_is_not_one_strict_json_object_is_refused(header: bytes) -> None:
    assert refusal(unsigned(header)) == Refusal.MALFORMED


@pytest.mark.parametrize(
    "payload",
    [
        b"null", b"[1]", b'{"iss":"a","iss":"b"}', b'{"exp":1e999}', b'{"exp":NaN}', b'{"exp":Infinity}',
        b'{"exp":1' + b"0" * 30 + b"}", b'{"jti":"\\ud800"}', b'{"jti":"\\u0000"}', b'{"a":{"b":1,"b":2}}',
        '{"iss":"a"}'.encode("utf-16"), '{"iss":"a"}'.encode("utf-16-be"), b"\xef\xbb\xbf{}",
    ],
)  # fmt: skip
def test_claims_that_two_readers_could_read_differently_are_refused(payload: bytes) -> None:
    assert refusal(unsigned(payload=payload)) == Refusal.MALFORMED


def test_the_header_in_plain_base64_is_refused() -> None:
    plain = b64encode(b'{"alg":"ES384","kid":"\xc3\xbf\xc3\xbf>>??","typ":"JWT"}').decode().rstrip("=")
    assert {"+", "/"} & set(plain)
    assert refusal(f"Bearer {plain}.{part(b'{}')}.{part(b's')}") == Refusal.MALFORMED


@pytest.mark.parametrize(
    "member",
    [
        {"crit": ["exp"]}, {"crit": ["b64"], "b64": False}, {"b64": True}, {"b64": False}, {"zip": "DEF"},
        {"jwk": {"kty": "EC"}}, {"x5u": "https://evil.example/c.pem"}, {"x5c": ["MII"]}, {"cty": "JWT"},
        {"epk": {}}, {"": ""}, {"KID": "k1"},
    ],
)  # fmt: skip
def test_header_members_that_could_change_what_the_token_means_are_refused(member: dict[str, object]) -> None:
    assert refusal(f"Bearer {token(header=member)}") == Refusal.HEADER


@pytest.mark.parametrize("member", [{"x5t": "abc"}, {"x5t#S256": "abc"}, {"jku": "https://ehr.example.org/jwks.json"}])
def test_header_members_that_are_harmless_are_read(member: dict[str, object]) -> None:
    assert read_token(f"Bearer {token(header=member)}").key_id == "k1"


@pytest.mark.conforms("J149")
@pytest.mark.parametrize("missing", ["alg", "kid", "typ"])
def test_the_header_names_algorithm_key_and_type(missing: str) -> None:
    assert refusal(f"Bearer {token(header={missing: None})}") == Refusal.HEADER


@pytest.mark.conforms("J149")
@pytest.mark.parametrize("kind", ["jwt", "at+jwt", "JWS", "", 1, ["JWT"], True])
def test_another_type_is_refused(kind: object) -> None:
    assert refusal(f"Bearer {token(header={'typ': kind})}") == Refusal.HEADER


@pytest.mark.parametrize("algorithm", [["ES384"], 1, True, {}])
def test_an_algorithm_that_is_no_text_is_refused(algorithm: object) -> None:
    assert refusal(f"Bearer {token(header={'alg': algorithm})}") == Refusal.HEADER


@pytest.mark.parametrize("kid", ["", " ", 1, ["k1"], {"a": 1}, "k" * (TEXT_LENGTH + 1), "k\n1", "k\u200b1", "k\u202e1"])
def test_a_key_id_that_is_no_short_printable_text_is_refused(kid: object) -> None:
    assert refusal(f"Bearer {token(header={'kid': kid})}") == Refusal.HEADER


@pytest.mark.conforms("J156")
@pytest.mark.parametrize("kid", ["../../etc/passwd", "' OR 1=1 --", "a+b/c=", "%2e%2e", "k" * TEXT_LENGTH])
def test_a_key_id_is_only_ever_a_name(kid: str) -> None:
    assert read_token(f"Bearer {token(header={'kid': kid})}").key_id == kid


def test_a_token_has_no_readable_form() -> None:
    sent = token()
    shown = repr(read_token(f"Bearer {sent}"))
    assert sent not in shown
    assert "ehr.example.org" not in shown
