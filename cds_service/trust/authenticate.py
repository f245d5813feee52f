"""Trust: from a call's Authorization header to the client it comes from, or a refusal that says nothing.

The order of the checks is that of the CDS Hooks best practices: issuer, audience, expiry, tenant, signature, and last
the id, which is kept only then: a forger must not use up the ids of others.
"""

from collections.abc import Callable, Mapping
from time import time

from jwt import PyJWK
from structlog.typing import FilteringBoundLogger

from cds_service.errors import NotTrustedError, TrustDownError
from cds_service.settings_files import Client
from cds_service.trust.caller import Caller
from cds_service.trust.claims import SKEW_SECONDS, Accepted, check_claims
from cds_service.trust.key_sources import KeySource
from cds_service.trust.refusals import Refusal
from cds_service.trust.replay import MARGIN_SECONDS, ReplayStore, Seen, token_name
from cds_service.trust.signature import is_signed_by, work_as_if_signed
from cds_service.trust.token import Token, read_token

DeniedKeys = Callable[[], tuple[str, ...]]
"""The key ids that the operator has denied, now."""


class Trust:
    """The registered clients, their keys, and the tokens seen."""

    def __init__(
        self,
        clients: Mapping[str, tuple[Client, KeySource]],
        store: ReplayStore,
        log: FilteringBoundLogger,
        *,
        denied_keys: DeniedKeys = tuple,
        clock: Callable[[], float] = time,
    ) -> None:
        """Clients by issuer, each with where its keys come from."""
        self._clients, self._store, self._log = clients, store, log
        self._denied_keys, self._clock = denied_keys, clock

    def authenticate(self, authorization: str | None, endpoint: str) -> Caller:
        """Who calls the endpoint with this header; NotTrustedError, or TrustDownError if tokens cannot be checked."""
        token = read_token(authorization)
        now = self._clock()
        try:
            client, accepted, key = self._recognise(token, endpoint, now)
        except NotTrustedError:
            work_as_if_signed(token.compact, token.algorithm)
            raise
        if not is_signed_by(token.compact, key):
            raise NotTrustedError(Refusal.SIGNATURE, client.name)
        self._remember(client, accepted, now)
        return Caller(client.name, client.issuer, accepted.tenant)

    def is_up(self) -> bool:
        """Whether a valid token would be accepted now."""
        return self._store.is_up()

    def _recognise(self, token: Token, endpoint: str, now: float) -> tuple[Client, Accepted, PyJWK]:
        """The client the token claims to come from, what it claims, and the key that would have to prove it."""
        issuer = token.claims.get("iss")
        client, source = self._clients.get(issuer, (None, None)) if isinstance(issuer, str) else (None, None)
        if client is None or source is None:
            raise NotTrustedError(Refusal.ISSUER)
        if token.algorithm not in client.algorithms:
            raise NotTrustedError(Refusal.ALGORITHM, client.name)
        # an address that the token names is compared, and never gone to
        if client.jwks_url is not None and token.key_address not in (None, client.jwks_url):
            raise NotTrustedError(Refusal.KEY_ADDRESS, client.name)
        accepted = check_claims(token.claims, client, endpoint, now)
        return client, accepted, self._key(token, client, source)

    def _key(self, token: Token, client: Client, source: KeySource) -> PyJWK:
        if token.key_id in self._denied_keys():
            raise NotTrustedError(Refusal.DENIED_KEY, client.name)
        keys = source.keys(token.key_id)
        if keys is None:
            raise NotTrustedError(Refusal.NO_KEYS, client.name)
        key = keys.key(token.key_id, token.algorithm)
        if key is None:
            known = token.key_id in keys.key_ids
            raise NotTrustedError(Refusal.UNFIT_KEY if known else Refusal.UNKNOWN_KEY, client.name)
        return key

    def _remember(self, client: Client, accepted: Accepted, now: float) -> None:
        seen = self._store.remember(
            token_name(client.issuer, accepted.token_id),
            keep_until=accepted.expires + SKEW_SECONDS + MARGIN_SECONDS,
            now=now,
        )
        if seen is Seen.DOWN:
            self._log.error("replay-store-down", client=client.name)
            raise TrustDownError("Tokens cannot be checked at the moment.")
        if seen is Seen.BEFORE:
            raise NotTrustedError(Refusal.REPLAYED, client.name)
