"""gunicorn's own log lines as ours: one JSON object each, with the kind of an error and never its text."""

import sys
from typing import Any

from gunicorn.glogging import Logger

from cds_service.log import frame_of, make_log


class ServerLog(Logger):  # type: ignore[misc]  # gunicorn has no types
    """Takes gunicorn's messages; an access log is not kept, our own line of each call has what is needed."""

    def __init__(self, cfg: Any) -> None:
        super().__init__(cfg)
        self._events = make_log()

    def critical(self, msg: str, *_args: object, **_kwargs: object) -> None:
        """A message of gunicorn's; only its fixed text is kept."""
        self._events.error("server", reason=msg)

    def error(self, msg: str, *_args: object, **_kwargs: object) -> None:
        """A message of gunicorn's; only its fixed text is kept."""
        self._events.error("server", reason=msg)

    def warning(self, msg: str, *_args: object, **_kwargs: object) -> None:
        """A message of gunicorn's; only its fixed text is kept."""
        self._events.warning("server", reason=msg)

    def exception(self, msg: str, *_args: object, **_kwargs: object) -> None:
        """An exception that reached gunicorn: its kind and place."""
        error = sys.exc_info()[1]
        self._events.error(
            "server", reason=msg, error=type(error).__name__, frame=frame_of(error) if error else "unknown"
        )

    def access(self, *_args: object, **_kwargs: object) -> None:
        """Nothing: addresses and headers may hold patient data."""
