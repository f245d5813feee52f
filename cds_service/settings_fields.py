"""The settings one by one: type, default, what is expected, and what each means."""

from os import sched_getaffinity
from typing import Literal

from pydantic import BaseModel, ConfigDict, DirectoryPath, FilePath, SecretStr

from cds_service.setting import Address, DatabaseURL, Flag, Origins, ZoneName, setting
from cds_service.settings_files import Client

NOT_FROM_ENVIRONMENT = frozenset({"demo", "clients"})


class SettingsFields(BaseModel):
    """All settings with their bounds; the names are those of the variables in lower case."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    environment: Literal["development", "production"] = setting(
        "development", "development or production", "`production` refuses `AUTH=none`, http addresses and the demo"
    )
    host: str = setting("127.0.0.1", "a host name or address", "where it listens", min_length=1)
    port: int = setting(8000, "a number from 1 to 65535", "where it listens", ge=1, le=65535)
    workers: int = setting(
        min(len(sched_getaffinity(0)), 8),
        "a number from 1 to 64",
        "worker processes; unset: one per processor, at most 8",
        ge=1,
        le=64,
    )
    threads: int = setting(
        1000,
        "a number from 1 to 10000",
        "connections that one worker process serves at the same time (each a gevent greenlet)",
        ge=1,
        le=10000,
    )
    public_base_url: Address = setting(
        "",
        "an absolute address such as https://cds.example.org",
        "the address clients use; prefix of published addresses; unset: made from host and port",
    )
    auth: Literal["none", "jwt"] = setting(
        "none",
        "none or jwt",
        "`jwt` asks every service and feedback call for a valid token and needs `CLIENTS_FILE`; "
        "`none` exists only in development on loopback; unset: `none` in development, `jwt` in production",
    )
    clients_file: FilePath | None = setting(None, "an existing TOML file", "the clients and their keys")
    cors_origins: Origins = setting(
        (),
        "origins such as https://ehr.example.org, separated by commas; * in development only",
        "browser origins that may call; unset: `*` in development, none in production",
    )
    database_url: DatabaseURL = setting(
        SecretStr("sqlite:///rert-cds.sqlite3"),
        "sqlite:///... or postgresql+psycopg://...",
        "store of feedback and of the record of answers",
    )
    knowledge_dir: DirectoryPath | None = setting(
        None, "an existing folder", "a site's own limits and options, by id, with citations"
    )
    switches_file: FilePath | None = setting(
        None, "an existing TOML file", "rules and clients switched off or silent; read again when it changes"
    )
    recovery_scheme: str = setting(
        "none", "none, or the name of a scheme in the knowledge", "recovery assumed in a second sum", min_length=1
    )
    mode: Literal["live", "silent"] = setting(
        "live", "live or silent", "`silent` computes and records, and answers no cards"
    )
    max_cards: int | None = setting(
        None,
        "a number from 1 to 10",
        "cards an answer holds at most; unset: 2 on patient-view, 3 elsewhere",
        ge=1,
        le=10,
    )
    deadline_ms: int = setting(
        2000, "a number from 1 to 60000", "hard limit of one call, in milliseconds", ge=1, le=60000
    )
    max_body_bytes: int = setting(
        16 * 1024 * 1024, "a number from 1024 to 1073741824", "larger bodies are 413", ge=1024, le=1024**3
    )
    rate_per_client: float | None = setting(
        None,
        "a number from 0.001 to 1000000",
        "service calls a second and client, over all workers; above it 429 with Retry-After; unset: no limit",
        ge=0.001,
        le=1_000_000,
        allow_inf_nan=False,
    )
    time_zone: ZoneName = setting("UTC", "a time zone name such as Europe/Berlin", "whose today counts")
    imaging_window_days: int = setting(56, "a number from 1 to 3650", "how recent imaging must be", ge=1, le=3650)
    organ_function_window_days: int = setting(
        28, "a number from 1 to 3650", "how recent organ function must be", ge=1, le=3650
    )
    unverified_codes: Literal["low-confidence", "refuse"] = setting(
        "low-confidence",
        "low-confidence or refuse",
        "what becomes of matches on codes that the knowledge marks unverified",
    )
    patient_key: SecretStr | None = setting(
        None,
        "a secret of at least 16 characters",
        "key of the hash of patients in the record; required in production; unset: random, kept with the store",
        min_length=16,
    )
    retention_days: int = setting(
        365, "a number from 1 to 36500", "how long answers and comments of feedback stay on record", ge=1, le=36500
    )
    keep_comments: Flag = setting(False, "true or false", "whether the text of comments in feedback is kept")
    replay_store_down: Literal["closed", "memory"] = setting(
        "closed", "closed or memory", "what happens to tokens when the store of seen ones is down"
    )
    metrics_port: int | None = setting(
        None,
        "a number from 1 to 65535",
        "a further port of `HOST` that serves `/metrics` and nothing else; in production metrics are served there only",
        ge=1,
        le=65535,
    )

    clients: tuple[Client, ...] = ()
    demo: bool = False
