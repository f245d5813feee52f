"""The switches file: read again when it changes; a broken one leaves in force what was."""

from collections.abc import Callable
from os import stat_result
from pathlib import Path
from time import monotonic

from structlog.typing import FilteringBoundLogger

from cds_service.settings_files import Switches, read_toml

LOOK_AGAIN_SECONDS = 2.0
"""How often the file is looked at, at most; a change is promised to take effect within 5 seconds."""

_GONE = (0, 0, 0)


class SwitchesFile:
    """The switches in force. Looking costs a comparison of clocks, and every two seconds one `stat`."""

    def __init__(self, path: Path | None, log: FilteringBoundLogger, clock: Callable[[], float] = monotonic) -> None:
        self._path, self._log, self._clock = path, log, clock
        self._switches = Switches()
        self._seen: tuple[int, int, int] | None = None
        self._look_at = clock()

    def current(self) -> Switches:
        """The switches now."""
        if self._path is not None and (now := self._clock()) >= self._look_at:
            self._look_at = now + LOOK_AGAIN_SECONDS
            self._look(self._path)
        return self._switches

    def _look(self, path: Path) -> None:
        try:
            seen = _fingerprint(path.stat())
        except OSError:
            seen = _GONE
        if seen != self._seen:
            self._read(path, first=self._seen is None)
        self._seen = seen

    def _read(self, path: Path, *, first: bool) -> None:
        switches, problems = read_toml(path, Switches)
        if switches is None:
            self._log.error("switches-refused", file=path.name, problems=problems)
        elif first or switches != self._switches:
            self._switches = switches
            self._log.info(
                "switches-in-force",
                disabled_rules=switches.disabled_rules,
                enabled_rules=switches.enabled_rules,
                silent=switches.silent,
                denied_keys=switches.denied_keys,
            )


def _fingerprint(found: stat_result) -> tuple[int, int, int]:
    return found.st_mtime_ns, found.st_size, found.st_ino
