"""The settings: what is refused, in which words, and what follows from what."""

from pathlib import Path

import pytest

from cds_service.errors import SettingsError
from cds_service.settings import Settings, variables
from cds_service.settings_page import page

CLIENT = """
[[client]]
name = "general-hospital"
issuer = "https://ehr.example.org"
jwks_url = "https://ehr.example.org/jwks.json"
fhir_servers = ["https://ehr.example.org/fhir"]
"""


def settings(serving: bool = True, **values: str) -> Settings:
    return Settings.from_environ({f"RERT_CDS_{name}": value for name, value in values.items()}, serving=serving)


def problems(serving: bool = True, **values: str) -> str:
    with pytest.raises(SettingsError) as refused:
        settings(serving, **values)
    return "\n".join(refused.value.problems)


def test_defaults_are_those_of_development_on_loopback() -> None:
    found = settings()
    assert (found.environment, found.auth, found.host, found.port) == ("development", "none", "127.0.0.1", 8000)
    assert found.public_base_url == "http://127.0.0.1:8000"
    assert found.cors_origins == ("*",)
    assert found.deadline_ms == 2000
    assert found.max_body_bytes == 16 * 1024 * 1024


def test_other_variables_of_the_environment_are_left_alone() -> None:
    assert Settings.from_environ({"PATH": "/bin", "RERT_OTHER": "1"}).port == 8000


def test_patient_view_gets_two_cards_and_other_hooks_three_unless_set() -> None:
    assert [settings().cards_at_most(hook) for hook in ("patient-view", "order-sign")] == [2, 3]
    assert settings(MAX_CARDS="1").cards_at_most("order-sign") == 1


def test_an_unknown_variable_is_named_with_the_nearest_setting() -> None:
    assert problems(PROT="80") == "RERT_CDS_PROT is not a setting; expected RERT_CDS_PORT."


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ENVIRONMENT", "staging"), ("PORT", "0"), ("PORT", "80a"), ("PORT", ""), ("WORKERS", "0"), ("THREADS", "-1"),
        ("PUBLIC_BASE_URL", "cds.hospital.example"), ("PUBLIC_BASE_URL", "https://a.example/?x=1"),
        ("PUBLIC_BASE_URL", "https://user:pw@a.example"), ("AUTH", "basic"), ("CLIENTS_FILE", "/no/such/file"),
        ("CORS_ORIGINS", "https://a.example/path"), ("CORS_ORIGINS", "a.example"), ("DATABASE_URL", "mysql://x"),
        ("KNOWLEDGE_DIR", "/no/such/folder"), ("SWITCHES_FILE", "/no/such/file"), ("MODE", "loud"),
        ("MAX_CARDS", "0"), ("DEADLINE_MS", "0"), ("MAX_BODY_BYTES", "1"), ("RATE_PER_CLIENT", "0"),
        ("RATE_PER_CLIENT", "inf"), ("TIME_ZONE", "Mars/Olympus"), ("TIME_ZONE", "../etc"),
        ("IMAGING_WINDOW_DAYS", "0"), ("ORGAN_FUNCTION_WINDOW_DAYS", "x"), ("UNVERIFIED_CODES", "accept"),
        ("PATIENT_KEY", "short"), ("RETENTION_DAYS", "0"), ("KEEP_COMMENTS", "yes"), ("REPLAY_STORE_DOWN", "open"),
        ("METRICS_PORT", "65536"), ("RECOVERY_SCHEME", ""), ("HOST", ""),
    ],
)  # fmt: skip
def test_a_wrong_value_is_refused_with_name_and_expectation_and_never_shown(name: str, value: str) -> None:
    told = problems(**{name: value})
    assert f"RERT_CDS_{name} has a wrong value; expected " in told
    assert len(value) < 4 or value not in told


def test_all_problems_are_listed_at_once() -> None:
    told = problems(PROT="1", PORT="x", TIME_ZONE="Mars", ENVIRONMENT="production")
    assert [name for name in ("PROT", "PORT", "TIME_ZONE", "PATIENT_KEY", "PUBLIC_BASE_URL") if name not in told] == []


@pytest.mark.parametrize("url", ["sqlite:///:memory:", "sqlite:///?a=hunter2"])
def test_tokens_need_a_place_that_all_workers_share(url: str, tmp_path: Path) -> None:
    file = tmp_path / "clients.toml"
    file.write_text(CLIENT)
    told = problems(AUTH="jwt", CLIENTS_FILE=str(file), DATABASE_URL=url)
    assert told.startswith("RERT_CDS_DATABASE_URL must name an SQLite file")
    assert "hunter2" not in told


def test_production_starts_with_clients_a_key_and_an_https_address(tmp_path: Path) -> None:
    file = tmp_path / "clients.toml"
    file.write_text(CLIENT)
    found = settings(
        ENVIRONMENT="production",
        CLIENTS_FILE=str(file),
        PATIENT_KEY="0123456789abcdef",
        PUBLIC_BASE_URL="https://a.example",
    )
    assert (found.auth, found.production, found.clients[0].name) == ("jwt", True, "general-hospital")


def test_the_address_of_keys_is_kept_as_it_stands(tmp_path: Path) -> None:
    file = tmp_path / "clients.toml"
    file.write_text(CLIENT.replace("/jwks.json", "/keys/"))
    assert settings(CLIENTS_FILE=str(file)).clients[0].jwks_url == "https://ehr.example.org/keys/"


def test_token_checking_needs_the_clients_file() -> None:
    assert "RERT_CDS_CLIENTS_FILE is missing" in problems(AUTH="jwt")


