"""The page docs/settings.md, made from the settings themselves so that it cannot lag behind."""

from cds_service.setting import PREFIX
from cds_service.settings_fields import NOT_FROM_ENVIRONMENT, SettingsFields

_HEAD = f"""# Settings

Environment variables, each with the prefix `{PREFIX}`. They are read once, at start. A variable with this prefix that
is not in the table, or a value that is not as expected, stops the start with its name and the value expected; all
problems are listed at once and the exit status is 1. Lists are separated by commas.

This page is made from `cds_service/settings_fields.py`.

| setting | default | expected | meaning |
|---|---|---|---|
"""
_TAIL = """
`DATABASE_URL` is an SQLAlchemy address: `sqlite:///rert-cds.sqlite3` is a file in the working folder,
`sqlite:////var/lib/rert-cds/rert-cds.sqlite3` an absolute one, `postgresql+psycopg://user:password@host/database` a
PostgreSQL database; tables are made and brought up to date at start. With `AUTH=jwt` the tokens already seen are kept
there too: on PostgreSQL in the same database, with SQLite in a file beside it (`rert-cds.sqlite3` makes
`rert-cds-tokens.sqlite3`). What the store holds, and for how long, stands in [feedback.md](feedback.md).

## What goes together

- `AUTH=none` exists in development only, and only while `HOST` is a loopback address.
- `AUTH=jwt` needs `CLIENTS_FILE`. Tokens must carry, in `aud`, the exact address of the service called, made from
  `PUBLIC_BASE_URL`: set it to the address that clients use.
- `RECOVERY_SCHEME` names a scheme of the knowledge, that of `KNOWLEDGE_DIR` included: `rert-cds knowledge list` shows
  them as `recovery.<name>`. Both sums are then shown: the one without recovery against the deciding limits, the other
  against the scheme's own limit at its own alpha/beta. With `none` nothing is taken off.
- `RATE_PER_CLIENT` counts the calls of services, over all worker processes of one machine, for each client of the
  clients file by itself. What one second holds may come at once, and one call always may. A call too many is 429, with
  the seconds to wait in `Retry-After`, and does not count; its token is used up all the same. With `AUTH=none` nobody
  can be told apart, and all callers share one rate.
- `METRICS_PORT` listens on the same `HOST` as `PORT`: behind a loopback address only this machine can read metrics. On
  any other `HOST` let the monitoring system alone reach that port. Metrics hold counts, no patient data and no client
  names. In development `PORT` answers `/metrics` too; in production it never does.
- `ENVIRONMENT=production` needs `AUTH=jwt`, an https `PUBLIC_BASE_URL`, https `CORS_ORIGINS` and `PATIENT_KEY`, and
  refuses the demo and http addresses in the clients file.

## The clients file

```toml
[[client]]
name = "general-hospital"                          # shown in logs; unique
issuer = "https://ehr.example.org"                 # `iss` of its tokens; unique
jwks_url = "https://ehr.example.org/jwks.json"     # or jwks_file, relative to this file
algorithms = ["ES384", "RS384"]                    # asymmetric only
audience_aliases = []                              # further `aud` values it is known to send
tenants = []                                       # empty: none asked for
fhir_servers = ["https://ehr.example.org/fhir"]    # the only addresses its requests may send us to
fhir_without_token = false
max_token_minutes = 5                              # 1 to 60: longest `exp` ahead that is accepted
```

It is read at start. The key file is read again when it changes; it needs at least one public key, with a `kid`, that is
fit for one of the algorithms (RSA from 2048 bits). Keys at an address are kept as long as its `Cache-Control` allows,
5 minutes without one. While the address is down the last good keys serve for at most 24 hours, or not beyond their time
if it says `must-revalidate`, `no-cache` or `no-store`. A key id that is not in the set makes us fetch again, once in
30 seconds; so a new key may be used as soon as it is published. A certificate authority of your own is named with
`SSL_CERT_FILE`.

`fhir_servers` are plain base addresses (no dot segments, no encoded slashes); they may be private, and in production
they are https. What is fetched from them, when, and with which bounds is on the page [callbacks.md](callbacks.md).
`fhir_without_token = true` lets calls without `fhirAuthorization` go there too.

## The switches file

```toml
disabled_rules = ["salvage.*"]                     # rule ids, * stands for anything
enabled_rules = []                                 # rules that ship switched off
silent = ["oncology-patient-view"]                 # service ids or client names that get no cards
denied_keys = []                                   # key ids (`kid`) whose tokens are refused from now on
```

It is looked at every two seconds and read again when it has changed; each change is logged and recorded. A broken
file keeps what was in force, and is logged; at start it ends the start.
"""


def page() -> str:
    """The whole page."""
    return (
        _HEAD + "".join(_row(name) for name in SettingsFields.model_fields if name not in NOT_FROM_ENVIRONMENT) + _TAIL
    )


def _row(name: str) -> str:
    field = SettingsFields.model_fields[name]
    extra = field.json_schema_extra
    expected = str(extra["expected"]) if isinstance(extra, dict) else ""
    return f"| `{name.upper()}` | {_default(name, field.default)} | {expected} | {field.description} |\n"


def _default(name: str, value: object) -> str:
    if name == "database_url":
        return "`sqlite:///rert-cds.sqlite3`"
    if value in (None, "", ()) or name in {"workers", "auth"}:
        return "none" if value is None else "see meaning"
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"
