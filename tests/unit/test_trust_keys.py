"""Key sets: which keys may prove which algorithm, and a second library's opinion on signatures."""

import json
from pathlib import Path
from typing import Any

import pytest
from client_tokens import ec_key, key_set, part, public, rsa_key, signed, token
from joserfc import jws as second_opinion
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

from cds_service.errors import NotTrustedError
from cds_service.trust.keys import BYTES_AT_MOST, KIND, KeySetError, read_keys
from cds_service.trust.signature import is_signed_by, work_as_if_signed
from cds_service.trust.token import decode_part, read_object

ALGORITHMS = tuple(KIND)
VECTORS = Path(__file__).parents[3] / "shared" / "data" / "corpora" / "wycheproof" / "testvectors_v1"

NOT_OURS = {1, 346, 347, 348, 350, 351, 352, 357, 358, 359, 372, 373, 376, 377}
"""Valid vectors that we refuse: shared secrets, and keys whose `alg` is not the algorithm of the signature."""


def accepts(compact: str, *entries: dict[str, Any], kid: str = "k1", algorithm: str = "ES384") -> bool:
    key = read_keys(key_set(*entries), ALGORITHMS).key(kid, algorithm)
    return key is not None and is_signed_by(compact, key)


@pytest.mark.parametrize(
    ("algorithm", "key"),
    [
        ("ES256", ec_key("P-256")), ("ES384", ec_key("P-384")), ("ES512", ec_key("P-521")),
        ("RS256", rsa_key()), ("RS384", rsa_key()), ("RS512", rsa_key()), ("PS384", rsa_key()),
    ],
)  # fmt: skip
def test_a_token_signed_by_another_library_is_proved_by_its_own_key(algorithm: str, key: Any) -> None:
    compact = token(key, algorithm)
    assert accepts(compact, public(key), algorithm=algorithm)
    other = ec_key(key.curve_name, 1) if algorithm.startswith("E") else rsa_key(number=1)
    assert not accepts(compact, public(other), algorithm=algorithm)


@pytest.mark.parametrize(
    ("algorithm", "key"),
    [
        ("ES256", ec_key("P-384")), ("ES384", ec_key("P-256")), ("ES512", ec_key("P-384")), ("RS384", ec_key("P-384")),
        ("ES384", rsa_key()), ("PS384", ec_key("P-384")),
    ],
)  # fmt: skip
def test_a_key_serves_no_algorithm_of_another_type_or_curve(algorithm: str, key: Any) -> None:
    assert read_keys(key_set(public(key)), ALGORITHMS).key("k1", algorithm) is None


@pytest.mark.parametrize(
    "members",
    [
        {"use": "enc"}, {"use": ""}, {"use": ["sig"]}, {"use": None}, {"key_ops": ["sign"]}, {"key_ops": []},
        {"key_ops": "verify"}, {"key_ops": None}, {"alg": "ES256"}, {"alg": "ES384 "}, {"alg": None}, {"kty": "ec"},
        {"kty": "oct"}, {"crv": "P-256"}, {"x": "AA"}, {"x": 1}, {"y": None},
    ],
)  # fmt: skip
def test_a_key_that_is_not_meant_for_the_signature_proves_nothing(members: dict[str, Any]) -> None:
    keys = read_keys(key_set(public(ec_key(), **members)), ALGORITHMS)
    assert keys.key("k1", "ES384") is None
    assert not keys
    assert keys.key_ids == {"k1"}


@pytest.mark.parametrize("members", [{"use": "sig"}, {"key_ops": ["verify"]}, {"alg": "ES384"}, {"x5c": ["MII"]}])
def test_a_key_that_says_it_is_meant_is_used(members: dict[str, Any]) -> None:
    assert accepts(token(), public(ec_key(), **members))


def test_a_key_pinned_to_one_algorithm_serves_no_other_of_its_type() -> None:
    keys = read_keys(key_set(public(rsa_key(), alg="PS384")), ALGORITHMS)
    assert keys.key("k1", "PS384") is not None
    assert keys.key("k1", "RS384") is None


def test_a_short_rsa_key_is_refused() -> None:
    from cryptography.hazmat.primitives.asymmetric import rsa
    from jwt.algorithms import RSAAlgorithm

    key = rsa.generate_private_key(65537, 1024)  # noqa: S505 -- to be refused
    weak = RSAAlgorithm.to_jwk(key.public_key(), as_dict=True)
    assert not read_keys(key_set({**weak, "kid": "k1"}), ALGORITHMS)


def test_an_rsa_key_with_exponent_one_is_refused() -> None:
    assert not read_keys(key_set(public(rsa_key(), e="AQ")), ALGORITHMS)


def test_a_set_that_tells_the_private_key_proves_nothing() -> None:
    assert not read_keys(key_set({**ec_key().as_dict(private=True), "kid": "k1"}), ALGORITHMS)
    assert not read_keys(key_set({**rsa_key().as_dict(private=True), "kid": "k1"}), ALGORITHMS)


