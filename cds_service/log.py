"""The log: one JSON object a line, and only fields from a closed list. No patient data can get in by accident."""

import sys
from collections.abc import MutableMapping
from datetime import UTC, datetime
from json import JSONEncoder
from typing import Any, TextIO

import msgspec
import structlog
from structlog.typing import FilteringBoundLogger

FIELDS = frozenset({
    "timestamp", "level", "event", "correlation_id", "service", "hook_instance", "status", "duration_ms", "cards",
    "rules", "knowledge", "keys", "silent", "error", "frame", "reason", "file", "problems", "disabled_rules",
    "enabled_rules", "denied_keys", "settings", "address", "signal", "worker", "client",
    "database", "version", "waiting", "records",
})  # fmt: skip
"""All that may stand in a line. `hook_instance` is the client's, hence cut; the rest is ours."""

TEXT_LENGTH = 128

_IN_ASCII = JSONEncoder(ensure_ascii=True, default=repr).encode
_ENCODER = msgspec.json.Encoder(enc_hook=repr)


def _line(_logger: object, method: str, event: MutableMapping[str, Any]) -> str:
    """The line, with its level and time: one step, because every call waits for it."""
    kept = {
        name: value[:TEXT_LENGTH] if isinstance(value, str) else value
        for name, value in event.items()
        if name in FIELDS
    }
    kept["level"] = method
    kept["timestamp"] = datetime.now(UTC).isoformat().replace("+00:00", "Z")
    line = _ENCODER.encode(kept)
    return line.decode() if line.isascii() else _IN_ASCII(kept)


def make_log(stream: TextIO | None = None) -> FilteringBoundLogger:
    """A logger that writes to `stream` (standard error if none is given)."""
    logger: FilteringBoundLogger = structlog.wrap_logger(
        structlog.WriteLogger(stream or sys.stderr),  # a line is one write: processes share the stream
        processors=[_line],
        wrapper_class=structlog.make_filtering_bound_logger("info"),
        context_class=dict,
    ).bind()  # else it would be put together anew for each line
    return logger


def frame_of(error: BaseException) -> str:
    """Where an exception was raised, as `module:function:line`, without its message or anything it held."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return "unknown"
    code = trace.tb_frame
    return f"{code.f_globals.get('__name__', '?')}:{code.f_code.co_name}:{trace.tb_lineno}"
