"""Joins the parts of trust from the settings; what cannot work ends the start."""

from pathlib import Path

from structlog.typing import FilteringBoundLogger

from cds_service.errors import SettingsError
from cds_service.settings import Settings
from cds_service.settings_checks import TOKENS_NEED_A_PLACE
from cds_service.settings_files import Client
from cds_service.store.database import Database
from cds_service.switches import SwitchesFile
from cds_service.trust.aside import Aside
from cds_service.trust.authenticate import Trust
from cds_service.trust.key_sources import FileKeys, KeySource
from cds_service.trust.replay import BackedByMemory, ReplayStore
from cds_service.trust.replay_postgres import PostgresStore
from cds_service.trust.replay_sqlite import SQLiteStore
from cds_service.trust.store_file import token_file
from cds_service.trust.url_keys import UrlKeys


def make_trust(
    settings: Settings, switches: SwitchesFile, log: FilteringBoundLogger, *, aside: Aside | None = None
) -> Trust:
    """Trust for these settings; SettingsError lists the key files that hold no usable key."""
    clients = {client.issuer: (client, _source(client, log)) for client in settings.clients}
    if problems := [
        problem for client, source in clients.values() for problem in _problems(client, source, settings.clients_file)
    ]:
        raise SettingsError(problems)
    store = _tokens(settings, log, aside)
    if settings.replay_store_down == "memory":
        store = BackedByMemory(store)
    return Trust(clients, store, log, denied_keys=lambda: switches.current().denied_keys)


def _tokens(settings: Settings, log: FilteringBoundLogger, aside: Aside | None) -> ReplayStore:
    """Where the tokens seen are kept: with PostgreSQL in the store's own database, with SQLite in a file beside it."""
    url = settings.database_url.get_secret_value()
    if not url.startswith("sqlite"):
        return PostgresStore(Database(url).connect, aside)
    path = token_file(url)
    if path is None:
        raise SettingsError([TOKENS_NEED_A_PLACE])
    _make_file(path, log)
    return SQLiteStore(path.absolute(), aside)


def _make_file(path: Path, log: FilteringBoundLogger) -> None:
    """Makes the file before workers compete for it. If it cannot be made, calls are refused until it can."""
    store = SQLiteStore(path)
    if not store.is_up():
        log.error("replay-store-down", file=path.name)
    store.close()


def _source(client: Client, log: FilteringBoundLogger) -> KeySource:
    return FileKeys(client, log) if client.jwks_file is not None else UrlKeys(client, log)


def _problems(client: Client, source: KeySource, file: Path | None) -> list[str]:
    if not isinstance(source, FileKeys) or source.keys(""):
        return []
    return [
        f"{file.name if file else 'clients file'}, client {client.name}: jwks_file holds no usable key; "
        f"expected a JSON Web Key Set with a public key for {' or '.join(client.algorithms)}, with a kid."
    ]
