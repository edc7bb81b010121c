"""Structured logs: one JSON object a line, with trace and tenant, and never a secret."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import MutableMapping
from contextvars import ContextVar
from typing import Any

import msgspec
import structlog

trace_id: ContextVar[str] = ContextVar("trace_id", default="")
tenant: ContextVar[str] = ContextVar("tenant", default="")

_SECRET_NAMES = re.compile(
    r"authorization|api_?key|password|passwd|secret|token|session|cookie|iban|account_number|"
    r"pan|signature|devkey|private",
    re.IGNORECASE,
)
_SECRET_VALUES = re.compile(
    r"cf_[A-Za-z0-9_-]{8,}|whsec_[A-Za-z0-9+/=]{8,}|Bearer\s+\S+|"
    r"\b[A-Z]{2}\d{2}[A-Z0-9]{11,30}\b|//[^/\s:@]+:[^/\s@]+@|\b[A-Za-z0-9_\-]{40,}\b"
)
_HASHES = re.compile(r"[0-9a-f]{32,64}\Z")
_LEVELS = {"debug": 10, "info": 20, "warning": 30, "error": 40}


def redact(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """The entry without anything that is, or looks like, a secret or an account number."""
    for name, value in event.items():
        if _SECRET_NAMES.search(name):
            event[name] = "(hidden)"
        elif isinstance(value, str):
            event[name] = without_secrets(value)
    return event


def without_secrets(text: str) -> str:
    """A text with what looks like a secret taken out; hashes stay, they give nothing away."""
    return _SECRET_VALUES.sub(
        lambda found: found[0] if _HASHES.match(found[0]) else "(hidden)", text
    )


def _with_context(
    _logger: Any, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    if found := trace_id.get():
        event["trace_id"] = found
    if found := tenant.get():
        event["tenant"] = found
    return event


def _as_json(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> str:
    return msgspec.json.encode(dict(event), enc_hook=str).decode()


def set_up(level: str = "info") -> None:
    """Send the logs of ours, and the warnings of others, to standard error."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            _with_context,
            redact,
            _as_json,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(_LEVELS[level]),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(message)s", force=True)


def log() -> Any:
    """The logger."""
    return structlog.get_logger()
