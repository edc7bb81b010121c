"""The Caller: through it everything reaches another system."""

from __future__ import annotations

from node_server.operations.calling.answers import Answered, said
from node_server.operations.calling.caller import Caller
from node_server.operations.calling.callers import Callers, open_caller
from node_server.operations.calling.errors import (
    CallRefused,
    CredentialRefused,
    Missing,
    NotReady,
    Open,
    Reauthorise,
    Throttled,
    Unavailable,
)
from node_server.operations.calling.recording import record
from node_server.operations.calling.target import Target

__all__ = [
    "Answered",
    "CallRefused",
    "Caller",
    "Callers",
    "CredentialRefused",
    "Missing",
    "NotReady",
    "Open",
    "Reauthorise",
    "Target",
    "Throttled",
    "Unavailable",
    "open_caller",
    "record",
    "said",
]
