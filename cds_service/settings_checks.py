"""Which settings do not go together: who may call, over what, and how openly."""

from collections.abc import Iterator
from ipaddress import ip_address
from typing import TYPE_CHECKING

from cds_service.trust.store_file import token_file

if TYPE_CHECKING:
    from cds_service.settings import Settings

TOKENS_NEED_A_PLACE = (
    "RERT_CDS_DATABASE_URL must name an SQLite file (sqlite:///...) or a PostgreSQL database, because of "
    "RERT_CDS_AUTH=jwt: the tokens already seen must be known to all worker processes."
)


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach the address."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def combination_problems(settings: "Settings") -> tuple[str, ...]:
    """What is wrong between settings that are each right."""
    return (*_who_may_call(settings), *(_production(settings) if settings.production else ()))


def _who_may_call(settings: "Settings") -> Iterator[str]:
    if settings.auth == "jwt":
        url = settings.database_url.get_secret_value()
        if url.startswith("sqlite") and token_file(url) is None:
            yield TOKENS_NEED_A_PLACE
        if settings.clients_file is None:
            yield "RERT_CDS_CLIENTS_FILE is missing; expected an existing TOML file, because of RERT_CDS_AUTH=jwt."
        if settings.demo:
            yield "RERT_CDS_AUTH must be none for the demo: its page sends no token."
    elif not settings.production and not is_loopback(settings.host):
        yield "RERT_CDS_HOST must be a loopback address such as 127.0.0.1 as long as RERT_CDS_AUTH is none."
    if settings.metrics_port == settings.port:
        yield "RERT_CDS_METRICS_PORT must differ from RERT_CDS_PORT."
    if "*" in settings.cors_origins and len(settings.cors_origins) > 1:
        yield "RERT_CDS_CORS_ORIGINS must be * alone or a list of origins."


def _production(settings: "Settings") -> Iterator[str]:
    if settings.auth == "none":
        yield "RERT_CDS_AUTH must be jwt in production."
    if not settings.public_base_url.startswith("https://"):
        yield "RERT_CDS_PUBLIC_BASE_URL must be set to an https address in production."
    if any(not origin.startswith("https://") for origin in settings.cors_origins):
        yield "RERT_CDS_CORS_ORIGINS must hold https origins only in production, not *."
    if settings.patient_key is None:
        yield "RERT_CDS_PATIENT_KEY is missing; expected a secret of at least 16 characters in production."
    if settings.demo:
        yield "RERT_CDS_ENVIRONMENT must be development for the demo."