def test_a_shared_secret_is_no_key() -> None:
    assert not read_keys(key_set({"kty": "oct", "k": part(b"s" * 48), "kid": "k1", "alg": "HS384"}), ALGORITHMS)


def test_two_keys_of_one_id_and_algorithm_are_ambiguous_and_of_one_id_and_two_algorithms_are_not() -> None:
    assert not read_keys(key_set(public(ec_key()), public(ec_key(number=1))), ALGORITHMS)
    both = read_keys(key_set(public(ec_key()), public(rsa_key())), ALGORITHMS)
    assert both.key("k1", "ES384") is not None
    assert both.key("k1", "RS384") is not None


def test_entries_without_a_usable_id_are_left_out() -> None:
    entries: list[Any] = [public(ec_key(), kid=1), public(ec_key(), kid=""), public(ec_key(), kid="k" * 257), "x", None]
    keys = read_keys(key_set(*entries, public(ec_key(), kid="good")), ALGORITHMS)
    assert keys.key_ids == {"good"}


@pytest.mark.parametrize(
    "raw",
    [
        b"", b"null", b"[]", b"{}", b'{"keys":{}}', b'{"keys":null}', b"<html>", b'{"keys":[]',
        b'{"keys":[],"keys":[]}',
        key_set(*[{"kid": str(number)} for number in range(51)]), key_set() + b" " * BYTES_AT_MOST,
        key_set().decode().encode("utf-16"),
    ],
)  # fmt: skip
def test_what_is_no_key_set_of_a_sane_size_is_refused(raw: bytes) -> None:
    with pytest.raises(KeySetError):
        read_keys(raw, ALGORITHMS)


def test_the_header_does_not_choose_the_algorithm() -> None:
    header = b'{"alg":"HS384","kid":"k1","typ":"JWT"}'
    secret = OctKey.import_key(json.dumps(public(ec_key())).encode())
    assert not accepts(signed(secret, "HS384", header, b"{}"), public(ec_key()))


def test_signatures_in_der_or_of_zeros_or_cut_are_refused() -> None:
    compact = token()
    start, _, signature = compact.rpartition(".")
    raw = decode_part(signature)
    for wrong in (bytes(96), raw[:-1], raw + b"\x00", raw[48:] + raw[:48], b"0d\x02" + raw, b"\x01" * 96, b"\xff" * 96):
        assert not accepts(f"{start}.{part(wrong)}", public(ec_key()))
    assert accepts(compact, public(ec_key()))


def test_every_changed_bit_of_a_token_is_noticed_by_both_libraries() -> None:
    compact = token()
    for place in range(0, len(compact), 7):
        changed = compact[:place] + ("A" if compact[place] != "A" else "B") + compact[place + 1 :]
        if changed.count(".") != 2:
            continue
        assert not accepts(changed, public(ec_key()))
        with pytest.raises((JoseError, ValueError)):
            second_opinion.deserialize_compact(changed, ec_key(), algorithms=["ES384"])


def test_work_for_nobody_accepts_nothing_and_raises_nothing() -> None:
    for algorithm in (*ALGORITHMS, "none", "HS256", "ES999"):
        work_as_if_signed(f"{part(json.dumps({'alg': algorithm}).encode())}.e30.{'A' * 128}", algorithm)


def _vectors() -> list[tuple[dict[str, Any], dict[str, Any]]]:
    file = VECTORS / "json_web_signature_test.json"
    if not file.is_file():
        return []
    return [(group, test) for group in json.loads(file.read_text())["testGroups"] for test in group["tests"]]


def _holds(compact: object, jwk: dict[str, Any]) -> bool:
    """What we do of a token, without the members that the vectors do not have (`typ`, and often `kid`)."""
    try:
        if not isinstance(compact, str):
            return False
        header, _, _ = (decode_part(piece) for piece in compact.split("."))
        algorithm = read_object(header).get("alg")
    except (NotTrustedError, ValueError):
        return False
    key = read_keys(key_set({**jwk, "kid": "k1"}), ALGORITHMS).key("k1", str(algorithm))
    return key is not None and is_signed_by(compact, key)


@pytest.mark.shared_data
@pytest.mark.skipif(not VECTORS.is_dir(), reason="the Wycheproof vectors are not beside the checkout (../shared/data)")
def test_no_invalid_wycheproof_signature_is_accepted_and_valid_ones_of_our_algorithms_are() -> None:
    verdicts = [
        (test["tcId"], test["result"], str(group.get("comment")), _holds(test["jws"], group.get("public") or {}))
        for group, test in _vectors()
    ]
    assert len(verdicts) == 401
    assert [verdict for verdict in verdicts if verdict[1] == "invalid" and verdict[3]] == []
    assert {verdict[0] for verdict in verdicts if verdict[1] == "valid" and not verdict[3]} == NOT_OURS
    assert len([verdict for verdict in verdicts if verdict[3]]) == 32
