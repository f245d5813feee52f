"""Trust as a whole: the order of checks, what a refused token leaves behind, and that nobody learns the reason."""

import hmac
import io
import json
import time
from pathlib import Path
from typing import Any

import pytest
from client_tokens import ENDPOINT, ISSUER, ec_key, key_set, part, public, rsa_key, signed, token

from cds_service.errors import NotTrustedError, TrustDownError
from cds_service.log import make_log
from cds_service.settings_files import Client
from cds_service.trust.authenticate import Trust
from cds_service.trust.key_sources import FileKeys
from cds_service.trust.outbound import Fetched
from cds_service.trust.refusals import Refusal
from cds_service.trust.replay import MemoryStore, ReplayStore
from cds_service.trust.replay_sqlite import SQLiteStore
from cds_service.trust.url_keys import UrlKeys

OTHER = "https://other.example.org"
ADDRESS = "https://ehr.example.org/jwks.json"


class Hospital:
    """Two clients: one with a key file, one with an address that counts how often it is asked."""

    def __init__(self, folder: Path, store: ReplayStore | None = None) -> None:
        self.file = folder / "keys.json"
        self.file.write_bytes(key_set(public(ec_key()), public(rsa_key(), "r1")))
        self.asked = 0
        self.denied: tuple[str, ...] = ()
        log = make_log(io.StringIO())
        by_file = Client(name="hospital", issuer=ISSUER, jwks_file=str(self.file))
        by_url = Client(name="other", issuer=OTHER, jwks_url=ADDRESS)
        self.trust = Trust(
            {
                ISSUER: (by_file, FileKeys(by_file, log)),
                OTHER: (by_url, UrlKeys(by_url, log, fetch=self.fetch)),
            },
            store or MemoryStore(),
            log,
            denied_keys=lambda: self.denied,
        )

    def fetch(self, _address: str) -> Fetched:
        self.asked += 1
        return Fetched(key_set(public(ec_key(number=1))), {})

    def call(self, sent: str) -> str:
        return self.trust.authenticate(f"Bearer {sent}", ENDPOINT).name

    def refusal(self, sent: str) -> str:
        with pytest.raises(NotTrustedError) as refused:
            self.call(sent)
        assert str(refused.value) == "The call needs a valid token."
        return refused.value.reason


@pytest.fixture
def hospital(tmp_path: Path) -> Hospital:
    return Hospital(tmp_path)


def other_token(**changes: Any) -> str:
    return token(ec_key(number=1), **{"iss": OTHER, **changes})


def test_tokens_of_both_algorithms_are_accepted(hospital: Hospital) -> None:
    assert hospital.call(token()) == "hospital"
    assert hospital.call(token(rsa_key(), "RS384", header={"kid": "r1"})) == "hospital"
    assert hospital.call(other_token()) == "other"


@pytest.mark.conforms("J151", "J152", "M183")
@pytest.mark.parametrize("algorithm", ["ES256", "RS256", "HS384", "none", "None", "NONE", "", "es384", "ES384 "])
def test_an_algorithm_that_the_client_is_not_registered_for_is_refused(hospital: Hospital, algorithm: str) -> None:
    assert hospital.refusal(token(header={"alg": algorithm})) == Refusal.ALGORITHM


@pytest.mark.conforms("J151", "M183")
def test_a_token_signed_with_the_public_key_as_secret_is_refused(hospital: Hospital) -> None:
    for secret in (ec_key().as_pem(private=False), json.dumps(public(ec_key())).encode()):
        start = token(header={"alg": "HS384"}).rpartition(".")[0]
        forged = f"{start}.{part(hmac.digest(secret, start.encode(), 'sha384'))}"
        assert hospital.refusal(forged) == Refusal.ALGORITHM
        start = token().rpartition(".")[0]
        assert (
            hospital.refusal(f"{start}.{part(hmac.digest(secret, start.encode(), 'sha384') * 2)}") == Refusal.SIGNATURE
        )


def test_an_algorithm_of_another_key_type_is_refused(hospital: Hospital) -> None:
    assert hospital.refusal(token(rsa_key(), "RS384")) == Refusal.UNFIT_KEY
    assert hospital.refusal(token(header={"kid": "r1"})) == Refusal.UNFIT_KEY


@pytest.mark.conforms("J154")
@pytest.mark.parametrize(
    "issuer",
    [
        f"{ISSUER}/", ISSUER.upper(), "https://Ehr.example.org", "https://ehr.example.\u043erg", "", [ISSUER], None, 1,
        {"a": 1}, f" {ISSUER}", f"{ISSUER}\u200b", "https://ehr.example.org.",
    ],
)  # fmt: skip
def test_an_issuer_that_is_not_registered_letter_by_letter_is_refused(hospital: Hospital, issuer: object) -> None:
    assert hospital.refusal(token(iss=issuer)) == Refusal.ISSUER


def test_a_key_of_one_client_proves_nothing_for_another(hospital: Hospital) -> None:
    assert hospital.refusal(token(iss=OTHER)) == Refusal.SIGNATURE
    assert hospital.refusal(other_token(iss=ISSUER)) == Refusal.SIGNATURE


