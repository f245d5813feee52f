"""Where the keys of a client come from: a file, read again when it changes, or an address (url_keys)."""

from collections.abc import Callable
from pathlib import Path
from time import monotonic
from typing import Protocol

from structlog.typing import FilteringBoundLogger

from cds_service.settings_files import Client
from cds_service.trust.keys import BYTES_AT_MOST, KeySet, KeySetError, read_keys

LOOK_AGAIN_SECONDS = 2.0

Fingerprint = tuple[int, int, int]


class KeySource(Protocol):
    """The keys of one client."""

    def keys(self, key_id: str) -> KeySet | None:
        """The set to look this id up in; None if there is none that may be used."""
        ...


class FileKeys:
    """Keys that were agreed beforehand; a broken file leaves in force what was."""

    def __init__(self, client: Client, log: FilteringBoundLogger, clock: Callable[[], float] = monotonic) -> None:
        self._client, self._log, self._clock = client, log, clock
        self._path = Path(client.jwks_file or "")
        self._seen = self._fingerprint()
        self._keys: KeySet | None = None
        self._look_at = clock() + LOOK_AGAIN_SECONDS
        self._read()

    def keys(self, key_id: str) -> KeySet | None:
        """The set; the file is looked at every two seconds, and at once for an id that is not in it."""
        known = self._keys is not None and key_id in self._keys.key_ids
        if not known or self._clock() >= self._look_at:
            self._look_at = self._clock() + LOOK_AGAIN_SECONDS
            if (seen := self._fingerprint()) != self._seen:
                self._seen = seen
                self._read()
        return self._keys

    def _fingerprint(self) -> Fingerprint | None:
        try:
            found = self._path.stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_size, found.st_ino

    def _read(self) -> None:
        try:
            with self._path.open("rb") as file:
                self._keys = read_keys(file.read(BYTES_AT_MOST + 1), self._client.algorithms)
        except (OSError, KeySetError) as error:
            self._log.error("keys-refused", client=self._client.name, file=self._path.name, error=type(error).__name__)
