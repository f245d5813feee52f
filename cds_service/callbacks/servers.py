"""Which FHIR servers a call may be sent to: those that the operator wrote down for the client, and no others."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from threading import BoundedSemaphore
from time import monotonic

from cds_service.callbacks.breaker import Breaker
from cds_service.errors import BadRequestError
from cds_service.outbound.addresses import Address
from cds_service.settings_files import Client

CALLS_AT_ONCE = 64
"""Calls of one worker process that may wait for FHIR servers, and half of it for any one: each holds up to eight
connections, and a process has about a thousand."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A FHIR server of the clients file, with how it fares in this process."""

    address: Address
    breaker: Breaker
    places: BoundedSemaphore


@dataclass(frozen=True, slots=True)
class Target:
    """Where this call may go: the listed server, the base below it, and whether it answers without a token."""

    server: Listed
    base: Address
    without_token: bool


class Servers:
    """The FHIR servers of all clients; without authentication each call may go to any of them."""

    def __init__(self, clients: Iterable[Client], threads: int, clock: Callable[[], float] = monotonic) -> None:
        self._clients = tuple(clients)
        self.places = BoundedSemaphore(max(1, min(CALLS_AT_ONCE, threads // 2)))
        addresses = {address for client in self._clients for address in _addresses(client)}
        here = max(1, min(CALLS_AT_ONCE, threads // 2) // 2)
        self._listed: Mapping[Address, Listed] = {
            address: Listed(address, Breaker(clock), BoundedSemaphore(here)) for address in addresses
        }

    def target(self, fhir_server: str, client: str | None) -> Target | None:
        """The server that the call names, if a client's list holds it; `client` None: any client's."""
        base = Address.parse(fhir_server)
        if base is None or "?" in fhir_server:
            return None
        for one in self._clients:
            if client in {None, one.name}:
                for address in _addresses(one):
                    if address.holds(base):
                        return Target(self._listed[address], base, one.fhir_without_token)
        return None


def check_scheme(fhir_server: str | None, *, production: bool) -> None:
    """BadRequestError for a FHIR server that is not spoken to over TLS, in production."""
    if production and fhir_server is not None and not fhir_server.lower().startswith("https://"):
        raise BadRequestError("fhirServer must be an https address.")


def _addresses(client: Client) -> list[Address]:
    """The longest first, so that the nearest one to what a call names counts."""
    parsed = (Address.parse(text) for text in client.fhir_servers)
    return sorted((address for address in parsed if address is not None), key=lambda found: -len(found.path))