def test_an_id_is_used_up_once_and_for_its_issuer_only(hospital: Hospital) -> None:
    sent = token(jti="same")
    assert hospital.call(sent) == "hospital"
    assert hospital.refusal(sent) == Refusal.REPLAYED
    assert hospital.refusal(token(jti="same")) == Refusal.REPLAYED
    assert hospital.call(other_token(jti="same")) == "other"


def test_a_forged_token_does_not_use_up_the_id_of_a_genuine_one(hospital: Hospital) -> None:
    for changes in ({}, {"exp": 1}, {"aud": "x"}):
        assert hospital.refusal(token(ec_key(number=5), jti="victim", **changes))
    assert hospital.call(token(jti="victim")) == "hospital"


@pytest.mark.conforms("J157")
def test_the_checks_stand_in_the_order_of_the_best_practices(hospital: Hospital) -> None:
    wrong: dict[str, Any] = {"iss": "x", "aud": "x", "exp": 1}
    stranger = ec_key(number=5)
    assert hospital.refusal(token(stranger, **wrong)) == Refusal.ISSUER
    del wrong["iss"]
    assert hospital.refusal(token(stranger, **wrong)) == Refusal.AUDIENCE
    del wrong["aud"]
    assert hospital.refusal(token(stranger, iat=0, **wrong)) == Refusal.EXPIRED
    assert hospital.refusal(token(stranger)) == Refusal.SIGNATURE


@pytest.mark.conforms("J154", "M183")
@pytest.mark.parametrize(
    "address",
    [
        "https://ehr.example.evil/jwks.json", "https://ehr.example.org/other.json", "https://ehr@evil.example/jwks.json",
        f"{ADDRESS}/", f"{ADDRESS}?x", f"{ADDRESS}#x", ADDRESS.replace("https", "http"), ADDRESS.upper(),
        "file:///etc/passwd", "data:application/json,{}", "ftp://ehr.example.org/jwks.json", "", [ADDRESS], 1,
        "https://ehr.example.org:443/jwks.json", "https://ehr.example.org/../jwks.json", "https://ehr.example.org.evil/",
    ],
)  # fmt: skip
def test_a_key_address_other_than_the_registered_one_is_refused_and_nothing_is_fetched(
    hospital: Hospital, address: object
) -> None:
    assert hospital.refusal(other_token(header={"jku": address})) == Refusal.KEY_ADDRESS
    assert hospital.asked == 0


def test_the_registered_key_address_may_be_named(hospital: Hospital) -> None:
    assert hospital.call(other_token(header={"jku": ADDRESS})) == "other"


@pytest.mark.conforms("J155")
@pytest.mark.parametrize("address", ["https://evil.example/jwks.json", "file:///etc/passwd", ADDRESS])
def test_a_key_address_of_a_client_with_a_key_file_is_ignored(hospital: Hospital, address: str) -> None:
    assert hospital.call(token(header={"jku": address})) == "hospital"
    assert hospital.asked == 0


@pytest.mark.parametrize("changes", [{"iss": "x"}, {"aud": "x"}, {"exp": 1}, {"jti": ""}])
def test_only_a_token_with_claims_that_hold_makes_us_fetch(hospital: Hospital, changes: dict[str, Any]) -> None:
    assert hospital.refusal(token(ec_key(number=1), **{"iss": OTHER, **changes}))
    assert hospital.asked == 0


@pytest.mark.conforms("J156", "M183")
def test_a_flood_of_key_ids_is_refused_with_one_fetch(hospital: Hospital) -> None:
    assert hospital.call(other_token()) == "other"
    for number in range(200):
        assert hospital.refusal(other_token(header={"kid": f"random-{number}"})) == Refusal.UNKNOWN_KEY
    assert hospital.asked == 2
    assert hospital.call(other_token()) == "other"


def test_a_denied_key_is_refused_at_once(hospital: Hospital) -> None:
    assert hospital.call(token())
    hospital.denied = ("k1",)
    assert hospital.refusal(token()) == Refusal.DENIED_KEY
    hospital.denied = ()
    assert hospital.call(token())


def test_a_store_that_is_down_closes_the_door(tmp_path: Path) -> None:
    hospital = Hospital(tmp_path, SQLiteStore(tmp_path / "missing" / "store.db"))
    with pytest.raises(TrustDownError):
        hospital.call(token())
    assert hospital.refusal(token(ec_key(number=5))) == Refusal.SIGNATURE
    assert not hospital.trust.is_up()


def test_a_doubled_claim_is_refused_though_the_signature_is_right(hospital: Hospital) -> None:
    now = int(time.time())
    payload = (
        f'{{"iss":"{OTHER}","iss":"{ISSUER}","aud":"{ENDPOINT}","exp":{now + 60},"iat":{now},"jti":"d"}}'
    ).encode()
    header = json.dumps({"alg": "ES384", "kid": "k1", "typ": "JWT"}).encode()
    assert hospital.refusal(signed(ec_key(), "ES384", header, payload)) == Refusal.MALFORMED
    assert hospital.call(signed(ec_key(), "ES384", header, payload.replace(f'"iss":"{OTHER}",'.encode(), b"")))
