"""What the operator says of each client: tenants, audiences, keys and where they are fetched."""

import time
from pathlib import Path
from typing import Any

import pytest
from client_tokens import ENDPOINT, ISSUER, KeyServer, ec_key, key_set, public, rsa_key, token
from trusted_calls import OTHER, add_client, ask


@pytest.mark.conforms("J150", "J154")
def test_a_known_client_without_its_tenant_is_refused(start: Any, settings: dict[str, str]) -> None:
    add_client(settings, 'tenants = ["ward-7"]')
    service = start(**settings)
    assert [ask(service, token(tenant=tenant)) for tenant in ("ward-7", "ward-8", None)] == [200, 401, 401]


@pytest.mark.conforms("J153", "J158")
def test_an_alias_and_a_longer_life_are_set_by_client(start: Any, settings: dict[str, str]) -> None:
    add_client(settings, 'audience_aliases = ["urn:cds"]\nmax_token_minutes = 60')
    service = start(**settings)
    assert ask(service, token(aud=["urn:cds", ENDPOINT], exp=time.time() + 3599)) == 200
    assert ask(service, token(aud="urn:cds", exp=time.time() + 3700)) == 401


def test_a_client_can_be_silent_by_name(start: Any, settings: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "switches.toml").write_text('silent = ["hospital"]')
    service = start(**settings, SWITCHES_FILE=str(tmp_path / "switches.toml"))
    assert ask(service, token()) == 200
    assert service.log[-1]["silent"] is True


def test_a_key_is_denied_by_the_switches_file_without_a_restart(
    start: Any, settings: dict[str, str], tmp_path: Path
) -> None:
    switches = tmp_path / "switches.toml"
    switches.write_text("")
    service = start(**settings, SWITCHES_FILE=str(switches))
    assert ask(service, token()) == 200
    switches.write_text('denied_keys = ["k1"]')
    ends = time.monotonic() + 5
    while ask(service, token()) == 200 and time.monotonic() < ends:
        time.sleep(0.2)
    assert service.log[-1]["reason"] == "denied-key"
    assert ask(service, token(rsa_key(), "RS384", header={"kid": "r1"})) == 200


def test_keys_at_an_address_are_fetched_once_and_follow_rotation(start: Any, settings: dict[str, str]) -> None:
    with KeyServer(key_set(public(ec_key(number=1)))).running() as keys:
        add_client(settings, f'[[client]]\nname = "other"\nissuer = "{OTHER}"\njwks_url = "{keys.address}"')
        service = start(**settings)
        assert keys.connections == 0
        assert [ask(service, token(ec_key(number=1), iss=OTHER)) for _ in range(3)] == [200] * 3
        assert ask(service, token(ec_key(number=1), iss=OTHER, header={"jku": keys.address})) == 200
        assert keys.connections == 1
        keys.body = key_set(public(ec_key(number=1)), public(ec_key(number=2), "k2"))
        assert ask(service, token(ec_key(number=2), iss=OTHER, header={"kid": "k2"})) == 200
        assert [ask(service, token(iss=OTHER, header={"kid": f"x{number}"})) for number in range(20)] == [401] * 20
        assert keys.connections == 2


@pytest.mark.conforms("J154", "M183")
def test_an_address_in_a_token_is_never_gone_to(start: Any, settings: dict[str, str]) -> None:
    with KeyServer(key_set(public(ec_key(number=9)))).running() as evil, KeyServer().running() as keys:
        add_client(settings, f'[[client]]\nname = "other"\nissuer = "{OTHER}"\njwks_url = "{keys.address}"')
        service = start(**settings)
        for address in (evil.address, keys.address.replace("jwks", "other"), keys.address.replace("127", "x@127")):
            for issuer in (OTHER, ISSUER, "https://nobody.example"):
                assert ask(service, token(ec_key(number=9), iss=issuer, header={"jku": address})) == 401
        assert (evil.connections, keys.connections) == (0, 0)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"DATABASE_URL": "sqlite:///:memory:"}, "RERT_CDS_DATABASE_URL"),
        ({"CLIENTS_FILE": None}, "RERT_CDS_CLIENTS_FILE is missing"),
    ],
)
def test_what_tokens_need_is_asked_for_at_the_start(
    start: Any, settings: dict[str, str], change: dict[str, str | None], said: str
) -> None:
    from cds_service.errors import SettingsError

    changed = {name: value for name, value in {**settings, **change}.items() if value is not None}
    with pytest.raises(SettingsError, match=said):
        start(**changed)


@pytest.mark.parametrize("raw", [b"", b"{}", key_set(), key_set(public(ec_key("P-256"))), b'{"keys":[{"kid":"k1"}]}'])
def test_a_key_file_without_a_usable_key_ends_the_start(start: Any, settings: dict[str, str], raw: bytes) -> None:
    from cds_service.errors import SettingsError

    (Path(settings["CLIENTS_FILE"]).parent / "keys.json").write_bytes(raw)
    with pytest.raises(SettingsError, match=r"clients.toml, client hospital: jwks_file holds no usable key"):
        start(**settings)


@pytest.mark.conforms("J160")
def test_the_public_sandbox_is_no_client_in_production(start: Any, settings: dict[str, str]) -> None:
    from cds_service.errors import SettingsError

    add_client(settings, '[[client]]\nname = "s"\nissuer = "https://sandbox.cds-hooks.org"\njwks_file = "keys.json"\n')
    with pytest.raises(SettingsError, match="public sandbox"):
        start(**settings, ENVIRONMENT="production", PATIENT_KEY="0123456789abcdef")
