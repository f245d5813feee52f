"""RATE_PER_CLIENT: how many service calls a second one client may make, over all worker processes together."""

from collections.abc import Callable, Iterable
from time import monotonic_ns

from cds_service.errors import TooManyCallsError
from cds_service.settings import Settings
from cds_service.shared_numbers import SharedNumbers

SECOND_NS = 1_000_000_000
ANONYMOUS = None
"""Without authentication nobody can be told apart: all callers together are one client."""


class RateLimit:
    """For each client the moment at which its next call would be due if its calls came evenly spaced.

    A call may come before its moment by what one second holds; one call is always allowed. The clock is
    CLOCK_MONOTONIC, which is the same for all processes of a machine and is never set back.
    """

    def __init__(
        self, per_second: float, clients: Iterable[str | None], clock: Callable[[], int] = monotonic_ns
    ) -> None:
        self._spacing_ns = int(SECOND_NS / per_second)  # cut, so that the calls of one second fit into it
        self._ahead_ns = max(SECOND_NS - self._spacing_ns, 0)
        self._place = {client: place for place, client in enumerate(dict.fromkeys(clients))}
        self._due, self._clock = SharedNumbers(len(self._place)), clock

    def take(self, client: str | None) -> None:
        """Counts a call of this client; TooManyCallsError if it is one too many, which then does not count."""
        place = self._place[client]
        with self._due as due:
            now = self._clock()
            early_ns = max(due[place] - now, 0)
            if early_ns <= self._ahead_ns:
                due[place] = now + early_ns + self._spacing_ns
                return
        raise TooManyCallsError(-(-(early_ns - self._ahead_ns) // SECOND_NS))


def make_rate_limit(settings: Settings) -> RateLimit | None:
    """The limit of these settings, for all clients of the clients file; None if there is none."""
    if settings.rate_per_client is None:
        return None
    names = [client.name for client in settings.clients] if settings.auth == "jwt" else [ANONYMOUS]
    return RateLimit(settings.rate_per_client, names)