@pytest.mark.conforms("J161")
def test_no_authentication_is_refused_beyond_loopback() -> None:
    assert "RERT_CDS_HOST must be a loopback address" in problems(HOST="0.0.0.0")  # noqa: S104 -- refused here
    assert settings(HOST="localhost").host == "localhost"
    assert settings(HOST="::1").public_base_url == "http://[::1]:8000"


@pytest.mark.conforms("A01", "J161", "K166")
def test_production_refuses_what_is_open() -> None:
    told = problems(ENVIRONMENT="production", AUTH="none", CORS_ORIGINS="*", PUBLIC_BASE_URL="http://a.example")
    assert [
        n for n in ("AUTH must", "CORS_ORIGINS", "PUBLIC_BASE_URL", "PATIENT_KEY") if f"RERT_CDS_{n}" not in told
    ] == []


def test_production_refuses_the_demo() -> None:
    with pytest.raises(SettingsError, match="development for the demo"):
        Settings.from_environ({"RERT_CDS_ENVIRONMENT": "production"}, demo=True)


def test_the_demo_has_no_tokens_to_send() -> None:
    with pytest.raises(SettingsError, match="RERT_CDS_AUTH must be none for the demo"):
        Settings.from_environ({"RERT_CDS_AUTH": "jwt"}, demo=True)


@pytest.mark.conforms("J147", "K166")
def test_production_defaults_to_tokens_and_no_browser_origin() -> None:
    found = settings(serving=False, ENVIRONMENT="production")
    assert (found.auth, found.cors_origins) == ("jwt", ())


def test_star_stands_alone() -> None:
    assert "RERT_CDS_CORS_ORIGINS" in problems(CORS_ORIGINS="*,https://a.example")


def test_secrets_have_no_readable_form() -> None:
    found = settings(DATABASE_URL="postgresql+psycopg://u:hunter2@db/x", PATIENT_KEY="0123456789abcdef0123")
    assert "hunter2" not in repr(found) + str(found) + found.model_dump_json()
    assert "0123456789abcdef" not in repr(found) + str(found) + found.model_dump_json()


def test_clients_are_read_with_their_defaults(tmp_path: Path) -> None:
    file = tmp_path / "clients.toml"
    file.write_text(CLIENT)
    [client] = settings(CLIENTS_FILE=str(file)).clients
    assert (client.algorithms, client.max_token_minutes, client.fhir_without_token) == (("ES384", "RS384"), 5, False)


def test_a_key_file_is_relative_to_the_clients_file(tmp_path: Path) -> None:
    (tmp_path / "keys.json").write_text("{}")
    file = tmp_path / "clients.toml"
    file.write_text('[[client]]\nname = "a"\nissuer = "b"\njwks_file = "keys.json"\n')
    [client] = settings(CLIENTS_FILE=str(file)).clients
    assert client.jwks_file == str(tmp_path / "keys.json")


@pytest.mark.parametrize(
    "text",
    [
        "[[client]", 'client = "x"', "", CLIENT + "colour = 1\n", CLIENT + 'algorithms = ["HS256"]\n',
        CLIENT + 'algorithms = ["none"]\n', CLIENT + 'jwks_file = "x.json"\n', CLIENT + "max_token_minutes = 61\n",
        CLIENT + "max_token_minutes = true\n", CLIENT + 'fhir_without_token = "yes"\n', CLIENT + CLIENT,
        '[[client]]\nname = "a"\nissuer = "b"\n', '[[client]]\nname = "a"\nissuer = "b"\njwks_file = "none.json"\n',
    ],
)  # fmt: skip
def test_a_wrong_clients_file_stops_the_start(tmp_path: Path, text: str) -> None:
    file = tmp_path / "clients.toml"
    file.write_text(text)
    assert "clients.toml" in problems(CLIENTS_FILE=str(file))


@pytest.mark.conforms("A01")
def test_http_addresses_of_clients_are_for_development(tmp_path: Path) -> None:
    file = tmp_path / "clients.toml"
    file.write_text(CLIENT.replace("https://ehr.example.org/fhir", "http://10.0.0.1/fhir"))
    assert settings(CLIENTS_FILE=str(file)).clients[0].fhir_servers == ("http://10.0.0.1/fhir",)
    assert "addresses must be https" in problems(CLIENTS_FILE=str(file), ENVIRONMENT="production")


@pytest.mark.parametrize(
    "address", ["https://127.1/fhir", "https://h./fhir", "https://h/a/../fhir", "https://h/a%2fb", "https://h//fhir"]
)
@pytest.mark.threat("B04")
def test_a_fhir_server_that_could_be_read_in_two_ways_stops_the_start(tmp_path: Path, address: str) -> None:
    file = tmp_path / "clients.toml"
    file.write_text(CLIENT.replace("https://ehr.example.org/fhir", address))
    assert "fhir_servers must hold plain addresses" in problems(CLIENTS_FILE=str(file))


@pytest.mark.parametrize("text", ["disabled_rules = 'x'", "disabled_rules = [1]", "other = []", "silent = ["])
def test_a_broken_switches_file_ends_the_start(tmp_path: Path, text: str) -> None:
    file = tmp_path / "switches.toml"
    file.write_text(text)
    assert "switches.toml" in problems(SWITCHES_FILE=str(file))


def test_every_setting_is_on_the_settings_page() -> None:
    written = (Path(__file__).parents[2] / "docs" / "settings.md").read_text(encoding="utf-8")
    assert written == page()
    assert [name for name in variables() if f"`{name.removeprefix('RERT_CDS_')}`" not in written] == []
